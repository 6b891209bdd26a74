namespace Clustermgr.Timing;

/// <summary>
/// The time by which ages are judged: it begins as the wall clock's and goes on by the monotonic one, so that a wall
/// clock that is set makes nothing old or young. What people and Prometheus are shown is its instant plus
/// <see cref="Adrift"/>.
/// </summary>
public sealed class SteadyClock(TimeProvider time)
{
    /// <summary>Less than this is not a clock that was set, but two clocks that are read one after the other; following
    /// it would make every rendered time tremble.</summary>
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1);

    private readonly DateTimeOffset _origin = time.GetUtcNow();
    private readonly long _began = time.GetTimestamp();
    private long _adrift;

    public DateTimeOffset Now => _origin + time.GetElapsedTime(_began);

    /// <exception cref="OperationCanceledException"><paramref name="ct"/> came first.</exception>
    public Task DelayAsync(TimeSpan delay, CancellationToken ct) => Task.Delay(delay, time, ct);

    /// <summary>How far the wall clock was set, or went on while the machine slept, since the start.</summary>
    public TimeSpan Adrift
    {
        get
        {
            var (adrift, now) = (Volatile.Read(ref _adrift), (time.GetUtcNow() - Now).Ticks);
            if (Math.Abs(now - adrift) < s_least.Ticks)
            {
                return TimeSpan.FromTicks(adrift);
            }
            Volatile.Write(ref _adrift, now);
            return TimeSpan.FromTicks(now);
        }
    }
}
