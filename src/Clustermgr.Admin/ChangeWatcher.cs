namespace Clustermgr.Admin;

/// <summary>Looks until the cluster shows what was wanted, or the time is over.</summary>
internal static class ChangeWatcher
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(0.5);

    /// <returns>The last thing that was seen.</returns>
    public static async Task<Observation> UntilAsync(
        Func<CancellationToken, Task<Observation>> look,
        TimeSpan atMost,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var started = time.GetTimestamp();
        var sight = new Observation(false, "stopped before anything was seen");
        try
        {
            while (true)
            {
                sight = await look(ct);
                if (sight.Reached || time.GetElapsedTime(started) + s_between > atMost)
                {
                    return sight;
                }
                await Task.Delay(s_between, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return sight;
        }
    }
}
