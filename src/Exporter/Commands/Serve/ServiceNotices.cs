using System.Globalization;
using System.Net.Sockets;
using ClustermgrExporter.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace ClustermgrExporter.Commands;

/// <summary>Tells systemd when the exporter serves, reloads and stops (sd_notify), and while it polls, that it lives
/// (WatchdogSec). Says nothing where the process was not started by it.</summary>
/// <param name="status">What systemctl status shows, whenever it is asked for.</param>
/// <param name="failed">Is told once, why nothing could be told: that ends no exporter.</param>
/// <param name="time">Of the watchdog.</param>
internal sealed class ServiceNotices(
    ISystemdNotifier notifier,
    Func<string> status,
    Action<string> failed,
    TimeProvider time
) : IAsyncDisposable
{
    /// <summary>Of signs of life that are due, so that one or two that are late end nothing.</summary>
    private const int SignsPerInterval = 4;

    private readonly CancellationTokenSource _stopped = new();
    private Task _watchdog = Task.CompletedTask;
    private int _failed;

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

    /// <param name="watchdog">Null where no signs of life are wanted.</param>
    public void Ready(TimeSpan? watchdog, PollWatch polls)
    {
        TellReady();
        if (watchdog is { } due && notifier.IsEnabled)
        {
            _watchdog = LiveAsync(due / SignsPerInterval, polls);
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
            TellReady();
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

    private void TellReady() => Tell($"READY=1\nSTATUS={status()}");

    private void Tell(string state)
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
                failed(e.Message);
            }
        }
    }
}
