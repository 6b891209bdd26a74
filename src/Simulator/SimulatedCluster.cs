using ClustermgrSimulator.Http;
using ClustermgrSimulator.Raft;

namespace ClustermgrSimulator;

/// <summary>
/// One clustermgr cluster: answers requests as its members would, and can be broken at will. Its time is that of the
/// provider alone, and the same seed, changes and requests give the same answers. Thread-safe.
/// </summary>
public sealed partial class SimulatedCluster : IDisposable
{
    private const ulong LatencyStream = 10;

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly EventQueue _queue = new();
    private readonly SimulationState _state;
    private readonly Router _router;
    private readonly RandomSource _latency;
    private readonly List<PendingRequest> _open = [];
    private readonly List<Action> _callbacks = [];
    private readonly ITimer _timer;
    private HashSet<ulong> _listening = [];
    private int _writesReceived;
    private bool _disposed;

    public SimulatedCluster(SimulatorOptions options, TimeProvider clock)
    {
        Options = options;
        _clock = clock;
        StartedAt = clock.GetUtcNow();
        _latency = RandomSource.CreateFor(options.Seed, LatencyStream, 0);
        _state = new SimulationState(options, _queue, StartedAt);
        _router = new Router(_state);
        _timer = clock.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Update(() => 0);
    }

    /// <summary>Raised when a member begins or ceases to listen, outside of any lock, with its id.</summary>
    public event Action<ulong, bool>? ListeningChanged;

    public SimulatorOptions Options { get; }

    /// <summary>When the simulation began: scenarios count from here.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Number of POST requests that members have received, whatever their result.</summary>
    public int WritesReceived => Update(() => _writesReceived);

    /// <summary>Number of requests that wait for an answer.</summary>
    public int OpenRequests => Update(() => _open.Count);

    /// <summary>Since <see cref="StartedAt"/>, by the cluster's clock.</summary>
    public TimeSpan Age => _clock.GetUtcNow() - StartedAt;

    /// <summary>All members that were ever added and not replaced, in the order in which they were added.</summary>
    public IReadOnlyList<MemberStatus> Members => Update(() => _state.Raft.Members.ConvertAll(GetStatus));

    /// <summary>Answers as that member would: at once, after a (virtual) delay, or never, until cancelled.</summary>
    /// <param name="member">Node id, or a scheduler's.</param>
    /// <param name="token">The BLOB-STORE-AUTH-TOKEN header; null for none.</param>
    public async Task<SimulatedAnswer> AnswerAsync(
        ulong member,
        string method,
        string pathAndQuery,
        string? token,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    )
    {
        ct.ThrowIfCancellationRequested();
        var request = new SimulatedRequest(method, pathAndQuery, token, body);
        if (IsScheduler(member))
        {
            return await AnswerSchedulerAsync(member, request, ct);
        }
        var inquiry = Update(() =>
        {
            if (_state.Raft.Find(member) is not { Listening: true } asked)
            {
                return null;
            }
            var latency = _latency.NextDelay(Options.Timings.Latency) + _state.GetFaults(asked).Delay;
            var arrived = new PendingRequest(asked, request, _state.Now, latency);
            _open.Add(arrived);
            if (method == "POST")
            {
                _writesReceived++;
            }
            return arrived;
        });
        if (inquiry is null)
        {
            return SimulatedAnswer.Refused;
        }
        using var cancelled = ct.UnsafeRegister((_, token) => Forget(inquiry, token), null);
        return await inquiry.Answered;
    }

    internal bool Listens(ulong member) =>
        IsScheduler(member) || Update(() => _state.Raft.Find(member) is { Listening: true });

    /// <summary>Schedules an action at a time after <see cref="StartedAt"/>, independent of requests.</summary>
    public void Schedule(TimeSpan afterStart, Action<SimulatedCluster> action) =>
        Update(() =>
        {
            // Run outside of the gate, like all code of others.
            return _queue.Add(StartedAt + afterStart, () => _callbacks.Add(() => action(this)));
        });

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }
        _timer.Dispose();
    }

    private static MemberStatus GetStatus(Member m) =>
        new(m.Id, m.HttpHost, m.RaftHost, m.Listening, m.Listed, m.Learner, m.Process == Process.Stopped);

    private void Tick() => Update(() => 0);

    private void Forget(PendingRequest inquiry, CancellationToken ct)
    {
        lock (_gate)
        {
            inquiry.Recheck?.Cancel();
            _open.Remove(inquiry);
        }
        inquiry.Cancel(ct);
    }

    /// <summary>Advances the cluster to now, runs the action, answers the requests that can be answered, and calls the
    /// callbacks outside of the gate.</summary>
    private T Update<T>(Func<T> action)
    {
        T result;
        Action[] after;
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            while (_queue.Take(now) is { } entry)
            {
                if (entry.Due > _state.Now)
                {
                    _state.Raft.Now = entry.Due;
                }
                entry.Callback?.Invoke();
                AnswerOpen();
            }
            if (now > _state.Now)
            {
                _state.Raft.Now = now;
            }
            _state.Raft.AdvanceLog();
            result = action();
            AnswerOpen();
            NotifyListening();
            after = [.. _callbacks];
            _callbacks.Clear();
            ArmTimer();
        }
        foreach (var tell in after)
        {
            tell();
        }
        return result;
    }

    private void AnswerOpen()
    {
        for (var i = 0; i < _open.Count; i++)
        {
            var inquiry = _open[i];
            var verdict = inquiry.Member.Listening ? _router.TryAnswer(inquiry) : SimulatedAnswer.Reset;
            inquiry.Recheck?.Cancel();
            inquiry.Recheck = null;
            if (verdict.Answer is { } answer)
            {
                _open.RemoveAt(i--);
                _callbacks.Add(() => inquiry.Answer(answer));
            }
            else if (verdict.RetryAt is { } again)
            {
                inquiry.Recheck = _queue.Add(again, () => { });
            }
        }
    }

    private void NotifyListening()
    {
        var now = _state.Raft.Members.Where(m => m.Listening).Select(m => m.Id).ToHashSet();
        if (now.SetEquals(_listening))
        {
            return;
        }
        foreach (var id in _listening.Except(now))
        {
            _callbacks.Add(() => ListeningChanged?.Invoke(id, false));
        }
        foreach (var id in now.Except(_listening))
        {
            _callbacks.Add(() => ListeningChanged?.Invoke(id, true));
        }
        _listening = now;
    }

    private void ArmTimer()
    {
        if (_disposed || _queue.NextDue is not { } due)
        {
            return;
        }
        var wait = due - _clock.GetUtcNow();
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>What can be seen of a member from outside.</summary>
/// <param name="Listed">False once removed.</param>
/// <param name="Stopped">True when it has no process; a starting member has one, but does not listen yet.</param>
public sealed record MemberStatus(
    ulong Id,
    string HttpHost,
    string RaftHost,
    bool Listening,
    bool Listed,
    bool Learner,
    bool Stopped
);
