using System.Globalization;
using System.Net.Sockets;
using ClustermgrExporter.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace ClustermgrExporter.Commands;

/// <summary>Notifies systemd when the exporter serves, reloads and stops (sd_notify), and sends the watchdog's signal
/// while it polls (WatchdogSec). Does nothing when systemd did not start the process.</summary>
/// <param name="status">Returns the text that systemctl status shows.</param>
/// <param name="onFailure">Called once, with the reason, when systemd cannot be notified; the exporter goes on.</param>
/// <param name="time">The clock of the watchdog.</param>
internal sealed class SystemdNotifications(
    ISystemdNotifier notifier,
    Func<string> status,
    Action<string> onFailure,
    TimeProvider time
) : IAsyncDisposable
{
    /// <summary>Signals per interval of the watchdog: one or two may be late.</summary>
    private const int SignsPerInterval = 4;

    private readonly CancellationTokenSource _stopped = new();
    private Task _watchdog = Task.CompletedTask;
    private int _failed;

    /// <summary>The interval of the watchdog, from WATCHDOG_USEC; null without a watchdog.</summary>
    public static TimeSpan? Watchdog(IReadOnlyDictionary<string, string> environment, int processId) =>
        long.TryParse(
            environment.GetValueOrDefault("WATCHDOG_USEC"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var microseconds
        )
        && microseconds > 0
        && environment.GetValueOrDefault("WATCHDOG_PID", $"{processId}") == $"{processId}"
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;

    /// <param name="watchdog">Null without a watchdog.</param>
    public void Ready(TimeSpan? watchdog, PollWatchdog polls)
    {
        NotifyReady();
        if (watchdog is { } due && notifier.IsEnabled)
        {
            _watchdog = RunWatchdogAsync(due / SignsPerInterval, polls);
        }
    }

    /// <summary>Reloads, and notifies systemd of the start and the end.</summary>
    public async Task<bool> ReloadAsync(Func<Task<bool>> reload)
    {
        var now = time.GetTimestamp() * (1_000_000.0 / time.TimestampFrequency);
        Notify(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={now:0}"));
        try
        {
            return await reload();
        }
        finally
        {
            NotifyReady();
        }
    }

    public void Stopping() => Notify("STOPPING=1");

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _watchdog;
        _stopped.Dispose();
    }

    private async Task RunWatchdogAsync(TimeSpan between, PollWatchdog polls)
    {
        using var timer = new PeriodicTimer(between, time);
        try
        {
            do
            {
                if (polls.CheckProgress())
                {
                    Notify("WATCHDOG=1");
                }
            } while (await timer.WaitForNextTickAsync(_stopped.Token));
        }
        catch (OperationCanceledException)
        {
            // The exporter stops.
        }
    }

    private void NotifyReady() => Notify($"READY=1\nSTATUS={status()}");

    private void Notify(string state)
    {
        if (!notifier.IsEnabled)
        {
            return;
        }
        try
        {
            notifier.Notify(new ServiceState(state));
        }
        catch (SocketException e)
        {
            if (Interlocked.Exchange(ref _failed, 1) == 0)
            {
                onFailure(e.Message);
            }
        }
    }
}
