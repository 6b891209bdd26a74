using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

public sealed class RecordedIncidentTests
{
    public static TheoryData<string> Names => [.. RecordedIncidents.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ARecordedIncidentRaisesWhatItMustAtTheseTimesAndNothingElse(string name)
    {
        var timeline = await RecordedIncidents.TimelineAsync(name);

        Assert.Equal("", timeline.Errors);
        Assert.Equal(RecordedIncidents.Raises(name), timeline.Alerts);
        GoldenFile.AssertMatches($"tests/Exporter.Tests/Golden/Alerts/recording-{name}.txt", timeline.ToString());
    }
}
