using ClustermgrExporter.Alerting;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The program's own evaluator gives the same result as Prometheus for every incident: the same alerts with
/// the same labels, from and to the same steps.</summary>
public sealed class SameJudgementTests
{
    internal static AlertRules Shipped { get; } =
        AlertRules.Parse(File.ReadAllText(Path.Combine(GoldenFile.GetRepositoryRoot(), Rules.File)), Rules.File);

    public static TheoryData<string> Names => MatrixTests.Names;

    public static TheoryData<string> Recordings => [.. RecordedIncidents.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void AnIncidentRaisesTheSameAsInPrometheus(string name)
    {
        var timeline = Matrix.Input(Incidents.Named(name)).Evaluate(Shipped);
        Assert.Equal(
            File.ReadAllText(
                Path.Combine(GoldenFile.GetRepositoryRoot(), $"tests/Exporter.Tests/Golden/Alerts/{name}.txt")
            ),
            $"{timeline}"
        );
    }

    /// <summary>Incidents that are watched by one exporter, which runs throughout.</summary>
    public static TheoryData<string> Direct =>
        [
            .. Incidents
                .All.Where(incident =>
                    incident is { Watching: ExporterPlacement.Central, LabelsClash: null, Also: null }
                    && !incident.Raises.Any(alert => DirectRules.NotSent.Contains(AlertTimeline.Prefix + alert))
                )
                .Select(incident => incident.Name)
                .Intersect(MatrixTests.Names.Select(row => row.Data)),
        ];

    [Theory]
    [MemberData(nameof(Direct))]
    public void JudgedByItselfAClusterRaisesTheSame(string name)
    {
        var timeline = Matrix.Input(Incidents.Named(name)).EvaluateApart(Shipped);
        Assert.Equal(
            File.ReadAllText(
                Path.Combine(GoldenFile.GetRepositoryRoot(), $"tests/Exporter.Tests/Golden/Alerts/{name}.txt")
            ),
            $"{timeline}"
        );
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void ARecordedIncidentRaisesTheSameAsInPrometheus(string name)
    {
        var timeline = RecordedIncidents.Play(name).Evaluate(Shipped);
        Assert.Equal(
            File.ReadAllText(
                Path.Combine(GoldenFile.GetRepositoryRoot(), $"tests/Exporter.Tests/Golden/Alerts/recording-{name}.txt")
            ),
            $"{timeline}"
        );
    }
}
