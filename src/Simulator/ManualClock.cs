namespace ClustermgrSimulator;

/// <summary>
/// A clock that moves only when told to. Timers fire on the caller's thread in the order in which they are due, so code
/// that awaits nothing but this clock runs to its next wait before <see cref="Advance"/> returns.
/// </summary>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<ManualTimer, (long Due, long Order)> _due = new();
    private DateTimeOffset _now = start;
    private TimeSpan _set;
    private long _order;

    public ManualClock()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) { }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now + _set;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _now.UtcTicks;
        }
    }

    /// <summary>Adjusts the wall clock, forward or back; timers and timestamps are not affected.</summary>
    public void Set(TimeSpan by)
    {
        lock (_gate)
        {
            _set += by;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var end = new DateTimeOffset(GetTimestamp(), TimeSpan.Zero) + by;
        while (Next(end) is { } timer)
        {
            timer.Fire();
        }
        lock (_gate)
        {
            _now = end;
        }
    }

    /// <summary>Goes to the next timer that is due by then and fires it alone; false when there is none.</summary>
    public bool Step(DateTimeOffset until)
    {
        var timer = Next(until);
        timer?.Fire();
        return timer is not null;
    }

    /// <summary>Like Task.Delay, but a cancellation continues on the caller's thread too; Task.Delay uses the thread
    /// pool.</summary>
    public async Task Delay(TimeSpan by, CancellationToken ct)
    {
        var done = new TaskCompletionSource();
        await using var timer = CreateTimer(_ => done.TrySetResult(), null, by, Timeout.InfiniteTimeSpan);
        await using var cancelled = ct.UnsafeRegister(_ => done.TrySetCanceled(ct), null);
        await done.Task;
    }

    private ManualTimer? Next(DateTimeOffset end)
    {
        lock (_gate)
        {
            while (_due.TryPeek(out var timer, out var key))
            {
                if (key.Due > end.UtcTicks)
                {
                    return null;
                }
                _due.Dequeue();
                if (timer.Due != key)
                {
                    continue; // changed or disposed since
                }
                if (key.Due > _now.UtcTicks)
                {
                    _now = new DateTimeOffset(key.Due, TimeSpan.Zero);
                }
                timer.Due = timer.Period > TimeSpan.Zero ? Enqueue(timer, timer.Period) : null;
                return timer;
            }
            return null;
        }
    }

    private (long, long) Enqueue(ManualTimer timer, TimeSpan after)
    {
        var key = (_now.UtcTicks + after.Ticks, ++_order);
        _due.Enqueue(timer, key);
        return key;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public (long Due, long Order)? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                Period = period;
                Due = dueTime < TimeSpan.Zero ? null : clock.Enqueue(this, dueTime);
            }
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                Due = null;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
