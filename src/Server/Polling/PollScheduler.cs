using Serilog;

namespace ClustermgrExporter.Polling;

/// <summary>Runs work at a fixed interval, without overlap and without drift. A tick during a run is skipped.</summary>
internal sealed class PollScheduler(TimeProvider time, ILogger log)
{
    /// <param name="since">Timestamp from which the ticks are counted; null for now. Loops that start together share
    /// one, so that their ticks coincide.</param>
    /// <returns>Completes when <paramref name="ct"/> is cancelled; never faults.</returns>
    public async Task RunAsync(
        TimeSpan interval,
        TimeSpan phase,
        Func<CancellationToken, Task> work,
        CancellationToken ct,
        long? since = null
    )
    {
        var start = since ?? time.GetTimestamp();
        var next = phase;
        try
        {
            while (true)
            {
                var wait = next - time.GetElapsedTime(start);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, ct);
                await WorkAsync(work, ct);
                var late = time.GetElapsedTime(start) - next;
                next += interval * (1 + Math.Max(0, Math.Floor(late / interval)));
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // stopping
        }
    }

    /// <summary>A member's failure is a value; an exception here is a bug in this program, and must not end the
    /// polling.</summary>
    private async Task WorkAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
        }
        catch (Exception e) when (!(e is OperationCanceledException && ct.IsCancellationRequested))
        {
            log.Error(e, "a poll failed because of a bug in this program; please report it");
        }
    }
}
