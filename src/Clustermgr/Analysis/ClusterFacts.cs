using System.Collections.Immutable;
using Clustermgr.Formatting;

namespace Clustermgr.Analysis;

/// <summary>The leader, as far as it is known.</summary>
/// <param name="Member">Its member label, else its host as a follower names it; null when neither is known.</param>
/// <param name="Answers">Whether it answers for itself; null when it is not polled.</param>
public sealed record LeaderFacts(string? Member, ulong NodeId, ulong Term, bool? Answers);

/// <summary>Values derived from a judgement, shared by pages, API and command line.</summary>
public static class ClusterFacts
{
    public static string ToLabel(VerdictKind verdict) =>
        verdict switch
        {
            VerdictKind.Healthy => "healthy",
            VerdictKind.Findings => "findings",
            VerdictKind.Unknown => "unknown",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
        };

    public static string ToLabel(Severity severity) =>
        severity switch
        {
            Severity.Page => "page",
            Severity.Ticket => "ticket",
            _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
        };

    /// <summary>The verdict for people; before every member was polled it says so.</summary>
    public static string GetVerdictText(ClusterAnalysis analysis) =>
        analysis.Snapshot.PolledOnce ? ClusterVerdict.FromAnalysis(analysis).Text : "not polled yet";

    /// <summary>The findings, worst first; none before every member was polled, since partial data looks like a
    /// fault.</summary>
    public static ImmutableArray<Finding> Findings(ClusterAnalysis analysis) =>
        analysis.Snapshot.PolledOnce ? analysis.Findings : [];

    public static int Pages(ClusterAnalysis analysis) =>
        Findings(analysis).Count(finding => finding.Severity == Severity.Page);

    public static LeaderFacts? Leader(ClusterAnalysis analysis)
    {
        if (analysis.Leader is { Up: true, Reading.Raft: var raft } leader)
        {
            return new(leader.Name, raft.NodeId, raft.Term, true);
        }
        if (analysis.NamedLeader is not ({ } node and not 0))
        {
            return null;
        }
        var snapshot = analysis.Snapshot;
        var polled = snapshot.Members.FirstOrDefault(member => member.NodeId == node);
        var host = snapshot
            .Members.FirstOrDefault(member => Leadership.NamesCurrentLeader(snapshot, member))
            ?.Reading?.LeaderHost;
        return new(
            polled?.Name ?? (host?.Length > 0 ? host : null),
            node,
            Leadership.HighestTerm(snapshot)!.Value,
            polled is null ? null : false
        );
    }

    public static int Up(ClusterAnalysis analysis) => analysis.Snapshot.Members.Count(member => member.Up);

    /// <summary>Sums a count of disks over all IDCs and both node types; null when one of the counts is
    /// unknown.</summary>
    public static long? Disks(ClusterAnalysis analysis, Func<IdcReading, long?> count)
    {
        if (analysis.Leader?.Reading is not { } reading || (reading.Blobnodes ?? reading.Shardnodes) is null)
        {
            return null;
        }
        Int128 sum = 0; // absurd values must not overflow
        foreach (var idc in (IdcReading[])[.. reading.Blobnodes?.Idcs ?? [], .. reading.Shardnodes?.Idcs ?? []])
        {
            if (count(idc) is not { } disks)
            {
                return null;
            }
            sum += disks;
        }
        return sum > long.MaxValue || sum < long.MinValue ? null : (long)sum;
    }

    /// <summary>When a member last answered /stat itself.</summary>
    public static DateTimeOffset? LastAnswer(MemberRecord member) => member.Tallies[(int)Endpoint.Stat].LastSuccess;

    /// <summary>How far a member's log is behind the leader's commit, as the leader sees it.</summary>
    public static ulong? Lag(ClusterAnalysis analysis, MemberRecord member) =>
        member.NodeId is { } node ? analysis.Peers.FirstOrDefault(peer => peer.Row.Id == node)?.LagEntries : null;

    /// <summary>The space figures by node type, as far as the leader reports them.</summary>
    public static IEnumerable<(string Type, SpaceReading Space)> NodeTypes(StatReading? leader)
    {
        if (leader?.Blobnodes is { } blobnodes)
        {
            yield return ("blobnode", blobnodes);
        }
        if (leader?.Shardnodes is { } shardnodes)
        {
            yield return ("shardnode", shardnodes);
        }
    }

    /// <summary>Disks that accept writes. Available includes disks without a heartbeat, so expired ones are
    /// subtracted.</summary>
    public static long? Usable(IdcReading idc) => idc.Available - idc.Expired;

    /// <summary>Sort key for urgency, highest first: a cluster that does not answer, then by pages, then by tickets,
    /// then a cluster that cannot be judged yet; 0 is healthy.</summary>
    public static long Urgency(ClusterAnalysis analysis)
    {
        var pages = Pages(analysis);
        var findings = Findings(analysis);
        if (findings.Any(finding => finding.Kind == FindingKind.ClusterBlind))
        {
            return long.MaxValue;
        }
        var unknown = ClusterVerdict.FromAnalysis(analysis).Kind == VerdictKind.Unknown ? 1 : 0;
        return (pages * 1_000_000L) + ((findings.Length - pages) * 10L) + unknown;
    }

    /// <summary>The anchor of a finding in the runbooks.</summary>
    public static string Anchor(Finding finding) => $"clustermgr{finding.Name.ToLowerInvariant()}";
}

/// <summary>The overall result of the findings.</summary>
public enum VerdictKind
{
    Healthy,
    Findings,

    /// <summary>Not every member was polled yet, or none answers.</summary>
    Unknown,
}

/// <summary>The verdict on one cluster, as a value for scripts and as text for people.</summary>
public sealed record ClusterVerdict(VerdictKind Kind, string Text)
{
    /// <summary>Derives the verdict from the findings alone.</summary>
    public static ClusterVerdict FromAnalysis(ClusterAnalysis analysis)
    {
        var findings = analysis.Findings;
        var sidecar = analysis.Snapshot.Settings.Sidecar;
        if (findings.Any(finding => finding.Kind == FindingKind.ClusterBlind))
        {
            return new(
                VerdictKind.Unknown,
                $"cannot tell, {(sidecar ? "the member does not answer" : "no member answers")} for itself"
            );
        }
        if (!analysis.Snapshot.PolledOnce)
        {
            return new(VerdictKind.Unknown, "cannot tell, not every member could be asked in time");
        }
        if (findings.IsEmpty)
        {
            return new(VerdictKind.Healthy, sidecar ? FormatNoFinding(analysis.Snapshot.Members.Length) : "healthy");
        }
        var pages = findings.Count(finding => finding.Severity == Severity.Page);
        string[] counts = [FormatCount(pages, "page"), FormatCount(findings.Length - pages, "ticket")];
        return new(
            VerdictKind.Findings,
            $"not healthy, {string.Join(" and ", counts.Where(count => count.Length > 0))}"
        );
    }

    private static string FormatNoFinding(int asked) =>
        $"no finding at the {(asked == 1 ? "one member that was" : $"{asked} members that were")} asked; what only "
        + $"the others know is not judged";

    private static string FormatCount(int number, string noun) => number == 0 ? "" : Pluralizer.Count(number, noun);
}
