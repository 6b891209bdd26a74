using static ClustermgrExporter.EndToEnd.Dashboards.DashboardClusters;

namespace ClustermgrExporter.EndToEnd.Dashboards;

/// <summary>What exporter.json must show, with all clusters selected.</summary>
internal static class ExporterFacts
{
    public static FactList Of(DashboardClusters clusters)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var unknown = ("member", clusters.Follower(Drifting, First));
        var refusing = ("member", clusters.Follower(Drifting, First + 1));
        var hung = ("member", clusters.Follower(Hung, First));
        var central = ("instance", clusters.Exporters.First());
        return new FactList(rowsAreClusters: true)
            .Panel("Alert rules")
            .Is("", 1)
            // Blind 3, quorum lost 2, hung 1, refusing 1.
            .Panel("Members without an answer")
            .Is("", 7)
            .Panel("Oldest answer")
            .Within("", 0, 30)
            .Panel("Fields not as known")
            .Within("", 1, 20)
            .Panel("Configuration refused")
            .Is("", 0)
            .Panel("Disk lists cut short")
            .Is("", 0)
            .Panel("Requests that failed")
            .Within(Drifting, 1, 60, refusing, ("endpoint", "stat"), ("outcome", "auth"))
            .Within(Hung, 1, 60, hung, ("endpoint", "stat"), ("outcome", "timeout"))
            .Within(Blind, 1, 60, ("member", clusters.Member(Blind, 1)), ("endpoint", "stat"), ("outcome", "refused"))
            .None(Healthy, ("endpoint", "stat"), ("outcome", "refused"))
            .Panel("Failures by outcome")
            .Within("", 0.1, 5, ("outcome", "auth"))
            .Within("", 0.1, 20, ("outcome", "refused"))
            .None("", ("outcome", "tls"))
            .Panel("Slowest answers")
            .Within("", 0.5, 3, ("endpoint", "stat"))
            .Panel("Age of the last answer")
            .Within(Blind, 3, 600)
            .Panel("Answers not as known")
            .Within(Drifting, 1, 20, unknown, ("endpoint", "stat"), ("kind", "unknown_field"))
            .None(Healthy)
            .Panel("Exporters")
            .Is("", 1, central)
            .Query("B")
            .Is("", Names.Length - 1, central)
            .Query("C")
            .Is("", 1, central)
            .Query("D")
            .Within("", now - 600_000, now + 600_000, central)
            .Query("E")
            .Within("", now - 600_000, now + 600_000, central)
            .Panel("CPU")
            .Within("", 0.001, 2, central)
            .Panel("Memory")
            .Within("", 20 << 20, 1 << 30, central)
            .Query("B")
            .Within("", 1 << 20, 1 << 30, central)
            .Panel("File descriptors in use")
            .Within("", 1e-7, 1, central);
    }
}
