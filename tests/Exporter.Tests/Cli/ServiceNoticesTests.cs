using System.Net.Sockets;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Tests.Polling;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

/// <summary>Watchdog messages for systemd, which are sent only while polls run.</summary>
public sealed class ServiceNoticesTests
{
    [Theory]
    [InlineData("60000000", null, 60.0)]
    [InlineData("60000000", "7", 60.0)]
    [InlineData("60000000", "8", null)] // meant for another process
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("", null, null)]
    public void TheWatchdogIsThatOfThisProcess(string microseconds, string? process, double? seconds)
    {
        var environment = new Dictionary<string, string> { ["WATCHDOG_USEC"] = microseconds };
        if (process is not null)
        {
            environment["WATCHDOG_PID"] = process;
        }
        Assert.Equal(seconds, SystemdNotifications.Watchdog(environment, 7)?.TotalSeconds);
    }

    [Fact]
    public async Task WhoseManagerIsNotThereSaysNothing()
    {
        var silent = new RecordingNotifier { IsEnabled = false };
        await using (var notices = Notices(silent, new FakeTimeProvider()))
        {
            notices.Ready(TimeSpan.FromSeconds(2), new PollWatchdog(() => [], new FakeTimeProvider()));
            Assert.True(await notices.ReloadAsync(() => Task.FromResult(true)));
            notices.Stopping();
        }
        Assert.Empty(silent.States);
    }

    [Fact]
    public async Task SignsOfLifeEndWithThePollsAndComeAgain()
    {
        var time = new FakeTimeProvider();
        var heard = new RecordingNotifier();
        var at = DateTimeOffset.UnixEpoch;
        await using var notices = Notices(heard, time);
        notices.Ready(TimeSpan.FromMinutes(4), new PollWatchdog(() => [(at, TimeSpan.FromSeconds(20))], time));
        Assert.Equal(["READY=1\nSTATUS=serving 1 cluster", "WATCHDOG=1"], heard.States);

        // The limit is three intervals and a minute for a busy machine.
        Minute(polled: true);
        Minute(polled: false);
        Minute(polled: false); // two minutes without a poll
        Assert.Equal(3, heard.Signs);
        Minute(polled: false);
        Assert.Equal(3, heard.Signs);
        Minute(polled: true);
        Assert.Equal(4, heard.Signs);

        void Minute(bool polled)
        {
            at = polled ? at + TimeSpan.FromMinutes(1) : at;
            var before = heard.Signs;
            time.Advance(TimeSpan.FromMinutes(1));
            SpinWait.SpinUntil(() => heard.Signs > before, TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>The failure is reported once, and affects neither the reload nor the next message.</summary>
    [Fact]
    public async Task AManagerThatIsGoneEndsNothing()
    {
        var time = new FakeTimeProvider();
        var heard = new RecordingNotifier { Gone = true };
        var told = new List<string>();
        await using var notices = new SystemdNotifications(heard, () => "serving", told.Add, time);
        notices.Ready(TimeSpan.FromMinutes(4), new PollWatchdog(() => [], time));
        Assert.True(await notices.ReloadAsync(() => Task.FromResult(true)));
        Assert.Single(told);
        heard.Gone = false;
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(SpinWait.SpinUntil(() => heard.Signs > 0, TimeSpan.FromSeconds(30)));
    }

    private static SystemdNotifications Notices(ISystemdNotifier heard, TimeProvider time) =>
        new(heard, () => "serving 1 cluster", _ => { }, time);

    [Fact]
    public void WhoWatchesNothingLives()
    {
        var time = new FakeTimeProvider();
        var watch = new PollWatchdog(() => [], time);
        time.Advance(TimeSpan.FromDays(1));
        Assert.True(watch.CheckProgress());
    }

    /// <summary>If one cluster of several is not polled, that is a fault of the cluster, and is reported as
    /// such.</summary>
    [Fact]
    public void OneClusterThatMovesIsEnough()
    {
        var time = new FakeTimeProvider();
        var moves = DateTimeOffset.UnixEpoch;
        var watch = new PollWatchdog(
            () => [(DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(5)), (moves, TimeSpan.FromSeconds(5))],
            time
        );
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromMinutes(5));
            moves += TimeSpan.FromSeconds(5);
            Assert.True(watch.CheckProgress());
        }
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(watch.CheckProgress());
    }

    private sealed class RecordingNotifier : ISystemdNotifier
    {
        private readonly List<string> _states = [];

        public bool IsEnabled { get; init; } = true;

        public bool Gone { get; set; }

        public IReadOnlyList<string> States
        {
            get
            {
                lock (_states)
                {
                    return [.. _states];
                }
            }
        }

        public int Signs => States.Count(state => state == "WATCHDOG=1");

        public void Notify(ServiceState state)
        {
            if (Gone)
            {
                throw new SocketException((int)SocketError.ConnectionRefused);
            }
            lock (_states)
            {
                _states.Add(state.ToString());
            }
        }
    }
}
