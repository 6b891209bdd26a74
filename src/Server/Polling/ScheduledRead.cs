namespace ClustermgrExporter.Polling;

/// <summary>A read that costs the cluster a round of its quorum: seldom while all is well, sooner when asked
/// for.</summary>
/// <param name="interval">From one beginning to the next.</param>
/// <param name="first">From the first beginning to the second, at most the interval.</param>
/// <param name="slack">A tick that comes so much early is in time.</param>
/// <param name="read">True when everything was read.</param>
/// <param name="sooner">Whether not to wait for the interval, given whether the last read succeeded and how often this
/// was not waited for since it last was.</param>
internal sealed class ScheduledRead(
    TimeSpan interval,
    TimeSpan first,
    TimeSpan slack,
    Func<CancellationToken, Task<bool>> read,
    Func<bool, int, bool> sooner,
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
        if (early && !sooner(_succeeded, _early))
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
