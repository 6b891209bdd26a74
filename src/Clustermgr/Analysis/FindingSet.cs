using System.Collections.Immutable;
using System.Globalization;

namespace Clustermgr.Analysis;

/// <summary>
/// Finds what is wrong at one instant, by the names of the alerts. An alert adds how long it must last; conditions that
/// need a history (a stalled repair, a churning term, a runway) are not findings.
/// </summary>
public static class FindingSet
{
    /// <summary>Pages before tickets, a cause before its symptoms, then by name and subject.</summary>
    public static ImmutableArray<Finding> FindAll(ClusterAnalysis analysis)
    {
        var findings = new List<Finding>();
        findings.AddRange(MemberFindings.Find(analysis));
        findings.AddRange(RaftFindings.Find(analysis));
        findings.AddRange(PeerFindings.Find(analysis));
        findings.AddRange(DiskFindings.Find(analysis));
        findings.AddRange(TaskFindings.Find(analysis));
        if (findings.Count == 0)
        {
            return [];
        }
        return
        [
            .. findings
                .OrderByDescending(finding => finding.Severity)
                .ThenBy(finding => finding.Kind.Rank)
                .ThenBy(finding => finding.Name, StringComparer.Ordinal)
                .ThenBy(finding => finding.Subject, StringComparer.Ordinal),
        ];
    }

    /// <summary>Sets the start time of each finding: that of the same finding in <paramref name="before"/>, else
    /// <paramref name="at"/>.</summary>
    public static ImmutableArray<Finding> KeepStartTimes(
        ImmutableArray<Finding> now,
        ImmutableArray<Finding> before,
        DateTimeOffset at
    ) =>
        now.IsEmpty
            ? now
            :
            [
                .. now.Select(finding =>
                    finding with
                    {
                        Since = before.FirstOrDefault(other => other.Key == finding.Key)?.Since ?? at,
                    }
                ),
            ];

    /// <summary>"4.2%".</summary>
    public static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}

/// <summary>One thing that is wrong, in the vocabulary of the alerts.</summary>
/// <param name="Subject">The member, peer, disk, idc or switch that it is about; "" for the cluster.</param>
/// <param name="Sentence">What was seen, with the values.</param>
/// <param name="Labels">The labels that identify its alert within a cluster: member, peer and host, idc, task,
/// …</param>
public sealed record Finding(
    FindingKind Kind,
    string Subject,
    string Sentence,
    ImmutableArray<(string Name, string Value)> Labels
)
{
    /// <summary>Since when it has held without interruption, as far as this program has polled; on the snapshot's
    /// clock.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The alert's name without its prefix: NoLeader, DiskBroken, …</summary>
    public string Name => Kind.Name;

    public Severity Severity => Kind.Severity;

    /// <summary>Identifies a finding within a cluster.</summary>
    public (string Name, string Subject) Key => (Name, Subject);
}
