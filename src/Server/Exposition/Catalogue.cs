using System.Collections.Immutable;
using Clustermgr.Analysis;
using ClustermgrExporter.Exposition.Families;

namespace ClustermgrExporter.Exposition;

/// <summary>Every family of a cluster, in the order of the page. Those of the exporter itself are in
/// Telemetry.</summary>
internal static class Catalogue
{
    /// <summary>The families of each cluster; their first label is always cluster.</summary>
    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> Cluster =
    [
        .. MemberFamilies.All,
        .. RaftFamilies.All,
        .. PeerFamilies.All,
        .. SpaceFamilies.All,
        .. DiskFamilies.All,
        .. VolumeFamilies.All,
        .. VolumeScanFamilies.All,
        .. TaskFamilies.All,
        .. SchedulerFamilies.All,
        .. ServiceFamilies.All,
        .. QuorumFamilies.All,
    ];
}

/// <summary>Writes the catalogue as Markdown: docs/metrics.md.</summary>
internal static class CatalogueMarkdown
{
    /// <param name="exporterSeries">Series of the exporter itself.</param>
    public static void Write(TextWriter to, IEnumerable<FamilyDescriptor> exporterSeries)
    {
        to.Write(
            """
            # Metrics

            Generated from the catalogues in `src/Server/Exposition` and `src/Server/Telemetry`; a test keeps it true.

            A value that is not known is absent, never 0. A value is stale, and absent, after as many failed polls in a
            row as `stale_after` says (3 unless configured); until then the last answer stays, with `clustermgr_up` 0.
            What is read at an interval of its own (switches, disks, services) is stale after as many such intervals.

            The last column names the fields of clustermgr's answers in the spelling of master; releases up to v3.5.3 spell some of them in camelCase
            (`raftState` for `raft_state`). `leader_host` has no series: `clustermgr_raft_leader_node_id` says the same.

            Integers are written exactly, to the last digit. Prometheus keeps 64-bit floats and rounds them above 2^53.
            Doubles are written in the shortest form that reads back as the same number; timestamps are Unix seconds to
            the millisecond.

            `/metrics` answers in the Prometheus text format 0.0.4 or in OpenMetrics 1.0.0, by the `Accept` header. The
            lines of a cluster's samples are the same in both. What is an info here is a gauge in the text format, which knows no
            info; OpenMetrics names the family of a counter without `_total` and that of an info without `_info`.

            """
        );
        Section(to, "Of each cluster", Catalogue.Cluster.Select(entry => entry.Family.Descriptor));
        Section(to, "Of the exporter", exporterSeries);
    }

    private static void Section(TextWriter to, string title, IEnumerable<FamilyDescriptor> families)
    {
        to.Write($"\n## {title}\n\n| series | type | labels | meaning | source, absence |\n|---|---|---|---|---|\n");
        foreach (var family in families)
        {
            var unit = family.Unit == "" ? "" : $", {family.Unit}";
            to.Write(
                $"| {family.Name} | {FormatType(family.Type)}{unit} | {string.Join(", ", family.Labels)} | "
                    + $"{Cell(family.Help)} | {Cell(family.Notes)} |\n"
            );
        }
    }

    /// <summary>Escapes bars, which would end the cell.</summary>
    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string FormatType(MetricType type) =>
        type switch
        {
            MetricType.Counter => "counter",
            MetricType.Info => "info",
            MetricType.Histogram => "histogram",
            _ => "gauge",
        };
}
