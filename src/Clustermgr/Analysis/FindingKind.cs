using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>Whether the alert of the same name wakes a person now or waits for the morning.</summary>
public enum Severity
{
    Ticket,
    Page,
}

/// <summary>
/// The closed set of findings. Each has the name of its alert (without the prefix) and its severity; a test compares
/// both with the alert rules. Causes come before their consequences.
/// </summary>
public sealed class FindingKind
{
    public static readonly FindingKind ClusterBlind = new(nameof(ClusterBlind), Severity.Page, isEvent: true);
    public static readonly FindingKind TwoLeadersInOneTerm = new(
        nameof(TwoLeadersInOneTerm),
        Severity.Page,
        isEvent: true
    );
    public static readonly FindingKind LeaderDisagreement = new(nameof(LeaderDisagreement), Severity.Page);
    public static readonly FindingKind QuorumLost = new(nameof(QuorumLost), Severity.Page);
    public static readonly FindingKind NoLeader = new(nameof(NoLeader), Severity.Page);
    public static readonly FindingKind RepairHasNoTarget = new(nameof(RepairHasNoTarget), Severity.Page, isEvent: true);
    public static readonly FindingKind RepairOffWithBrokenDisks = new(
        nameof(RepairOffWithBrokenDisks),
        Severity.Page,
        isEvent: true
    );
    public static readonly FindingKind NoAllocatableVolumes = new(
        nameof(NoAllocatableVolumes),
        Severity.Page,
        isEvent: true
    );
    public static readonly FindingKind VolumeAtRisk = new(nameof(VolumeAtRisk), Severity.Page, isEvent: true);
    public static readonly FindingKind DiskBroken = new(nameof(DiskBroken), Severity.Page);
    public static readonly FindingKind BrokenInTwoIdcs = new(nameof(BrokenInTwoIdcs), Severity.Page, isEvent: true);
    public static readonly FindingKind ExpiredSurge = new(nameof(ExpiredSurge), Severity.Page, isEvent: true);
    public static readonly FindingKind WritableSpaceCritical = new(
        nameof(WritableSpaceCritical),
        Severity.Page,
        isEvent: true
    );
    public static readonly FindingKind NoQuorumMargin = new(nameof(NoQuorumMargin), Severity.Page);
    public static readonly FindingKind MemberDown = new(nameof(MemberDown), Severity.Ticket);
    public static readonly FindingKind MemberForwarding = new(nameof(MemberForwarding), Severity.Ticket);
    public static readonly FindingKind MemberAuthRefused = new(nameof(MemberAuthRefused), Severity.Ticket);
    public static readonly FindingKind MemberIsolated = new(nameof(MemberIsolated), Severity.Ticket);
    public static readonly FindingKind ReadOnlyMember = new(nameof(ReadOnlyMember), Severity.Ticket, isEvent: true);
    public static readonly FindingKind SchemaDrift = new(nameof(SchemaDrift), Severity.Ticket, isEvent: true);
    public static readonly FindingKind VoterMismatch = new(nameof(VoterMismatch), Severity.Ticket, isEvent: true);
    public static readonly FindingKind PeerSnapshot = new(nameof(PeerSnapshot), Severity.Ticket, isEvent: true);
    public static readonly FindingKind PeerNotReplicating = new(nameof(PeerNotReplicating), Severity.Ticket);
    public static readonly FindingKind PeerLagging = new(nameof(PeerLagging), Severity.Ticket);
    public static readonly FindingKind LearnerStuck = new(nameof(LearnerStuck), Severity.Ticket, isEvent: true);
    public static readonly FindingKind VolumeOneLossLeft = new(
        nameof(VolumeOneLossLeft),
        Severity.Ticket,
        isEvent: true
    );
    public static readonly FindingKind HostShortOfChunks = new(
        nameof(HostShortOfChunks),
        Severity.Ticket,
        isEvent: true
    );
    public static readonly FindingKind NoVolumes = new(nameof(NoVolumes), Severity.Ticket);
    public static readonly FindingKind IdcBottleneck = new(nameof(IdcBottleneck), Severity.Ticket, isEvent: true);
    public static readonly FindingKind TaskSwitchUnexpected = new(
        nameof(TaskSwitchUnexpected),
        Severity.Ticket,
        isEvent: true
    );
    public static readonly FindingKind TaskSwitchOff = new(nameof(TaskSwitchOff), Severity.Ticket);
    public static readonly FindingKind TaskSwitchIneffective = new(nameof(TaskSwitchIneffective), Severity.Ticket);
    public static readonly FindingKind ServiceOffline = new(nameof(ServiceOffline), Severity.Ticket, isEvent: true);
    public static readonly FindingKind StaleData = new(nameof(StaleData), Severity.Ticket, isEvent: true);

    private FindingKind(string name, Severity severity, bool isEvent = false)
    {
        Name = name;
        Severity = severity;
        IsEvent = isEvent;
    }

    public static ImmutableArray<FindingKind> All { get; } =
    [
        ClusterBlind,
        TwoLeadersInOneTerm,
        LeaderDisagreement,
        QuorumLost,
        NoLeader,
        RepairHasNoTarget,
        RepairOffWithBrokenDisks,
        NoAllocatableVolumes,
        VolumeAtRisk,
        DiskBroken,
        BrokenInTwoIdcs,
        ExpiredSurge,
        WritableSpaceCritical,
        NoQuorumMargin,
        MemberDown,
        MemberForwarding,
        MemberAuthRefused,
        MemberIsolated,
        ReadOnlyMember,
        SchemaDrift,
        VoterMismatch,
        PeerSnapshot,
        PeerNotReplicating,
        PeerLagging,
        LearnerStuck,
        VolumeOneLossLeft,
        HostShortOfChunks,
        NoVolumes,
        IdcBottleneck,
        TaskSwitchUnexpected,
        TaskSwitchOff,
        TaskSwitchIneffective,
        ServiceOffline,
        StaleData,
    ];

    /// <summary>The name of the alert without the common prefix.</summary>
    public string Name { get; }

    public Severity Severity { get; }

    /// <summary>
    /// Whether its start and end are logged as events. False when the underlying change (of a member, leader, disk or
    /// switch) is logged already, or when every election raises and clears it while the answers of one poll arrive.
    /// </summary>
    public bool IsEvent { get; }

    /// <summary>Sort order within a severity, lower first; all kinds that are not causes share one rank.</summary>
    internal int Rank => Math.Min(All.IndexOf(this), CauseCount);

    /// <param name="subject">The member, peer, disk, idc or switch that it is about; "" for the cluster.</param>
    /// <param name="sentence">What was seen, with the values.</param>
    /// <param name="labels">The labels that identify its alert within a cluster.</param>
    public Finding CreateFinding(
        string subject,
        string sentence,
        params ImmutableArray<(string Name, string Value)> labels
    ) => new(this, subject, sentence, labels);

    public override string ToString() => Name;

    /// <summary>Number of kinds at the start of the set that are causes of others.</summary>
    private const int CauseCount = 7;
}
