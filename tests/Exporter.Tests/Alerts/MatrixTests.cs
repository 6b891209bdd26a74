using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Every incident against every alert: those that it must raise, at these times, and no other at any.</summary>
public sealed class MatrixTests(MatrixTests.All all, ITestOutputHelper output) : IClassFixture<MatrixTests.All>
{
    public static TheoryData<string> Names => Incidents.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AnIncidentRaisesWhatItMustAndNothingElse(string name)
    {
        _ = all;
        var incident = Incidents.Named(name);

        var timeline = await Matrix.TimelineAsync(incident);

        Assert.Equal("", timeline.Errors);
        Assert.Equal([.. incident.Raises.Order(StringComparer.Ordinal)], timeline.Alerts);
        GoldenFile.Matches($"tests/Exporter.Tests/Golden/Alerts/{name}.txt", timeline.ToString());
    }

    [Fact]
    public async Task TheDocumentShowsTheMatrixAsItIs()
    {
        var table = await MatrixTable.PlayedAsync();
        var (right, fired, wanted) = table.Count();
        output.WriteLine($"{table.Incidents.Count} incidents and {table.Recordings.Count} recordings: {fired} alerts fired, {wanted} should have, {right} of both");

        GoldenFile.Matches("docs/alerting.md", table.In(File.ReadAllText(Path.Combine(GoldenFile.Root(), "docs/alerting.md"))));
    }

    /// <summary>Plays them side by side, before the first is looked at.</summary>
    public sealed class All : IAsyncLifetime
    {
        public async ValueTask InitializeAsync() => await Matrix.PlayAllAsync(Incidents.All, TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
