using static ClustermgrExporter.EndToEnd.Dashboards.DashboardClusters;

namespace ClustermgrExporter.EndToEnd.Dashboards;

/// <summary>What cluster.json must show, with one cluster selected.</summary>
internal static class ClusterDashboardFacts
{
    private const double Year = 31_536_000;

    public static FactList Of(DashboardClusters clusters)
    {
        var facts = new FactList(rowsAreClusters: false);
        Verdict(facts);
        Tables(facts, clusters);
        Raft(facts, clusters);
        Space(facts);
        Tasks(facts);
        return facts;
    }

    private static void Verdict(FactList facts) =>
        facts
            .Panel("Leader")
            .Is(Healthy, 1)
            .Is(Beside, 1)
            .Is(Leaderless, 0)
            .Is(QuorumLost, 0)
            .Is(Blind, -1)
            .Is(Empty, 1)
            .Panel("Quorum reads")
            .Is(Healthy, 1)
            .Is(Beside, 1)
            .Is(QuorumLost, 0)
            .Is(Leaderless, 0)
            .Panel("May still fail")
            .Is(Healthy, 1)
            .Is(Beside, 1)
            .Is(Hung, 0)
            .Is(QuorumLost, -1)
            .None(Blind)
            .Panel("Data at risk")
            .Is(Healthy, 0)
            .Is(Repairing, 1)
            .Is(TwoIdcs, 2)
            .None(Empty)
            .None(QuorumLost)
            .Panel("Broken disks")
            .Is(Healthy, 0)
            .Is(Repairing, 1)
            .Is(RepairOff, 1)
            .None(Empty)
            .Panel("Disk repair")
            .Is(Healthy, 1)
            .Is(Repairing, 1)
            .Is(RepairOff, -1)
            .Is(Empty, 0)
            .None(QuorumLost)
            // A switch that nothing reads does not count, nor one that is off as configured.
            .Panel("Tasks not running")
            .Is(Healthy, 0)
            .Is(RepairOff, 1)
            .Is(Ineffective, 2)
            .Is(NoScheduler, 6)
            .Is(Elected, 0)
            .Is(Empty, 6)
            .None(QuorumLost)
            .Panel("Space lasts")
            .Is(Healthy, Year)
            .Within(Filling, 1200, 5400)
            .None(Empty)
            .None(Blind);

    private static void Tables(FactList facts, DashboardClusters clusters)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var hung = ("member", clusters.Follower(Hung, First));
        var leader = ("member", clusters.Member(Hung, clusters.Leader(Hung)));
        var lagging = ("member", clusters.Follower(Lagging, First));
        facts
            .Panel("Firing alerts")
            .Within(
                RepairOff,
                now - 600_000,
                now + 600_000,
                ("alertname", "ClustermgrRepairOffWithBrokenDisks"),
                ("severity", "page"),
                ("task", "disk_repair")
            )
            .Within(Leaderless, now - 600_000, now + 600_000, ("alertname", "ClustermgrNoLeader"), ("severity", "page"))
            .Within(
                Ineffective,
                now - 600_000,
                now + 600_000,
                ("alertname", "ClustermgrTaskSwitchIneffective"),
                ("severity", "ticket"),
                ("task", "balance")
            )
            .None(Healthy)
            .Panel("Members")
            .Is(Hung, 0, hung)
            .Is(Hung, 1, leader)
            .Query("B")
            .Is(Hung, 1, leader, ("state", "leader"))
            .None(Hung, hung)
            .Query("C")
            .Is(Hung, 1, leader, ("node_id", $"{clusters.Leader(Hung)}"))
            .Query("D")
            .Is(Hung, clusters.Leader(Hung), leader)
            .Is(Leaderless, 0, ("member", clusters.Member(Leaderless, 1)))
            .Query("E")
            .Within(Hung, 1, 1000, leader)
            .Query("F")
            .Is(Lagging, Backlog, lagging)
            .Is(Hung, 0, leader)
            .Query("G")
            .Is(Hung, 0, leader)
            .Is(Healthy, 1, ("member", clusters.Member(Healthy, 1)))
            .Query("H")
            .Within(Hung, 3, 600, hung)
            .Within(Hung, 0, 30, leader)
            .Query("I")
            .Is(Lagging, 1, lagging)
            .Is(Hung, 0, leader)
            .Panel("Disks that are not normal")
            .Within(
                RepairOff,
                now - 600_000,
                now + 600_000,
                ("disk_id", "5"),
                ("host", "http://10.1.0.2:8889"),
                ("path", "/data/disk1"),
                ("idc", "z0"),
                ("rack", "rack1"),
                ("state", "broken")
            )
            .Within(Repairing, now - 600_000, now + 600_000, ("disk_id", "6"), ("state", "repairing"))
            .Within(Repairing, now - 600_000, now + 600_000, ("disk_id", "7"), ("state", "dropping"))
            .None(Healthy)
            .Panel("Background tasks")
            .Is(Healthy, 1, ("task", "disk_repair"))
            .Is(RepairOff, 2, ("task", "disk_repair"))
            .Is(Ineffective, 3, ("task", "balance"))
            .Is(Ineffective, 3, ("task", "vol_inspect"))
            .Is(Ineffective, 4, ("task", "disk_drop"))
            .Is(QuorumLost, 5, ("task", "disk_repair"));
    }

    private static void Raft(FactList facts, DashboardClusters clusters)
    {
        var hung = ("member", clusters.Follower(Hung, First));
        var other = ("member", clusters.Follower(Hung, First + 1));
        var leader = ("member", clusters.Member(Hung, clusters.Leader(Hung)));
        var lagging = ("member", clusters.Follower(Lagging, First));
        facts
            .Panel("Members over time")
            .Is(Hung, 0, hung)
            .Is(Hung, 1, leader)
            .Is(Hung, 2, other)
            .Panel("Leader that each member names")
            .Is(Hung, clusters.Leader(Hung), other)
            .Is(Leaderless, 0, ("member", clusters.Member(Leaderless, 1)))
            .Panel("Term")
            .Within(Hung, 1, 1000, leader)
            .Panel("Lag of each peer")
            .Is(Lagging, Lag, ("peer", $"{clusters.Followers[Lagging][First]}"))
            .Within(Lagging, 0, 100, ("peer", $"{clusters.Followers[Lagging][First + 1]}"))
            .Panel("Committed, not applied")
            .Is(Lagging, Backlog, lagging)
            .Panel("Peers as the leader sees them")
            .Is(Hung, 0, ("peer", $"{clusters.Followers[Hung][First]}"))
            .Is(Hung, 1, ("peer", $"{clusters.Followers[Hung][First + 1]}"))
            .Is(Hung, 5, ("peer", $"{clusters.Leader(Hung)}"))
            .Within(Lagging, 0, 3, ("peer", $"{Learner}"));
    }

    private static void Space(FactList facts)
    {
        const double Raw = 36.0 * 8 * (1L << 40);
        facts
            .Panel("Writable share")
            .Within(Healthy, 0.3, 0.36, ("node_type", "blobnode"))
            .Within(Full, 0.005, 0.04, ("node_type", "blobnode"))
            .Panel("Space")
            .Is(Full, Raw, ("node_type", "blobnode"))
            .Query("B")
            .Within(Full, 0.94 * Raw, 0.98 * Raw, ("node_type", "blobnode"))
            .Query("C")
            .Within(Full, 0.02 * Raw, 0.06 * Raw, ("node_type", "blobnode"))
            .Query("D")
            .Within(Full, 0.005 * Raw, 0.04 * Raw, ("node_type", "blobnode"))
            .Panel("Free chunks by IDC")
            .Within(Healthy, 0.6, 0.7, ("idc", "z0"))
            .Within(Full, 0.01, 0.06, ("idc", "z2"))
            .Query("B")
            .Within(Healthy, 0.6, 0.7)
            .Panel("Disks by IDC")
            .Is(TwoIdcs, 12, ("idc", "z0"), ("node_type", "blobnode"))
            .Is(Healthy, 1, ("idc", "z0"), ("node_type", "shardnode"))
            .Query("B")
            .Is(TwoIdcs, 6, ("idc", "z0"), ("node_type", "blobnode"))
            .Is(Healthy, 12, ("idc", "z0"), ("node_type", "blobnode"))
            .Query("C")
            .Is(TwoIdcs, 0.5, ("idc", "z0"), ("node_type", "blobnode"))
            .Is(Healthy, 0, ("idc", "z0"), ("node_type", "blobnode"))
            .Query("D")
            .Is(TwoIdcs, 1, ("idc", "z1"), ("node_type", "blobnode"))
            .Is(TwoIdcs, 0, ("idc", "z0"), ("node_type", "blobnode"))
            .Query("E")
            .Is(Repairing, 1, ("idc", "z0"), ("node_type", "blobnode"))
            .Query("F")
            .Is(Repairing, 1, ("idc", "z0"), ("node_type", "blobnode"))
            .Query("G")
            .Is(Repairing, 1, ("idc", "z0"), ("node_type", "blobnode"))
            .Is(Healthy, 0, ("idc", "z0"), ("node_type", "blobnode"))
            .Panel("Disks that cannot be used")
            .Is(TwoIdcs, 6, ("state", "expired"))
            .Is(TwoIdcs, 1, ("state", "broken"))
            .Is(Healthy, 0, ("state", "broken"));
    }

    private static void Tasks(FactList facts) =>
        facts
            .Panel("Disks that wait")
            .Is(Repairing, 2)
            .Is(Healthy, 0)
            .Query("B")
            .Is(Repairing, 1)
            .Is(Healthy, 0)
            .Panel("Since the last progress")
            .Within(Repairing, 1, 600)
            .None(Healthy)
            .Query("B")
            .Within(Repairing, 1, 600)
            .None(RepairOff)
            .Panel("Switches")
            .Is(RepairOff, 1, ("task", "disk_repair"), ("state", "disabled"))
            .Is(Ineffective, 1, ("task", "balance"), ("state", "ineffective"))
            .Is(QuorumLost, 1, ("task", "balance"), ("state", "unknown"))
            .Query("B")
            .Is(RepairOff, 1, ("task", "disk_repair"))
            .Is(Elected, 0, ("task", "balance"))
            .None(Healthy)
            .Panel("Services")
            .Is(Healthy, 1, ("service", "scheduler"), ("idc", "z0"))
            .Is(NoScheduler, 0, ("service", "scheduler"), ("idc", "z0"))
            .Query("B")
            .Is(NoScheduler, 1, ("service", "scheduler"), ("idc", "z0"))
            .Is(Healthy, 0, ("service", "proxy"), ("idc", "z2"))
            .Panel("Volumes that can be allocated")
            .Within(Healthy, 1, 100)
            .Query("B")
            .Is(Healthy, 100)
            .Panel("Volumes by status")
            .Within(Healthy, 1, 100, ("status", "idle"))
            .Is(Healthy, 0, ("status", "unlocking"))
            .Panel("Jobs done")
            .Is(Worked, 0, ("disk_id", "6"), ("task", "disk_repair"))
            .Is(Worked, 0, ("disk_id", "7"), ("task", "disk_drop"))
            .Panel("Jobs that wait")
            .Within(Worked, 1, 100, ("task", "disk_repair"))
            .Within(Worked, 1, 100, ("task", "disk_drop"))
            .Panel("Disks under way")
            .Is(Worked, 0, ("disk_id", "6"), ("task", "disk_repair"))
            .Is(Worked, 0, ("disk_id", "7"), ("task", "disk_drop"))
            .None(Healthy)
            .Query("B")
            .Within(Worked, 1, 100, ("disk_id", "6"), ("task", "disk_repair"))
            .Query("C")
            .Is(Worked, 0, ("disk_id", "6"), ("task", "disk_repair"))
            .Query("D")
            // A repair without a finished job in the displayed time range has no time left.
            .None(Worked, ("disk_id", "6"))
            .Within(Progressing, 1, 600, ("disk_id", "6"), ("task", "disk_repair"))
            .Query("E")
            .Within(Worked, 0, 600, ("disk_id", "6"), ("task", "disk_repair"))
            .Panel("Volumes by what they may still lose")
            .Is(Worked, 0)
            .None(QuorumLost)
            .Query("B")
            .Is(Worked, 0)
            .Query("C")
            .Is(Worked, 0)
            .Query("D")
            .Within(Worked, 1, 100)
            .Panel("Hosts short of chunks")
            .Is(Worked, 1)
            .Is(Healthy, 0)
            .Panel("Hosts with few free chunks")
            .Within(Worked, 0, 100, ("host", "http://10.1.2.4:8889"), ("idc", "z2"))
            .None(Healthy)
            .Query("B")
            .Within(Worked, 0, 0.1, ("host", "http://10.1.2.4:8889"), ("idc", "z2"));
}
