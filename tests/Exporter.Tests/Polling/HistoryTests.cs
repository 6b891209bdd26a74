using Clustermgr.Analysis;
using ClustermgrExporter.Polling.History;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

public sealed class HistoryTests
{
    private static readonly DateTimeOffset StartTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void SamplesComeBackAsTheyWereWithEveryDigitAndWithWhatWasNotKnown()
    {
        var figure = ArbMap
            .Default.GeneratorFor<ulong>()
            .Select(value => (ulong?)value)
            .Or(Gen.Elements<ulong?>(null, 0, 1, ulong.MaxValue, 1UL << 60, (1UL << 60) + 1));
        var samples = figure
            .Four()
            .ListOf()
            .Select(rows =>
                rows.Select(
                        (row, i) =>
                            new Sample(
                                StartTime.AddSeconds((i * 60) + (i % 7)),
                                row.Item1,
                                row.Item2,
                                (long?)row.Item3,
                                (long?)row.Item4
                            )
                    )
                    .ToArray()
            );
        Prop.ForAll(
                samples.ToArbitrary(),
                all =>
                {
                    var tape = new SampleBuffer();
                    foreach (var sample in all)
                    {
                        tape.Add(sample);
                    }
                    return tape.Read()
                        .AsSpan()
                        .SequenceEqual(all.AsSpan(Math.Max(0, all.Length - SampleBuffer.MaxSamples)));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SixHoursAreKeptOneSampleAMinuteAndTheOldestGoFirst()
    {
        var tape = new SampleBuffer();
        for (var minute = 0; minute < 1000; minute++)
        {
            tape.Add(Usual(minute));
        }
        var kept = tape.Read();
        Assert.Equal(360, kept.Length);
        Assert.Equal(Enumerable.Range(640, 360).Select(Usual), kept);
    }

    [Fact]
    public void FiguresThatAllJumpShortenTheHistoryAndSpoilNoSample()
    {
        var tape = new SampleBuffer();
        for (var minute = 0; minute < 1000; minute++)
        {
            tape.Add(Wild(minute));
        }
        var kept = tape.Read();
        Assert.InRange(kept.Length, 100, 359);
        Assert.Equal(Enumerable.Range(1000 - kept.Length, kept.Length).Select(Wild), kept);
    }

    [Fact]
    public void EventsComeBackAsTheyWereAndTheOldestGoFirst()
    {
        var tape = new EventBuffer("prod");
        var sequence = new EventSequence();
        var told = Enumerable
            .Range(0, 500)
            .Select(i => new ClusterEvent(
                sequence.Next(StartTime.AddSeconds(i)),
                StartTime.AddSeconds(i),
                "prod",
                new ClusterChange("disk", $"{i}", i % 2 == 0, "<b>“\u2028")
            ))
            .ToList();
        foreach (var entry in told)
        {
            tape.Add(entry.Id, entry.At, entry.Change);
        }
        Assert.Equal(told[^200..], tape.Read());
    }

    [Fact]
    public void EventsWithEndlessTextAreShortenedAndFewerAreKept()
    {
        var tape = new EventBuffer("prod");
        var sequence = new EventSequence();
        for (var i = 0; i < 500; i++)
        {
            tape.Add(
                sequence.Next(StartTime),
                StartTime,
                new ClusterChange("disk", new string('…', 5000), true, new string('\ud800', 5000))
            );
        }
        var kept = tape.Read();
        Assert.InRange(kept.Length, 4, 20);
        Assert.All(kept, entry => Assert.Equal(new string('…', 121), entry.Change.Subject));
        Assert.All(kept, entry => Assert.Equal(new string('\ufffd', 480) + "…", entry.Change.Sentence));
    }

    [Fact]
    public void AnIdRisesThoughTheClockStandsOrGoesBack()
    {
        var sequence = new EventSequence();
        DateTimeOffset[] times =
        [
            StartTime,
            StartTime,
            StartTime.AddHours(-1),
            StartTime.AddSeconds(1),
            DateTimeOffset.MinValue,
        ];
        var ids = times.Select(sequence.Next).ToList();
        Assert.Equal(ids.Order().Distinct(), ids);
        var tape = new EventBuffer("prod");
        foreach (var (id, at) in ids.Zip(times))
        {
            tape.Add(id, at, new ClusterChange("quorum", "", false, ""));
        }
        Assert.Equal(times, tape.Read().Select(entry => entry.At));
    }

    [Fact]
    public void AClusterToWhichNothingHappensKeepsNearlyNothing()
    {
        var tape = new SampleBuffer();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var minute = 0; minute < 5000; minute++)
        {
            tape.Add(Usual(minute));
        }
        // the buffer doubles up to 4 or 6 KiB, and a sample allocates nothing
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 12 << 10);
    }

    private static Sample Usual(int minute) =>
        new(
            StartTime.AddSeconds((minute * 60) + (minute % 3)),
            7,
            (ulong)(minute % 5 * 40),
            316_659_348_799_488,
            104_762_842_284_032 - (minute * 7_654_321_000L)
        );

    internal static Sample Wild(int minute)
    {
        var mixed = (ulong)minute * 0x9E3779B97F4A7C15;
        return new(StartTime.AddMinutes(minute), mixed, ~mixed, (long)(mixed >> 1), (long)(~mixed >> 1));
    }
}
