using System.Collections.Immutable;
using System.Globalization;
using ClustermgrExporter.Clusters;

namespace ClustermgrExporter.Cli;

/// <summary>One cluster in plain text: the verdict, what is wrong worst first, its members, and what else one asks of a
/// cluster where nothing is wrong.</summary>
internal static class StatusText
{
    // Not known: never a 0, and never an empty cell that shifts the others for awk.
    private const string Unknown = "-";

    public static string Of(IEnumerable<ClusterAnalysis> clusters) => string.Join('\n', clusters.Select(Of));

    public static string Of(ClusterAnalysis analysis)
    {
        var text = new PlainLines();
        text.Add($"{analysis.Snapshot.Cluster}: {ClusterVerdict.Of(analysis).Words}");
        text.AddTable([.. analysis.Findings.Select(finding => (ImmutableArray<string>)
            [finding.Severity == Severity.Page ? "PAGE" : "ticket", finding.Name, finding.Sentence])]);
        if (analysis.Findings.IsEmpty) text.AddTable(Essentials.Of(analysis));
        text.Add("");
        text.AddTable([["MEMBER", "NODE", "STATE", "LEADER", "TERM", "COMMIT", "APPLIED", "LAST ANSWER"], .. analysis.Snapshot.Members.Select(Row)]);
        return text.ToString();
    }

    private static ImmutableArray<string> Row(MemberRecord member)
    {
        var raft = member.Reading?.Raft;
        return
        [
            member.Name, Number(raft?.NodeId), raft is null ? Unknown : Words.Of(raft.State), Leader(raft), Number(raft?.Term), Number(raft?.Commit),
            Number(raft?.Applied),
            member.Outcome is { } outcome ? Words.Of(outcome) : Unknown,
        ];
    }

    /// <summary>The node that a member names as leader.</summary>
    private static string Leader(RaftReading? raft) => raft?.Leader == 0 ? "none" : Number(raft?.Leader);

    private static string Number(ulong? value) => value?.ToString(CultureInfo.InvariantCulture) ?? Unknown;
}
