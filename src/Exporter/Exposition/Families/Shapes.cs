using System.Collections.Immutable;
using ClustermgrExporter.Clusters;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>The shapes that most families of a cluster have, so that each is one row of a table.</summary>
internal static class Shapes
{
    /// <summary>One line a cluster.</summary>
    public static FamilyOf<ClusterAnalysis> PerCluster(string name, string help, Func<ClusterAnalysis, Number> value) =>
        Gauge(name, "", help, (lines, analysis) => lines.Add(value(analysis)));

    /// <summary>One line a member.</summary>
    public static FamilyOf<ClusterAnalysis> PerMember(string name, string help, Func<MemberRecord, Number> value) =>
        Gauge(name, "member", help, (lines, analysis) =>
        {
            foreach (var member in analysis.Snapshot.Members) lines.Add(value(member), member.Name);
        });

    /// <summary>From a member's own /stat; without it, no line.</summary>
    public static FamilyOf<ClusterAnalysis> PerStat(string name, string help, Func<StatReading, Number> value) =>
        PerMember(name, help + " Absent while the member's own answer is missing or stale.",
            member => member.Reading is { } reading ? value(reading) : default);

    /// <param name="name">Of the family.</param>
    /// <param name="labels">After cluster, separated by spaces.</param>
    /// <param name="help">Of the family.</param>
    /// <param name="write">Its lines.</param>
    public static FamilyOf<ClusterAnalysis> Gauge(
        string name, string labels, string help, Action<LineWriter, ClusterAnalysis> write) =>
        Of(MetricType.Gauge, name, labels, help, write);

    /// <inheritdoc cref="Gauge"/>
    public static FamilyOf<ClusterAnalysis> Counter(
        string name, string labels, string help, Action<LineWriter, ClusterAnalysis> write) =>
        Of(MetricType.Counter, name, labels, help, write);

    /// <inheritdoc cref="Gauge"/>
    public static FamilyOf<ClusterAnalysis> Info(
        string name, string labels, string help, Action<LineWriter, ClusterAnalysis> write) =>
        Of(MetricType.Info, name, labels, help, write);

    private static FamilyOf<ClusterAnalysis> Of(
        MetricType type, string name, string labels, string help, Action<LineWriter, ClusterAnalysis> write)
    {
        ImmutableArray<string> all = ["cluster", .. labels.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        return new FamilyOf<ClusterAnalysis>(new Family(name, type, all, help), write);
    }
}
