using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Plays every incident against every alert: it must raise its alerts at the recorded times, and no
/// others.</summary>
public sealed class MatrixTests(MatrixTests.All all, ITestOutputHelper output) : IClassFixture<MatrixTests.All>
{
    /// <summary>All incidents take minutes. In local runs INCIDENT=both-followers-killed,… selects some, and the
    /// document is not compared.</summary>
    internal static readonly string[]? Asked = Environment.GetEnvironmentVariable("INCIDENT")?.Split(',');

    public static TheoryData<string> Names => [.. Incidents.All.Where(IsAsked).Select(incident => incident.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AnIncidentRaisesWhatItMustAndNothingElse(string name)
    {
        _ = all;
        var incident = Incidents.Named(name);

        var timeline = await Matrix.TimelineAsync(incident);

        Assert.Equal("", timeline.Errors);
        Assert.Equal([.. incident.Raises.Order(StringComparer.Ordinal)], timeline.Alerts);
        GoldenFile.AssertMatches($"tests/Exporter.Tests/Golden/Alerts/{name}.txt", timeline.ToString());
    }

    [Fact]
    public async Task TheDocumentShowsTheMatrixAsItIs()
    {
        Assert.SkipUnless(Asked is null, "INCIDENT selects some incidents, but the document shows all");
        var table = await MatrixTable.PlayedAsync();
        var (right, fired, wanted) = table.Count();
        output.WriteLine(
            $"{table.Incidents.Count} incidents and {table.Recordings.Count} recordings: {fired} alerts fired, "
                + $"{wanted} should have, {right} of both"
        );

        GoldenFile.AssertMatches(
            "docs/alerting.md",
            table.In(File.ReadAllText(Path.Combine(GoldenFile.GetRepositoryRoot(), "docs/alerting.md")))
        );
    }

    private static bool IsAsked(AlertIncident incident) => Asked is null || Asked.Contains(incident.Name);

    /// <summary>Plays them in parallel, before the first test.</summary>
    public sealed class All : IAsyncLifetime
    {
        public async ValueTask InitializeAsync() =>
            await Matrix.PlayAllAsync(Incidents.All.Where(IsAsked), TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
