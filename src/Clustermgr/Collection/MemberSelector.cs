using Clustermgr.Analysis;
using Clustermgr.Client;

namespace Clustermgr.Collection;

/// <summary>
/// The order in which members are asked, of those that answer. Any member serves the reads, each at the cost of a round
/// of the quorum.
/// </summary>
public static class MemberSelector
{
    private const int Leader = 0;
    private const int Following = 1;

    /// <summary>The rank of a member that follows no known leader.</summary>
    private const int CutOff = 2;

    /// <summary>The leader if known, then members that follow one, then the others: for reads that the leader answers
    /// at the least cost.</summary>
    /// <returns>Indices of members.</returns>
    public static IEnumerable<int> LeaderFirst(ClusterAnalysis analysis) =>
        Enumerable
            .Range(0, analysis.Snapshot.Members.Length)
            .Where(i => analysis.Snapshot.Members[i].Up)
            .OrderBy(i => Rank(analysis, i));

    /// <summary>Members that follow a leader, then the others, the leader last: for long reads that need not burden the
    /// leader.</summary>
    /// <returns>Indices of members.</returns>
    public static IEnumerable<int> LeaderLast(ClusterAnalysis analysis) =>
        LeaderFirst(analysis).OrderBy(i => Rank(analysis, i) == Leader);

    /// <returns>The first member of <see cref="LeaderFirst"/> that was not asked; null when no other member
    /// answers.</returns>
    public static int? SelectNext(ClusterAnalysis analysis, Func<int, bool> asked) =>
        LeaderFirst(analysis).Where(i => !asked(i)).Select(i => (int?)i).FirstOrDefault();

    /// <summary>Whether an outcome is final, so that no other member need be asked. 907 or 908 is final from a member
    /// that follows the leader, but not from one that is cut off.</summary>
    public static bool IsFinal(ClusterAnalysis analysis, int member, Outcome outcome) =>
        outcome == Outcome.Ok || (outcome is Outcome.ReadIndex or Outcome.NoLeader && Rank(analysis, member) < CutOff);

    private static int Rank(ClusterAnalysis analysis, int member)
    {
        var record = analysis.Snapshot.Members[member];
        return ReferenceEquals(record, analysis.Leader) ? Leader
            : Leadership.NamesCurrentLeader(analysis.Snapshot, record) ? Following
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
