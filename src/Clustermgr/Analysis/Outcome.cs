namespace Clustermgr.Analysis;

/// <summary>How one request to one member ended: a closed set, the same words in metrics, logs and pages.</summary>
public enum Outcome
{
    /// <summary>The member itself answered with the JSON we know.</summary>
    Ok,

    /// <summary>The connection was refused or reset before an answer began.</summary>
    Refused,

    /// <summary>Connect, headers and body together took longer than the deadline.</summary>
    Timeout,

    /// <summary>The host name did not resolve.</summary>
    Dns,

    /// <summary>The TLS handshake failed: certificate, name or protocol.</summary>
    Tls,

    /// <summary>403: the token is missing or wrong.</summary>
    Auth,

    /// <summary>907: the member knows no leader.</summary>
    NoLeader,

    /// <summary>908: a linearizable read reached no quorum.</summary>
    ReadIndex,

    /// <summary>The answer is another member's: it carries that member's node_id.</summary>
    Forwarded,

    /// <summary>Any other HTTP status than 200.</summary>
    HttpError,

    /// <summary>The body is larger than the limit.</summary>
    TooLarge,

    /// <summary>The body is not the JSON we know, or was cut short.</summary>
    Invalid,
}

/// <summary>What is polled, each on its own schedule.</summary>
public enum Endpoint
{
    /// <summary>GET /stat.</summary>
    Stat,

    /// <summary>GET /config/get: the task switches.</summary>
    Config,

    /// <summary>GET /disk/list and /disk/droppinglist: the disks that are not normal.</summary>
    Disks,

    /// <summary>GET /service/list and /service/get.</summary>
    Services,

    /// <summary>GET /volume/list.</summary>
    Volumes,

    /// <summary>GET /stats/leader and /stats/disk/migrating of the cluster's scheduler, which is no member.</summary>
    Scheduler,
}

/// <summary>The label values of <see cref="Outcome"/> and <see cref="Endpoint"/>.</summary>
public static class LabelNames
{
    public static readonly Outcome[] Outcomes = Enum.GetValues<Outcome>();
    public static readonly Endpoint[] Endpoints = Enum.GetValues<Endpoint>();

    /// <summary>The endpoints of members, without the scheduler.</summary>
    public static readonly Endpoint[] MemberEndpoints =
    [
        .. Endpoints.Where(endpoint => endpoint != Endpoint.Scheduler),
    ];

    public static string ToLabel(Outcome outcome) =>
        outcome switch
        {
            Outcome.Ok => "ok",
            Outcome.Refused => "refused",
            Outcome.Timeout => "timeout",
            Outcome.Dns => "dns",
            Outcome.Tls => "tls",
            Outcome.Auth => "auth",
            Outcome.NoLeader => "no_leader",
            Outcome.ReadIndex => "read_index",
            Outcome.Forwarded => "forwarded",
            Outcome.HttpError => "http_error",
            Outcome.TooLarge => "too_large",
            Outcome.Invalid => "invalid",
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
        };

    public static string ToLabel(Endpoint endpoint) =>
        endpoint switch
        {
            Endpoint.Stat => "stat",
            Endpoint.Config => "config",
            Endpoint.Disks => "disks",
            Endpoint.Services => "services",
            Endpoint.Volumes => "volumes",
            Endpoint.Scheduler => "scheduler",
            _ => throw new ArgumentOutOfRangeException(nameof(endpoint), endpoint, null),
        };

    public static string ToLabel(RaftState state) =>
        state switch
        {
            RaftState.Leader => "leader",
            RaftState.Follower => "follower",
            RaftState.Candidate => "candidate",
            RaftState.PreCandidate => "pre_candidate",
            RaftState.Unknown => "unknown",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
        };

    public static string ToLabel(PeerState state) =>
        state switch
        {
            PeerState.Probe => "probe",
            PeerState.Replicate => "replicate",
            PeerState.Snapshot => "snapshot",
            PeerState.Unknown => "unknown",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
        };

    public static string ToLabel(SwitchState state) =>
        state switch
        {
            SwitchState.Enabled => "enabled",
            SwitchState.Disabled => "disabled",
            SwitchState.Ineffective => "ineffective",
            SwitchState.Unset => "unset",
            SwitchState.Unknown => "unknown",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
        };
}

/// <summary>The result of one request: the value when <see cref="Outcome"/> is Ok, else the reason.</summary>
/// <param name="Outcome">How the request ended.</param>
/// <param name="Value">The parsed answer; null unless Ok.</param>
/// <param name="Detail">A sentence for people about what went wrong ("connection refused", "HTTP 502"); "" when Ok.
/// Contains no secret.</param>
/// <param name="At">When the answer was complete, or the request was given up.</param>
/// <param name="Took">From sending to <paramref name="At"/>.</param>
public readonly record struct Answer<T>(Outcome Outcome, T? Value, string Detail, DateTimeOffset At, TimeSpan Took)
    where T : class;
