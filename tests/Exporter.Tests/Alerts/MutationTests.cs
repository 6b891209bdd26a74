using System.Collections.Concurrent;
using ClustermgrExporter.Alerting;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Every fault in a rule is detected: some incident then raises something else, or at another time.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    /// <summary>Faults that no incident can show, each with the reason. A fault that is detected after all must be
    /// removed.</summary>
    private static readonly Dictionary<string, string> HarmlessFaults = new(StringComparer.Ordinal)
    {
        [
            """cluster_peer:clustermgr_voter:last: "on (cluster, exported_cluster)" is "on (exported_cluster)" """
                + """in: and on (cluster, exported_cluster) cluster_member:clustermgr_up:max"""
        ] = "it only limits how long the list of a cluster that is no longer watched is kept",
        [
            """cluster_member_peer:clustermgr_member_info:last: "on (cluster, exported_cluster, member)" is "on ("""
                + """exported_cluster, member)" in: and on (cluster, exported_cluster, member) last_over_time("""
                + """clustermgr_member_info[1h])"""
        ] = "it only limits how long the peer ID of a member that is no longer watched is remembered",
        [
            """cluster_peer:clustermgr_voter_watched:last: "on (cluster, exported_cluster, peer)" is "on ("""
                + """exported_cluster, peer)" in: and on (cluster, exported_cluster, peer) cluster_peer:"""
                + """clustermgr_voter:last == 1"""
        ] =
            "a watched learner counts as a voter only if its ID votes in another cluster while a voter of its own is "
            + "not watched",
        [
            """ApplyStalled: "300" is "214.2857" in: and ignoring (endpoint) time() - last_over_time("""
                + """clustermgr_poll_last_success_timestamp_seconds{endpoint="stat"}[1m]) < 300"""
        ] =
            "a member that is up answered within seconds; only a stuck exporter shows older answers, and those "
            + "are much older",
        [
            """ApplyStalled: "300" is "420" in: and ignoring (endpoint) time() - last_over_time("""
                + """clustermgr_poll_last_success_timestamp_seconds{endpoint="stat"}[1m]) < 300"""
        ] = "as above",
        [
            """LeaderFlapping: "2" is "1" in: and cluster:clustermgr_raft_term:max - min_over_time(cluster:"""
                + """clustermgr_raft_term:max[10m]) >= 2"""
        ] = "each break has its own term, and an exporter that comes and goes does not change the term",
        [
            """LeaderFlapping: "2" is "3" in: and cluster:clustermgr_raft_term:max - min_over_time(cluster:"""
                + """clustermgr_raft_term:max[10m]) >= 2"""
        ] = "a fifth of ten minutes takes three breaks, each too short for NoLeader",
        ["""LeaderFlapping: "4" is "3" in: and changes(cluster:clustermgr_leader_answers:bool[10m]) >= 4"""] =
            "it excludes a single long break, which has two changes",
        ["""LeaderFlapping: "4" is "5" in: and changes(cluster:clustermgr_leader_answers:bool[10m]) >= 4"""] =
            "three breaks have six changes",
        [
            """WritableSpaceCritical: "0" is "10" in: < 2 * 86400 * (min_over_time(cluster_node_type:"""
                + """clustermgr_space_fill_bytes_per_second:1h[3h]) > 0)"""
        ] = "ten bytes a second fill no disk within two days",
        [
            """WritableSpaceRunway: "0" is "10" in: / (min_over_time(cluster_node_type:"""
                + """clustermgr_space_fill_bytes_per_second:1h[6h]) > 0)"""
        ] = "ten bytes a second fill no disk within two weeks either",
        [
            """RepairStalled: "broken|" is "" in: and on (cluster, exported_cluster) count by (cluster, """
                + """exported_cluster) (last_over_time(clustermgr_disk_info{state=~"broken|repairing"}[5m])) > 0"""
        ] = "no incident has a disk that stays broken for hours: DiskBroken pages long before",
        [
            """RepairStalled: "broken|" is "" in: and on (cluster, exported_cluster, disk_id) last_over_time("""
                + """clustermgr_disk_info{state=~"broken|repairing|repaired"}[5m])"""
        ] = "as above",
        [
            """DiskNotReplaced: "[15m]" is "[150s]" in: expr: max by (cluster, exported_cluster, disk_id) ("""
                + """last_over_time(clustermgr_disk_replaced[15m])) == 0"""
        ] = "an incident of three days is evaluated every five minutes, and shows no shorter gap",
        ["""ClusterUnwatched: "120" is "168" in: > 120"""] =
            "an exporter that drops a cluster is remembered for a minute and a scrape; one that keeps it watches it "
            + "for hours",
        ["""ClusterUnwatched: "120" is "85.7143" in: > 120"""] = "as above",
        [
            """ClusterUnwatched: "on (cluster, exported_cluster)" is "on (exported_cluster)" in: unless on ("""
                + """cluster, exported_cluster)"""
        ] =
            "it needs a second cluster that one exporter drops during a fault and another keeps; ExporterAbsent "
            + "pages then",
        [
            """StaleData: "0" is "10" in: sum by (cluster, exported_cluster, endpoint) (cluster_endpoint_outcome:"""
                + """clustermgr_polls:increase10m{endpoint!="stat",outcome!="ok"}) > 0"""
        ] = "a failing read is tried at every member, at least once a minute: more than ten times in ten " + "minutes",
    };

    /// <summary>Incidents that raise nothing, or many alerts, and so show when an alert must not fire.</summary>
    private static readonly string[] OtherIncidents =
    [
        "a-cluster-that-is-new-and-empty",
        "one-member-is-the-whole-cluster",
        "the-slowest-normal-failover",
        "scenario-learner-added",
        "a-follower-killed",
        "both-followers-killed",
        "a-disk-is-dropped-as-planned",
        "all-members-killed",
        "leader-answers-nothing-but-leads",
        "one-exporter-beside-one-of-three-members",
        "peers-do-not-say-who-is-a-learner",
        "a-voter-is-not-watched-and-another-killed",
        "no-repair-here-and-disks-broken-elsewhere",
    ];

    /// <summary>The program's own evaluator evaluates the faulty rules, on what the correct rules recorded once for
    /// each incident. SameJudgementTests checks that it evaluates the correct rules as Prometheus does, to the
    /// step.</summary>
    [Fact]
    public async Task EveryFaultInARuleIsSeen()
    {
        // In local runs MUTATE=NoLeader,QuorumLost selects some rules.
        var only = Environment.GetEnvironmentVariable("MUTATE")?.Split(',');
        bool IsAsked(string rule) => only is null || only.Contains(rule);
        var mutants = Rules.Shipped.All.Where(rule => IsAsked(rule.Name)).SelectMany(Mutant.Of).ToList();
        var unseen = new ConcurrentDictionary<Faulty, bool>(
            mutants.Select(mutant => KeyValuePair.Create(new Faulty(mutant), true))
        );
        await Parallel.ForEachAsync(
            Incidents
                .All.OrderBy(incident => OtherIncidents.Contains(incident.Name))
                .ThenBy(incident => incident.Length / incident.StepSeconds),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (incident, ct) =>
            {
                foreach (var seen in await SeenAsync(incident, unseen.Keys.Where(fault => fault.Asks(incident)), ct))
                {
                    unseen.TryRemove(seen, out _);
                }
            }
        );
        var left = unseen.Keys.Select(fault => $"{fault.Mutant}").Order(StringComparer.Ordinal).ToList();
        output.WriteLine($"{mutants.Count} faults, {mutants.Count - left.Count} detected; not detected:");
        left.ForEach(output.WriteLine);

        Assert.True(mutants.Count > 300 || only is not null, "too few faults: the patterns no longer match the rules");
        Assert.Equal(
            [
                .. HarmlessFaults
                    .Keys.Where(fault => IsAsked(fault[..fault.IndexOf(": \"", StringComparison.Ordinal)]))
                    .Order(StringComparer.Ordinal),
            ],
            left
        );
    }

    /// <summary>Returns the faults with which an incident raises something else than with the correct rules in
    /// Prometheus.</summary>
    private static async Task<IReadOnlyList<Faulty>> SeenAsync(
        AlertIncident incident,
        IEnumerable<Faulty> faults,
        CancellationToken ct
    )
    {
        var asked = faults.ToList();
        if (asked.Count == 0)
        {
            return [];
        }
        var input = Matrix.Input(incident);
        var timeline = await Matrix.TimelineAsync(incident);
        var recorded = input.Recorded(SameJudgementTests.Shipped);
        var seen = new List<Faulty>();
        foreach (var fault in asked)
        {
            ct.ThrowIfCancellationRequested();
            if (
                input.Evaluate(fault.Readers, recorded).Only(fault.Alerts).ToString()
                != timeline.Only(fault.Alerts).ToString()
            )
            {
                seen.Add(fault);
            }
        }
        return seen;
    }

    /// <summary>A fault, with the rules that it affects: those that read the faulty one.</summary>
    private sealed class Faulty
    {
        public Faulty(Mutant mutant)
        {
            Mutant = mutant;
            var alerts = mutant.Original.IsAlert ? [mutant.Original] : Rules.Shipped.Dependants(mutant.Original);
            Alerts = alerts.Select(alert => alert.Name).ToHashSet(StringComparer.Ordinal);
            Readers = AlertRules.Parse(Rules.Shipped.Downstream(mutant.Original, mutant.Rule).Text, $"{mutant}");
        }

        public Mutant Mutant { get; }

        /// <summary>Names of the alerts that the fault may change.</summary>
        public HashSet<string> Alerts { get; }

        public AlertRules Readers { get; }

        /// <summary>True for an incident about one of its alerts, and for those that show when an alert must not
        /// fire.</summary>
        public bool Asks(AlertIncident incident) =>
            OtherIncidents.Contains(incident.Name)
            || incident.Raises.Any(Alerts.Contains)
            || (incident.JustBelow is { } alert && Alerts.Contains(alert));
    }
}
