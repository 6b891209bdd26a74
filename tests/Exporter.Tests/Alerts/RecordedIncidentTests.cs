using ClustermgrExporter.Tests.Replay;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The recorded incidents of real clusters, replayed to the exporter and from there to the rules.</summary>
public sealed class RecordedIncidentTests
{
    public static TheoryData<string> Names => [.. Recording.Names];

    /// <summary>The followers of quorum-lost were away for 40 s. No other was ill for as long as its alert waits.</summary>
    public static string[] Raises(string recording) => recording == "quorum-lost" ? ["QuorumLost"] : [];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ARecordedIncidentRaisesWhatItMustAndNothingElse(string name)
    {
        var timeline = await Rules.Shipped.PlayAsync(Play(name), TestContext.Current.CancellationToken);

        Assert.Equal("", timeline.Errors);
        Assert.Equal(Raises(name), timeline.Alerts);
    }

    /// <summary>In steps of 5 s: the recordings are short.</summary>
    private static InputSeries Play(string name)
    {
        var input = new InputSeries(TimeSpan.FromSeconds(5));
        var second = 0;
        foreach (var page in Replayed.Of(name).EverySecond())
        {
            if (second++ % 5 == 0) input.Add(page.Samples);
        }
        return input;
    }
}
