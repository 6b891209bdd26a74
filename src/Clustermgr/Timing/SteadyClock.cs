namespace Clustermgr.Timing;

/// <summary>
/// The clock by which ages are judged: it starts with the wall clock's time and advances with the monotonic clock, so
/// that setting the wall clock makes nothing older or younger. Times shown to people and to Prometheus are its instants
/// plus <see cref="WallClockOffset"/>.
/// </summary>
public sealed class SteadyClock(TimeProvider time)
{
    /// <summary>A smaller difference is not an adjusted clock, but the time between reading the two clocks; following
    /// it would make every rendered time jitter.</summary>
    private static readonly TimeSpan MinAdjustment = TimeSpan.FromSeconds(1);

    private readonly DateTimeOffset _origin = time.GetUtcNow();
    private readonly long _began = time.GetTimestamp();
    private long _wallClockOffset;

    public DateTimeOffset Now => _origin + time.GetElapsedTime(_began);

    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public Task DelayAsync(TimeSpan delay, CancellationToken ct) => Task.Delay(delay, time, ct);

    /// <summary>How far the wall clock was adjusted, or advanced while the machine slept, since the start.</summary>
    public TimeSpan WallClockOffset
    {
        get
        {
            var adrift = Volatile.Read(ref _wallClockOffset);
            var now = (time.GetUtcNow() - Now).Ticks;
            if (Math.Abs(now - adrift) < MinAdjustment.Ticks)
            {
                return TimeSpan.FromTicks(adrift);
            }
            Volatile.Write(ref _wallClockOffset, now);
            return TimeSpan.FromTicks(now);
        }
    }
}
