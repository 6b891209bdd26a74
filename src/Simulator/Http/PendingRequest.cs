using ClustermgrSimulator.Raft;

namespace ClustermgrSimulator.Http;

/// <summary>A request that has arrived at a member and is not answered yet.</summary>
internal sealed class PendingRequest(
    Member member,
    SimulatedRequest request,
    DateTimeOffset arrivedAt,
    TimeSpan latency
)
{
    /// <summary>Without RunContinuationsAsynchronously: on a test's clock the caller goes on inside Advance.</summary>
    private readonly TaskCompletionSource<SimulatedAnswer> _answered = new();

    public Member Member => member;
    public SimulatedRequest Request => request;

    /// <summary>The time that the member takes before it begins to work on the request.</summary>
    public TimeSpan Latency => latency;

    /// <summary>When the member begins to work on it.</summary>
    public DateTimeOffset Begun => (arrivedAt > member.ResumedAt ? arrivedAt : member.ResumedAt) + latency;

    public EventQueue.Entry? Recheck { get; set; }

    public Task<SimulatedAnswer> Answered => _answered.Task;

    public void Answer(SimulatedAnswer answer) => _answered.TrySetResult(answer);

    public void Cancel(CancellationToken ct) => _answered.TrySetCanceled(ct);
}

/// <summary>The result of trying a request: an answer, or none yet, to be tried again at a time or when something
/// changes.</summary>
internal readonly record struct RequestResult(SimulatedAnswer? Answer, DateTimeOffset? RetryAt)
{
    public static RequestResult Wait { get; }

    public static RequestResult Until(DateTimeOffset then) => new(null, then);

    public static implicit operator RequestResult(SimulatedAnswer answer) => new(answer, null);
}
