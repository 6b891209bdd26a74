using System.Collections.Concurrent;
using ClustermgrExporter.Tests.Replay;
using ClustermgrExporter.Tests.Support;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The recorded incidents of real clusters, each replayed once to the exporter and from there to the
/// rules.</summary>
internal static class RecordedIncidents
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<AlertTimeline>>> Timelines = new();

    public static IReadOnlyList<string> Names { get; } = [.. Recording.Names];

    /// <summary>The followers of quorum-lost were away for 40 s. No other fault lasted as long as its alert
    /// waits.</summary>
    public static string[] Raises(string recording) => recording == "quorum-lost" ? ["QuorumLost"] : [];

    public static Task<AlertTimeline> TimelineAsync(string recording) =>
        Timelines
            .GetOrAdd(recording, _ => new(() => Rules.Shipped.PlayAsync(Play(recording), CancellationToken.None)))
            .Value;

    /// <summary>Uses steps of 5 s, because the recordings are short.</summary>
    public static InputSeries Play(string name)
    {
        var input = new InputSeries(TimeSpan.FromSeconds(5));
        var second = 0;
        foreach (var page in ReplayFixture.Of(name).EverySecond())
        {
            if (second++ % 5 == 0)
            {
                input.Add(page.Samples);
            }
        }
        return input;
    }
}
