using Clustermgr.Analysis;
using Clustermgr.Client;

namespace Clustermgr.Collection;

/// <summary>
/// Which member is asked next: the leader if known, then members that follow one, then the others that answer. Any
/// member serves the reads, each at the cost of a round of the quorum.
/// </summary>
internal static class MemberSelector
{
    /// <summary>The rank of a member that follows no known leader.</summary>
    private const int CutOff = 2;

    /// <returns>The index of the member; null when no other member answers.</returns>
    public static int? SelectNext(ClusterAnalysis analysis, Func<int, bool> asked)
    {
        var members = analysis.Snapshot.Members;
        return Enumerable
            .Range(0, members.Length)
            .Where(i => members[i].Up && !asked(i))
            .OrderBy(i => Rank(analysis, i))
            .Select(i => (int?)i)
            .FirstOrDefault();
    }

    /// <summary>Whether an outcome is final, so that no other member need be asked. 907 or 908 is final from a member
    /// that follows the leader, but not from one that is cut off.</summary>
    public static bool IsFinal(ClusterAnalysis analysis, int member, Outcome outcome) =>
        outcome == Outcome.Ok || (outcome is Outcome.ReadIndex or Outcome.NoLeader && Rank(analysis, member) < CutOff);

    private static int Rank(ClusterAnalysis analysis, int member)
    {
        var record = analysis.Snapshot.Members[member];
        return ReferenceEquals(record, analysis.Leader) ? 0
            : Leadership.NamesCurrentLeader(analysis.Snapshot, record) ? 1
            : CutOff;
    }
}

/// <summary>One round of sequential reads. A member with as many timeouts as it has connections is not asked again in
/// this round, since the other reads would time out too.</summary>
internal sealed class ReadRound
{
    private readonly Dictionary<int, int> _timeouts = [];

    public void Count(int member, Outcome outcome)
    {
        if (outcome == Outcome.Timeout)
        {
            _timeouts[member] = _timeouts.GetValueOrDefault(member) + 1;
        }
    }

    public bool IsExcluded(int member) =>
        _timeouts.GetValueOrDefault(member) >= MemberConnectionPools.LinearizableConnections;
}
