namespace ClustermgrExporter.Polling;

/// <summary>A read that costs the cluster a quorum round. It runs at its interval, or earlier if needed.</summary>
/// <param name="interval">From the start of one read to the start of the next.</param>
/// <param name="first">From the start of the first read to that of the second; at most the interval.</param>
/// <param name="slack">A tick that is early by at most this much is on time.</param>
/// <param name="read">Returns true if everything was read.</param>
/// <param name="shouldReadEarly">Whether to read before the interval is over, given whether the last read succeeded and
/// the number of early reads since the last regular one.</param>
internal sealed class ScheduledRead(
    TimeSpan interval,
    TimeSpan first,
    TimeSpan slack,
    Func<CancellationToken, Task<bool>> read,
    Func<bool, int, bool> shouldReadEarly,
    TimeProvider time
)
{
    private TimeSpan _wait = first;
    private long? _began;
    private bool _succeeded;
    private int _early;

    public async Task TickAsync(CancellationToken ct)
    {
        var early = _began is { } began && time.GetElapsedTime(began) < _wait - slack;
        if (early && !shouldReadEarly(_succeeded, _early))
        {
            return;
        }
        _early = early ? _early + 1 : 0;
        if (_began is not null)
        {
            _wait = interval;
        }
        _began = time.GetTimestamp();
        _succeeded = await read(ct);
    }
}
