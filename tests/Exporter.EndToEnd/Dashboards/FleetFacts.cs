using static ClustermgrExporter.EndToEnd.Dashboards.DashboardClusters;

namespace ClustermgrExporter.EndToEnd.Dashboards;

/// <summary>What fleet.json must show, with all clusters chosen.</summary>
internal static class FleetFacts
{
    public static FactList Of() => new FactList(rowsAreClusters: true)
        .Panel("Nobody answers").Is("", 1)
        .Panel("Without a leader").Is("", 2)
        .Panel("None may fail").Is("", 3)
        .Panel("With broken disks").Is("", 3)
        .Panel("Repair off, disks wait").Is("", 1)
        .Panel("Nearly full").Is("", 1)
        .Panel("Clusters").Within(RepairOff, 1, 3).Is(Healthy, 0).Within(Leaderless, 1, 2)
        .Query("B").Within(Ineffective, 1, 3).Is(Healthy, 0)
        .Query("C").Is(Healthy, 1).Is(Beside, 1).Is(Leaderless, 0).Is(QuorumLost, 0).Is(Blind, -1).Is(Empty, 1)
        .Query("D").Is(Healthy, 1).Is(QuorumLost, 0).Is(Leaderless, 0)
        .Query("E").Is(Healthy, 1).Is(Beside, 1).Is(Hung, 0).Is(QuorumLost, -1).None(Blind)
        .Query("F").Is(Healthy, 3).Is(Beside, 3).Is(QuorumLost, 1).Is(Blind, 0)
        .Query("G").Is(Healthy, 0).Is(RepairOff, 1).Is(TwoIdcs, 1).None(Empty).None(Blind)
        .Query("H").Is(Healthy, 1).Is(RepairOff, -1).Is(Repairing, 1).Is(Empty, 0).None(QuorumLost)
        .Query("I").Within(Healthy, 0.3, 0.36).Within(Full, 0.005, 0.04).None(Empty)
        .Query("J").Is(Healthy, 31_536_000).Within(Filling, 1200, 5400).None(Blind)
        .Panel("Alerts that fire").Within("", 4, 40, ("severity", "page")).Within("", 4, 40, ("severity", "ticket"));
}
