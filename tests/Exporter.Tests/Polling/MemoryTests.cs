using Xunit;

namespace ClustermgrExporter.Tests.Polling;

[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests
{
    [Fact]
    public void AHundredThousandPollsLeaveMemoryFlat()
    {
        var polled = new PollingFixture();
        var polls = 0;
        // With failures, elections and forwarded answers, so that everything that is remembered can grow.
        polled.Members.Instead = (member, path, _) =>
        {
            if (path != "/stat")
            {
                return Task.FromResult<(int, string)?>(null);
            }
            var turn = ++polls / 300;
            if (member == "c" && turn % 5 == 1)
            {
                throw ScriptedMembers.Refused;
            }
            var leader = (turn % 2) + 1;
            var node = member == "c" && turn % 7 == 1 ? leader : member[0] - 'a' + 1;
            return Task.FromResult<(int, string)?>(
                (200, ScriptedMembers.Stat(node, leader, term: 5 + turn, commit: polls))
            );
        };
        polled.Start();
        Poll(20_000);
        var before = Settled();
        Poll(100_000);
        var grown = Settled() - before;
        Assert.True(grown < 1_000_000, $"{grown} bytes more after {polls} polls");

        void Poll(int more)
        {
            for (var end = polls + more; polls < end; )
            {
                polled.Clock.Advance(TimeSpan.FromSeconds(50));
                polled.Members.Asked.Clear(); // the test's own records
                polled.Log.Clear();
            }
        }
    }

    /// <summary>Bytes in use once no more are freed: earlier tests leave connections whose finalizers, timers and
    /// cancelled requests take some time to end.</summary>
    internal static long Settled()
    {
        var last = long.MaxValue;
        while (true)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var bytes = GC.GetTotalMemory(forceFullCollection: true);
            if (last - bytes < 32 << 10)
            {
                return bytes;
            }
            last = bytes;
        }
    }
}
