using Clustermgr.Analysis;
using ClustermgrExporter.Polling.History;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>Checks the figure in docs/performance.md.</summary>
[Collection(nameof(MemoryTests))]
public sealed class HistoryMemoryTests
{
    private static readonly DateTimeOffset StartTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void AClustersHistoryAtItsFullestTakesLessThan16KiB()
    {
        const int Clusters = 200;
        // Objects of earlier tests may be freed at any time, once 40 MB of them: the median of five measures only
        // histories.
        var each = Enumerable.Range(0, 5).Select(_ => Measured(Clusters)).Order().ElementAt(2);
        TestContext.Current.SendDiagnosticMessage($"{each} bytes of history per cluster when it is full");
        Assert.InRange(each, SampleBuffer.MaxBytes + EventBuffer.MaxBytes, 16 << 10);
    }

    private static long Measured(int clusters)
    {
        var before = MemoryTests.Settled();
        var histories = Enumerable.Range(0, clusters).Select(_ => Full()).ToArray();
        var each = (MemoryTests.Settled() - before) / clusters;
        GC.KeepAlive(histories);
        return each;
    }

    private static (SampleBuffer, EventBuffer) Full()
    {
        var samples = new SampleBuffer();
        var events = new EventBuffer("prod");
        var sequence = new EventSequence();
        for (var i = 0; i < 1000; i++)
        {
            samples.Add(HistoryTests.Wild(i));
            events.Add(
                sequence.Next(StartTime.AddMinutes(i)),
                StartTime.AddMinutes(i),
                new ClusterChange(
                    "member",
                    "10.0.0.1:9998",
                    true,
                    $"member down after {i}h2m up, refused: connection refused (10.0.0.1:9998)"
                )
            );
        }
        return (samples, events);
    }
}
