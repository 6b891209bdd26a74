namespace ClustermgrSimulator;

/// <summary>A random time, drawn for each use, from <paramref name="Min"/> to below
/// <paramref name="Max"/>.</summary>
public readonly record struct Delay(TimeSpan Min, TimeSpan Max)
{
    /// <summary>Always the same.</summary>
    public static Delay Exactly(double seconds) => Between(seconds, seconds);

    public static Delay Between(double minSeconds, double maxSeconds) => new(Whole(minSeconds), Whole(maxSeconds));

    private static TimeSpan Whole(double seconds) => TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
}

/// <summary>How long things take in a cluster. The defaults are what running clusters showed.</summary>
public sealed record Timings
{
    /// <summary>How long a voter follows a leader that it no longer hears: raft's randomized election
    /// timeout.</summary>
    public Delay GiveUp { get; init; } = Delay.Between(10, 20);

    /// <summary>A voter that heard the leader within this time refuses its vote to others (CheckQuorum's
    /// lease).</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two attempts of a member that knows no leader.</summary>
    public Delay Campaign { get; init; } = Delay.Between(10, 20);

    /// <summary>From the decisive vote to the new leader's first heartbeat.</summary>
    public Delay Election { get; init; } = Delay.Between(0.2, 0.9);

    /// <summary>Period in which a leader must have heard a majority, else it steps down.</summary>
    public TimeSpan CheckQuorum { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the start of the simulation to the first such check of the first leader.</summary>
    public Delay FirstCheck { get; init; } = Delay.Between(0.5, 10);

    /// <summary>How long a healthy peer looks inactive after each check: until its next heartbeat answer.</summary>
    public Delay HeartbeatAnswer { get; init; } = Delay.Between(0, 0.4);

    /// <summary>From its election until a new leader answers /stat and linearizable reads. Where it is
    /// <see cref="ReadTimeout"/>, those who waited for /stat get 908.</summary>
    public Delay LeaderReads { get; init; } = Delay.Between(2, 6);

    /// <summary>From an election until a follower's linearizable reads go through.</summary>
    public Delay FollowerReads { get; init; } = Delay.Between(0, 8);

    /// <summary>From the return of a link until the leader's heartbeat has been processed.</summary>
    public Delay Rejoin { get; init; } = Delay.Between(0.05, 0.4);

    /// <summary>From the start of a process until its raft takes part.</summary>
    public Delay Boot { get; init; } = Delay.Between(0.2, 1.0);

    /// <summary>From the request of a leadership transfer to the target's election.</summary>
    public Delay Transfer { get; init; } = Delay.Between(0.05, 0.3);

    /// <summary>How long a snapshot takes to install; meanwhile the member forwards every request to the leader.
    /// </summary>
    public Delay Snapshot { get; init; } = Delay.Between(6, 12);

    /// <summary>When a linearizable read is given up with 908, and a proposal with 906.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When a write that was forwarded to a leader that does not answer is given up with 502.</summary>
    public TimeSpan ForwardTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Latency of every answer. None by default, so that on a test's clock a healthy answer arrives at
    /// once.</summary>
    public Delay Latency { get; init; }

    /// <summary>How often a blobnode reports its disks.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From a blobnode's last report before the start of the simulation to that start.</summary>
    public Delay LastHeartbeat { get; init; } = Delay.Between(0, 30);

    /// <summary>From one job of a repair or drop to the next.</summary>
    public TimeSpan RepairJob { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>heartbeat_expire_interval_s.</summary>
    public TimeSpan HeartbeatExpiry { get; init; } = TimeSpan.FromSeconds(60);
}
