using Clustermgr.Analysis;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>The shapes that most families of a cluster have, so that each is one row of a table. Every help is one
/// short sentence; notes say where a value comes from, and when it is absent.</summary>
internal static class Shapes
{
    public const string NoOwnAnswer = "Absent while the member's own answer is missing or stale.";

    /// <summary>One line per cluster.</summary>
    public static FamilyOf<ClusterAnalysis> PerCluster(
        string name,
        string help,
        string notes,
        Func<ClusterAnalysis, Number> value
    ) => Gauge(name, "", help, notes, (lines, analysis) => lines.Add(value(analysis)));

    /// <summary>One line per member.</summary>
    public static FamilyOf<ClusterAnalysis> PerMember(
        string name,
        string help,
        string notes,
        Func<MemberRecord, Number> value
    ) =>
        Gauge(
            name,
            "member",
            help,
            notes,
            (lines, analysis) =>
            {
                foreach (var member in analysis.Snapshot.Members)
                {
                    lines.Add(value(member), member.Name);
                }
            }
        );

    /// <summary>One line per member, from its own /stat; no line without it.</summary>
    public static FamilyOf<ClusterAnalysis> PerStat(
        string name,
        string help,
        string notes,
        Func<StatReading, Number> value
    ) =>
        PerMember(
            name,
            help,
            $"{notes} {NoOwnAnswer}",
            member => member.Reading is { } reading ? value(reading) : default
        );

    /// <param name="name">Name of the family.</param>
    /// <param name="labels">After cluster, separated by spaces.</param>
    /// <param name="help">For the HELP line.</param>
    /// <param name="notes">For docs/metrics.md.</param>
    /// <param name="write">Writes its lines.</param>
    public static FamilyOf<ClusterAnalysis> Gauge(
        string name,
        string labels,
        string help,
        string notes,
        Action<LineWriter, ClusterAnalysis> write
    ) => Of(MetricType.Gauge, name, labels, help, notes, write);

    /// <inheritdoc cref="Gauge"/>
    public static FamilyOf<ClusterAnalysis> Counter(
        string name,
        string labels,
        string help,
        string notes,
        Action<LineWriter, ClusterAnalysis> write
    ) => Of(MetricType.Counter, name, labels, help, notes, write);

    /// <inheritdoc cref="Gauge"/>
    public static FamilyOf<ClusterAnalysis> Info(
        string name,
        string labels,
        string help,
        string notes,
        Action<LineWriter, ClusterAnalysis> write
    ) => Of(MetricType.Info, name, labels, help, notes, write);

    private static FamilyOf<ClusterAnalysis> Of(
        MetricType type,
        string name,
        string labels,
        string help,
        string notes,
        Action<LineWriter, ClusterAnalysis> write
    ) =>
        new(
            new Family(
                new Series(
                    name,
                    type,
                    ["cluster", .. labels.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
                    help,
                    notes
                )
            ),
            write
        );
}
