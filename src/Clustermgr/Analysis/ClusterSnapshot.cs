using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>
/// Everything known about one cluster at one instant: each member's newest own answers, and what the judgement must
/// remember between polls. Immutable: <see cref="StatUpdates"/> and <see cref="SnapshotUpdates"/> create the next
/// snapshot from an answer.
/// </summary>
public sealed record ClusterSnapshot
{
    public required string Cluster { get; init; }

    /// <summary>When the newest answer was folded in. Like all instants here, on a monotonic clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The offset of the wall clock from the clock of these instants.</summary>
    public TimeSpan WallClockOffset { get; init; }

    /// <summary><see cref="At"/> on the wall clock.</summary>
    public DateTimeOffset WallClockAt => ToWallClock(At);

    /// <summary>Converts an instant to the wall clock, for display only.</summary>
    public DateTimeOffset ToWallClock(DateTimeOffset at) => at + WallClockOffset;

    /// <inheritdoc cref="ToWallClock(DateTimeOffset)"/>
    public DateTimeOffset? ToWallClock(DateTimeOffset? at) => at + WallClockOffset;

    public required AnalysisSettings Settings { get; init; }

    /// <summary>In configured order.</summary>
    public required ImmutableArray<MemberRecord> Members { get; init; }

    /// <summary>One per key that is read, in the order of <see cref="TaskSwitches.Keys"/>.</summary>
    public required ImmutableArray<SwitchRecord> Switches { get; init; }

    /// <summary>The result of the last conclusive linearizable read: true when it reached a quorum, false when it did
    /// not.</summary>
    public bool? LinearizableReadUp { get; init; }

    /// <summary>True once a round of switch reads has ended, successful or not.</summary>
    public bool SwitchesAttempted { get; init; }

    /// <summary>True once a round of disk lists has ended, successful or not.</summary>
    public bool DisksAttempted { get; init; }

    public DiskRecords Disks { get; init; } = DiskRecords.None;

    public ServiceRecords Services { get; init; } = ServiceRecords.None;

    public SchedulerRecord Scheduler { get; init; } = SchedulerRecord.None;

    /// <summary>The last complete volume scan; null before the first and once it is stale.</summary>
    public VolumeScan? VolumeScan { get; init; }

    /// <summary>Free chunks by host, read with the volumes; null before the first scan, once it is stale, and when the
    /// disks could not be listed.</summary>
    public HostChunks? HostChunks { get; init; }

    /// <summary>The voters according to the newest leader's list; kept while no leader answers, since only a leader can
    /// change them.</summary>
    public VoterList? LastVoters { get; init; }

    /// <summary>Node id of the leader that members last named in the highest term: 0 none, null before any answered.
    /// </summary>
    public ulong? LastNamedLeader { get; init; }

    /// <summary>Null before any member answered.</summary>
    public TermObservation? HighestTermSeen { get; init; }

    /// <summary>True once every member has answered or failed once.</summary>
    public bool PolledOnce => Members.All(member => member.Outcome is not null);

    /// <summary>Creates the initial snapshot, in which nothing is known.</summary>
    public static ClusterSnapshot CreateInitial(
        string cluster,
        IEnumerable<(string Name, string Address)> members,
        IReadOnlyDictionary<string, bool> expected,
        AnalysisSettings settings,
        DateTimeOffset at
    ) =>
        new()
        {
            Cluster = cluster,
            At = at,
            Settings = settings,
            Members =
            [
                .. members.Select(member => new MemberRecord
                {
                    Name = member.Name,
                    Address = member.Address,
                    Tallies = [.. LabelNames.MemberEndpoints.Select(_ => EndpointTally.Zero)],
                }),
            ],
            Switches =
            [
                .. TaskSwitches.Keys.Select(key => new SwitchRecord(
                    key,
                    null,
                    null,
                    expected.TryGetValue(key, out var enabled) ? enabled : null
                )),
            ],
        };

    /// <summary>
    /// Carries what is known of the same cluster over to other settings: counters, first-seen times of disks, voters.
    /// Members are identified by name and address.
    /// </summary>
    /// <param name="initial">An initial snapshot with the other settings.</param>
    /// <param name="isSameCluster">True when it is known to be the same cluster even if its members changed, because
    /// the DNS name that stands for them is the same.</param>
    /// <returns>Null when most members differ: then it is another cluster with the same name.</returns>
    public ClusterSnapshot? CarryOverTo(ClusterSnapshot initial, bool isSameCluster = false)
    {
        var mine = Members.ToDictionary(member => (member.Name, member.Address));
        var stayed = initial.Members.Count(member => mine.ContainsKey((member.Name, member.Address)));
        if (
            initial.Cluster != Cluster
            || initial.Settings.Sidecar != Settings.Sidecar
            || (!isSameCluster && stayed * 2 <= Math.Max(Members.Length, initial.Members.Length))
        )
        {
            return null;
        }
        return this with
        {
            Settings = initial.Settings,
            VolumeScan = initial.Settings.VolumeScanInterval > TimeSpan.Zero ? VolumeScan : null,
            HostChunks = initial.Settings.VolumeScanInterval > TimeSpan.Zero ? HostChunks : null,
            Scheduler = initial.Settings.SchedulerInterval > TimeSpan.Zero ? Scheduler : SchedulerRecord.None,
            Members =
            [
                .. initial.Members.Select(member => mine.GetValueOrDefault((member.Name, member.Address), member)),
            ],
            Switches =
            [
                .. Switches.Zip(
                    initial.Switches,
                    (known, anew) => known with { Expected = anew.Expected, AnsweredAt = null }
                ),
            ],
        };
    }

    /// <summary>The findings of the previous snapshot, with their start times.</summary>
    public ImmutableArray<Finding> PreviousFindings { get; init; } = [];

    /// <summary>Peers that the leader's list has called inactive without interruption, by node id.</summary>
    public ImmutableDictionary<ulong, Inactivity> Inactive { get; init; } =
        ImmutableDictionary<ulong, Inactivity>.Empty;
}

/// <summary>The settings that the judgement needs.</summary>
/// <param name="Sidecar">One URL given by flag: the other members are unknown by design.</param>
/// <param name="StaleAfter">Number of failed polls in a row after which a member's series are dropped.</param>
/// <param name="TaskInterval">Read interval of the switches; they are stale after <paramref name="StaleAfter"/> such
/// intervals.</param>
/// <param name="DiskInterval">Read interval of the disks that are not normal; stale likewise.</param>
/// <param name="ServiceInterval">Read interval of the services; stale likewise.</param>
public sealed record AnalysisSettings(
    bool Sidecar,
    int StaleAfter,
    TimeSpan TaskInterval,
    TimeSpan DiskInterval,
    TimeSpan ServiceInterval
)
{
    /// <summary>Read interval of the scheduler; stale likewise. Zero when no scheduler is asked.</summary>
    public TimeSpan SchedulerInterval { get; init; }

    /// <summary>Interval of volume scans; stale likewise. Zero when volumes are not scanned.</summary>
    public TimeSpan VolumeScanInterval { get; init; }

    /// <summary>Labels that the operator gave the cluster.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}

/// <summary>One configured member.</summary>
public sealed record MemberRecord
{
    /// <summary>The member label.</summary>
    public required string Name { get; init; }

    /// <summary>host:port of its URL, to compare with leader_host.</summary>
    public required string Address { get; init; }

    /// <summary>Outcome of the last /stat; null before the first.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>What went wrong when <see cref="Outcome"/> is not Ok.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Number of consecutive polls with the current outcome.</summary>
    public int ConsecutiveOutcomes { get; init; }

    /// <summary>The outcome that was last reported in the log. Another failure outcome is reported only after several
    /// polls, so that a member that alternates between refusing and hanging is not reported at every poll.</summary>
    public Outcome? ReportedOutcome { get; init; }

    /// <summary>Number of failed /stat requests in a row.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>Since when it has been up, or down, without a break; null before the first poll.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The newest answer of the member itself; null before the first and once it is stale.</summary>
    public StatReading? Reading { get; init; }

    /// <summary>When the request for <see cref="Reading"/> was sent.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>Node id from the member's last own answer.</summary>
    public ulong? NodeId { get; init; }

    /// <summary>True when <see cref="NodeId"/> cannot come from another member's forwarded answer.</summary>
    public bool IsNodeIdProven { get; init; }

    /// <summary>The last leader that it named, ignoring 0.</summary>
    public ulong? LastLeader { get; init; }

    public long LeaderChanges { get; init; }

    /// <summary>Indexed by <see cref="Endpoint"/>.</summary>
    public required ImmutableArray<EndpointTally> Tallies { get; init; }

    public bool Up => Outcome == Clustermgr.Analysis.Outcome.Ok;
}

/// <summary>Request counters of one endpoint of one member.</summary>
/// <param name="Polls">Requests by <see cref="Outcome"/>, since start.</param>
/// <param name="Took">Duration of the last request; null before the first.</param>
/// <param name="LastSuccess">When the member last answered it itself.</param>
public sealed record EndpointTally(ImmutableArray<long> Polls, TimeSpan? Took, DateTimeOffset? LastSuccess)
{
    public static readonly EndpointTally Zero = new([.. new long[LabelNames.Outcomes.Length]], null, null);
}

/// <summary>An unbroken run of readings of one leader that call a peer inactive.</summary>
public readonly record struct Inactivity(DateTimeOffset Since, DateTimeOffset Latest, int Readings);

/// <summary>The highest term that fresh answers name.</summary>
/// <param name="Since">When it was first seen; null when it was seen while the members were polled for the first time:
/// differing terms are not an election then.</param>
/// <param name="CutOffBefore">Names of the members that were known to be cut off before this term was seen.</param>
public sealed record TermObservation(ulong Term, DateTimeOffset? Since, ImmutableArray<string> CutOffBefore);

/// <summary>Voters and learners, according to the leader of <paramref name="Term"/>.</summary>
public sealed record VoterList(ulong Term, ImmutableArray<ulong> Voters, ImmutableArray<ulong> Learners);

/// <summary>One task switch.</summary>
/// <param name="Reading">The newest answer; null before the first and once it is stale.</param>
/// <param name="ReadAt">When the value was last confirmed, by a read or by a scheduler that runs the task.</param>
/// <param name="Expected">What the operator configured; null for nothing.</param>
public sealed record SwitchRecord(string Key, SwitchReading? Reading, DateTimeOffset? ReadAt, bool? Expected)
{
    /// <summary>When the switch itself was last read; null before the first time under this configuration.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>The newest answer, however old; changes are reported relative to it.</summary>
    public SwitchReading? LastKnown { get; init; }

    /// <summary>When the value of <see cref="LastKnown"/> was first seen.</summary>
    public DateTimeOffset? Since { get; init; }
}
