using System.Globalization;
using ClustermgrExporter.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace ClustermgrExporter.Commands;

/// <summary>Tells systemd when the exporter serves, reloads and stops (sd_notify), and while it polls, that it lives
/// (WatchdogSec). Says nothing where the process was not started by it.</summary>
/// <param name="time">Of the watchdog.</param>
internal sealed class ServiceNotices(ISystemdNotifier notifier, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private Task _watchdog = Task.CompletedTask;

    /// <summary>Of this process, by NOTIFY_SOCKET.</summary>
    public static ServiceNotices OfProcess(TimeProvider time) => new(new SystemdNotifier(), time);

    /// <summary>How often a sign of life is due, as WATCHDOG_USEC has it; null where none is.</summary>
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

    /// <param name="status">What systemctl status shows.</param>
    /// <param name="watchdog">Null where no signs of life are wanted.</param>
    public void Ready(string status, TimeSpan? watchdog, PollWatch polls)
    {
        Tell($"READY=1\nSTATUS={status}");
        if (watchdog is { } due && notifier.IsEnabled)
        {
            _watchdog = LiveAsync(due / 2, polls);
        }
    }

    /// <summary>Does it, and tells of its beginning and its end.</summary>
    public async Task<bool> ReloadAsync(Func<Task<bool>> reload)
    {
        var now = time.GetTimestamp() * (1_000_000.0 / time.TimestampFrequency);
        Tell(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={now:0}"));
        try
        {
            return await reload();
        }
        finally
        {
            Tell("READY=1");
        }
    }

    public void Stopping() => Tell("STOPPING=1");

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _watchdog;
        _stopped.Dispose();
    }

    private async Task LiveAsync(TimeSpan between, PollWatch polls)
    {
        using var timer = new PeriodicTimer(between, time);
        try
        {
            do
            {
                if (polls.Move())
                {
                    Tell("WATCHDOG=1");
                }
            } while (await timer.WaitForNextTickAsync(_stopped.Token));
        }
        catch (OperationCanceledException)
        {
            // It stops.
        }
    }

    private void Tell(string state)
    {
        if (notifier.IsEnabled)
        {
            notifier.Notify(new ServiceState(state));
        }
    }
}
