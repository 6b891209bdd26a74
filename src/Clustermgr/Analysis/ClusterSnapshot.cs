using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>
/// All that is known of one cluster at one instant: each member's newest own answers, and what the judgement must
/// remember between polls. Immutable: <see cref="StatFolding"/> and its siblings make the next one of an answer.
/// </summary>
public sealed record ClusterSnapshot
{
    public required string Cluster { get; init; }

    /// <summary>When the newest answer was folded in. By a clock that nobody sets, as all instants here.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How far the wall clock is from the clock of these instants.</summary>
    public TimeSpan Adrift { get; init; }

    /// <summary><see cref="At"/>, as the wall clock has it.</summary>
    public DateTimeOffset WallAt => Wall(At);

    /// <summary>An instant as the wall clock has it: for display only.</summary>
    public DateTimeOffset Wall(DateTimeOffset at) => at + Adrift;

    /// <inheritdoc cref="Wall(DateTimeOffset)"/>
    public DateTimeOffset? Wall(DateTimeOffset? at) => at + Adrift;

    public required SnapshotRules Rules { get; init; }

    /// <summary>In configured order.</summary>
    public required ImmutableArray<MemberRecord> Members { get; init; }

    /// <summary>One per key that is read, in the order of <see cref="TaskSwitches.Keys"/>.</summary>
    public required ImmutableArray<SwitchRecord> Switches { get; init; }

    /// <summary>The last linearizable read that told something of the quorum: true reached one, false did
    /// not.</summary>
    public bool? LinearizableReadUp { get; init; }

    /// <summary>A round of switch reads has ended, whatever it brought.</summary>
    public bool SwitchesTried { get; init; }

    /// <summary>A round of disk lists has ended, whatever it brought.</summary>
    public bool DisksTried { get; init; }

    public DiskRecords Disks { get; init; } = DiskRecords.None;

    public ServiceRecords Services { get; init; } = ServiceRecords.None;

    public SchedulerRecord Scheduler { get; init; } = SchedulerRecord.None;

    /// <summary>The last whole scan of the volumes; null before the first, and once it is stale.</summary>
    public VolumeScan? VolumeScan { get; init; }

    /// <summary>Free chunks by host, read with the volumes; null likewise, and where disks could not be
    /// listed.</summary>
    public HostChunks? HostChunks { get; init; }

    /// <summary>What the newest leader's list said of who votes; kept while no leader answers, since only a leader
    /// can change it.</summary>
    public VoterList? LastVoters { get; init; }

    /// <summary>Node id of the leader that members last named in the highest term: 0 none, null before any answered.
    /// </summary>
    public ulong? LastNamedLeader { get; init; }

    /// <summary>Null before any member answered.</summary>
    public TermHeard? Heard { get; init; }

    /// <summary>Every member answered once, or failed once.</summary>
    public bool PolledOnce => Members.All(member => member.Outcome is not null);

    /// <summary>Nothing is known yet.</summary>
    public static ClusterSnapshot Start(
        string cluster,
        IEnumerable<(string Name, string Address)> members,
        IReadOnlyDictionary<string, bool> expected,
        SnapshotRules rules,
        DateTimeOffset at
    ) =>
        new()
        {
            Cluster = cluster,
            At = at,
            Rules = rules,
            Members =
            [
                .. members.Select(member => new MemberRecord
                {
                    Name = member.Name,
                    Address = member.Address,
                    Tallies = [.. Words.MemberEndpoints.Select(_ => EndpointTally.Zero)],
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
    /// What is known of the same cluster, under other settings: counters, since when a disk is broken, who votes.
    /// Members are the same by name and address.
    /// </summary>
    /// <param name="start">Of the other settings, with nothing known yet.</param>
    /// <param name="same">It is known to be the same cluster, whoever its members are: the name that stands for them is
    /// the same.</param>
    /// <returns>Null where most members are others: that is another cluster of the same name, and nothing here is true
    /// of it.</returns>
    public ClusterSnapshot? Under(ClusterSnapshot start, bool same = false)
    {
        var mine = Members.ToDictionary(member => (member.Name, member.Address));
        var stayed = start.Members.Count(member => mine.ContainsKey((member.Name, member.Address)));
        if (
            start.Cluster != Cluster
            || start.Rules.Sidecar != Rules.Sidecar
            || (!same && stayed * 2 <= Math.Max(Members.Length, start.Members.Length))
        )
        {
            return null;
        }
        return this with
        {
            Rules = start.Rules,
            VolumeScan = start.Rules.VolumeScanInterval > TimeSpan.Zero ? VolumeScan : null,
            HostChunks = start.Rules.VolumeScanInterval > TimeSpan.Zero ? HostChunks : null,
            Scheduler = start.Rules.SchedulerInterval > TimeSpan.Zero ? Scheduler : SchedulerRecord.None,
            Members =
            [
                .. start.Members.Select(member => mine.GetValueOrDefault((member.Name, member.Address), member)),
            ],
            Switches =
            [
                .. Switches.Zip(
                    start.Switches,
                    (known, anew) => known with { Expected = anew.Expected, AnsweredAt = null }
                ),
            ],
        };
    }

    /// <summary>What was wrong at the instant before, and since when.</summary>
    public ImmutableArray<Finding> Raised { get; init; } = [];

    /// <summary>Peers that the leader's list has called inactive without a break, by node id.</summary>
    public ImmutableDictionary<ulong, Inactivity> Inactive { get; init; } =
        ImmutableDictionary<ulong, Inactivity>.Empty;
}

/// <summary>The settings that the judgement needs.</summary>
/// <param name="Sidecar">One URL given by flag: the other members are unknown by design.</param>
/// <param name="StaleAfter">Failed polls in a row before a member's series go.</param>
/// <param name="TaskInterval">Of the switches; they go after <paramref name="StaleAfter"/> such intervals.</param>
/// <param name="DiskInterval">Of the disks that are not normal, likewise.</param>
/// <param name="ServiceInterval">Of the services, likewise.</param>
public sealed record SnapshotRules(
    bool Sidecar,
    int StaleAfter,
    TimeSpan TaskInterval,
    TimeSpan DiskInterval,
    TimeSpan ServiceInterval
)
{
    /// <summary>Of the scheduler, likewise; zero where none is asked.</summary>
    public TimeSpan SchedulerInterval { get; init; }

    /// <summary>Of the volumes, likewise; zero where they are not scanned.</summary>
    public TimeSpan VolumeScanInterval { get; init; }

    /// <summary>What the operator calls the cluster by, beside its name.</summary>
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

    /// <summary>What was seen when <see cref="Outcome"/> is not Ok.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Polls in a row that ended as the last one did.</summary>
    public int Alike { get; init; }

    /// <summary>The outcome that people know of: a change of it is told once it has lasted, so that a member that now
    /// refuses and now hangs is not told at every poll.</summary>
    public Outcome? Told { get; init; }

    /// <summary>Failed /stat in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Since when it has been up, or down, without a break; null before the first poll.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The newest answer of the member itself; null before the first and once it is stale.</summary>
    public StatReading? Reading { get; init; }

    /// <summary>When it was asked for <see cref="Reading"/>.</summary>
    public DateTimeOffset AskedAt { get; init; }

    /// <summary>Who this member was when it last spoke for itself.</summary>
    public ulong? NodeId { get; init; }

    /// <summary>It cannot have been another's answer that told <see cref="NodeId"/>.</summary>
    public bool Proven { get; init; }

    /// <summary>The last leader that it named; 0 never counts.</summary>
    public ulong? LastLeader { get; init; }

    public long LeaderChanges { get; init; }

    /// <summary>Indexed by <see cref="Endpoint"/>.</summary>
    public required ImmutableArray<EndpointTally> Tallies { get; init; }

    public bool Up => Outcome == Clustermgr.Analysis.Outcome.Ok;
}

/// <summary>Bookkeeping of one endpoint of one member.</summary>
/// <param name="Polls">Requests by <see cref="Outcome"/>, since start.</param>
/// <param name="Took">Of the last request; null before the first.</param>
/// <param name="LastSuccess">When the member last answered it itself.</param>
public sealed record EndpointTally(ImmutableArray<long> Polls, TimeSpan? Took, DateTimeOffset? LastSuccess)
{
    public static readonly EndpointTally Zero = new([.. new long[Words.Outcomes.Length]], null, null);
}

/// <summary>An unbroken run of readings of one leader that call a peer inactive.</summary>
public readonly record struct Inactivity(DateTimeOffset Since, DateTimeOffset Latest, int Readings);

/// <summary>The highest term that fresh answers name.</summary>
/// <param name="Since">When it was first heard; null where the members were being asked for the first time: terms that
/// differ then are no election.</param>
/// <param name="CutOffBefore">Names of the members that were cut off as far as was known until then.</param>
public sealed record TermHeard(ulong Term, DateTimeOffset? Since, ImmutableArray<string> CutOffBefore);

/// <summary>Who votes, as the leader of <paramref name="Term"/> had it.</summary>
public sealed record VoterList(ulong Term, ImmutableArray<ulong> Voters, ImmutableArray<ulong> Learners);

/// <summary>One task switch.</summary>
/// <param name="Reading">The newest answer; null before the first and once it is stale.</param>
/// <param name="ReadAt">When it was last known to be so: by its answer, or by a scheduler that runs the task.</param>
/// <param name="Expected">What the operator configured; null where nothing.</param>
public sealed record SwitchRecord(string Key, SwitchReading? Reading, DateTimeOffset? ReadAt, bool? Expected)
{
    /// <summary>When the switch itself was last read; null before the first time under this configuration.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>The newest answer, however old: what a change is told against.</summary>
    public SwitchReading? LastKnown { get; init; }

    /// <summary>When <see cref="LastKnown"/> was first seen, as it is.</summary>
    public DateTimeOffset? Since { get; init; }
}
