using Clustermgr.Analysis;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>The shapes that most families of a cluster have, so that each is one row of a table. Every help is one
/// short sentence; notes say where a value comes from, and when it is absent.</summary>
internal static class FamilyFactory
{
    public const string NoOwnAnswer = "Absent while the member's own answer is missing or stale.";

    /// <summary>One line per cluster.</summary>
    public static FamilyRenderer<ClusterAnalysis> PerCluster(
        string name,
        string help,
        string notes,
        Func<ClusterAnalysis, SampleValue> value
    ) => Gauge(name, "", help, notes, (lines, analysis) => lines.Add(value(analysis)));

    /// <summary>One line per member.</summary>
    public static FamilyRenderer<ClusterAnalysis> PerMember(
        string name,
        string help,
        string notes,
        Func<MemberRecord, SampleValue> value
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
    public static FamilyRenderer<ClusterAnalysis> PerStat(
        string name,
        string help,
        string notes,
        Func<StatReading, SampleValue> value
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
    public static FamilyRenderer<ClusterAnalysis> Gauge(
        string name,
        string labels,
        string help,
        string notes,
        Action<LineWriter, ClusterAnalysis> write
    ) => Create(MetricType.Gauge, name, labels, help, notes, write);

    /// <inheritdoc cref="Gauge"/>
    public static FamilyRenderer<ClusterAnalysis> Counter(
        string name,
        string labels,
        string help,
        string notes,
        Action<LineWriter, ClusterAnalysis> write
    ) => Create(MetricType.Counter, name, labels, help, notes, write);

    /// <inheritdoc cref="Gauge"/>
    public static FamilyRenderer<ClusterAnalysis> Info(
        string name,
        string labels,
        string help,
        string notes,
        Action<LineWriter, ClusterAnalysis> write
    ) => Create(MetricType.Info, name, labels, help, notes, write);

    private static FamilyRenderer<ClusterAnalysis> Create(
        MetricType type,
        string name,
        string labels,
        string help,
        string notes,
        Action<LineWriter, ClusterAnalysis> write
    ) =>
        new(
            new Family(
                new FamilyDescriptor(
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
