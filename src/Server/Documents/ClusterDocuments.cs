using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>The fields that the cluster list and the cluster detail share. <see cref="JsonPropertyOrderAttribute"/>
/// puts the fields of derived documents after these.</summary>
internal record ClusterSummary
{
    /// <param name="maxFindings">Limit; the worst findings are kept.</param>
    /// <param name="runbooks">Address of the runbooks, as the reader of the document can follow it.</param>
    public ClusterSummary(ClusterAnalysis analysis, int maxFindings, string runbooks)
    {
        var snapshot = analysis.Snapshot;
        var space = analysis.Leader?.Reading?.Blobnodes;
        var findings = ClusterFacts.Findings(analysis);
        Name = snapshot.Cluster;
        PolledOnce = snapshot.PolledOnce;
        Sidecar = snapshot.Settings.Sidecar;
        Verdict = ClusterFacts.ToLabel(ClusterVerdict.FromAnalysis(analysis).Kind);
        Words = ClusterFacts.GetVerdictText(analysis);
        Pages = ClusterFacts.Pages(analysis);
        Tickets = findings.Length - Pages;
        Leader = ClusterFacts.Leader(analysis) is { } leader
            ? new LeaderDocument(
                leader.Member,
                JsonText.FormatId(leader.NodeId),
                JsonText.FormatId(leader.Term),
                leader.Answers
            )
            : null;
        Members = snapshot.Members.Length;
        MembersUp = ClusterFacts.Up(analysis);
        Margin = analysis.QuorumMargin;
        BrokenDisks = ClusterFacts.Disks(analysis, idc => idc.Broken);
        ExpiredDisks = ClusterFacts.Disks(analysis, idc => idc.Expired);
        TotalBytes = space?.Total;
        WritableBytes = space?.Writable;
        Findings =
        [
            .. findings
                .Take(maxFindings)
                .Select(finding => new FindingDocument(
                    finding.Name,
                    ClusterFacts.ToLabel(finding.Severity),
                    finding.Subject,
                    finding.Sentence,
                    JsonText.FormatTime(snapshot.ToWallClock(finding.Since)),
                    $"{runbooks}#{ClusterFacts.Anchor(finding)}"
                )),
        ];
    }

    public string Name { get; }
    public bool PolledOnce { get; }
    public bool Sidecar { get; }

    /// <summary>healthy, findings or unknown.</summary>
    public string Verdict { get; }

    /// <summary>The verdict for people.</summary>
    public string Words { get; }

    public int Pages { get; }
    public int Tickets { get; }
    public LeaderDocument? Leader { get; }
    public int Members { get; }
    public int MembersUp { get; }
    public int? Margin { get; }
    public long? BrokenDisks { get; }
    public long? ExpiredDisks { get; }

    /// <summary>Counts blobnodes only, as does <see cref="WritableBytes"/>.</summary>
    public long? TotalBytes { get; }

    public long? WritableBytes { get; }
    public ImmutableArray<FindingDocument> Findings { get; }
}

internal sealed record LeaderDocument(string? Member, string NodeId, string Term, bool? Answers);

internal sealed record FindingDocument(
    string Name,
    string Severity,
    string Subject,
    string Sentence,
    string? Since,
    string Runbook
);

/// <summary>A cluster in the list.</summary>
internal sealed record ClusterListEntry : ClusterSummary
{
    /// <summary>Limit per cluster in the list; the detail has all findings.</summary>
    private const int MaxFindings = 20;

    public ClusterListEntry(ClusterAnalysis analysis, string runbooks)
        : base(analysis, MaxFindings, runbooks) =>
        MemberNames = [.. analysis.Snapshot.Members.Select(member => member.Name)];

    [JsonPropertyOrder(1)]
    public ImmutableArray<string> MemberNames { get; }
}

/// <summary>Everything that is currently known about one cluster.</summary>
internal record ClusterDetail : ClusterSummary
{
    public ClusterDetail(ClusterAnalysis analysis, string runbooks)
        : base(analysis, int.MaxValue, runbooks)
    {
        var snapshot = analysis.Snapshot;
        var leader = analysis.Leader?.Reading;
        LinearizableReadUp = snapshot.LinearizableReadUp;
        Voters = analysis.Voters;
        Quorum = analysis.Quorum;
        Leaders = analysis.Leaders;
        MemberCount = analysis.MemberCount;
        MemberList = [.. snapshot.Members.Select((_, index) => MemberDocument.Create(analysis, index))];
        Peers = [.. analysis.Peers.Select(PeerDocument.Create)];
        NodeTypes = [.. ClusterFacts.NodeTypes(leader).Select(NodeTypeDocument.Create)];
        Disks = AbnormalDisksDocument.Create(snapshot);
        Volumes = leader?.Volumes is { } volumes ? VolumesDocument.Create(volumes) : null;
        Switches = [.. snapshot.Switches.Select(entry => SwitchDocument.Create(snapshot, entry))];
        Services = [.. snapshot.Services.Counts.Select(count => ServiceDocument.Create(snapshot, count))];
        Scheduler = SchedulerDocument.Create(analysis);
        VolumeScan = VolumeScanDocument.Create(snapshot);
        HostChunks = HostChunksDocument.Create(snapshot);
    }

    [JsonPropertyOrder(1)]
    public bool? LinearizableReadUp { get; }

    [JsonPropertyOrder(1)]
    public int? Voters { get; }

    [JsonPropertyOrder(1)]
    public int? Quorum { get; }

    [JsonPropertyOrder(1)]
    public int? Leaders { get; }

    [JsonPropertyOrder(1)]
    public int? MemberCount { get; }

    [JsonPropertyOrder(1)]
    public ImmutableArray<MemberDocument> MemberList { get; }

    [JsonPropertyOrder(1)]
    public ImmutableArray<PeerDocument> Peers { get; }

    [JsonPropertyOrder(1)]
    public ImmutableArray<NodeTypeDocument> NodeTypes { get; }

    [JsonPropertyOrder(1)]
    public AbnormalDisksDocument Disks { get; }

    [JsonPropertyOrder(1)]
    public VolumesDocument? Volumes { get; }

    [JsonPropertyOrder(1)]
    public ImmutableArray<SwitchDocument> Switches { get; }

    [JsonPropertyOrder(1)]
    public ImmutableArray<ServiceDocument> Services { get; }

    [JsonPropertyOrder(1)]
    public SchedulerDocument Scheduler { get; }

    [JsonPropertyOrder(1)]
    public VolumeScanDocument? VolumeScan { get; }

    [JsonPropertyOrder(1)]
    public HostChunksDocument? HostChunks { get; }
}
