using Clustermgr.Analysis;
using Clustermgr.Client;

namespace Clustermgr.Collection;

/// <summary>
/// Which member is asked next: the leader if known, then members that follow one, then the others that answer. Any
/// member serves the reads, each at the cost of a round of the quorum.
/// </summary>
internal static class AskingOrder
{
    /// <summary>The rank of a member that follows nobody we know of.</summary>
    private const int CutOff = 2;

    /// <returns>The index of the member; null when nobody is left who answers.</returns>
    public static int? Next(ClusterAnalysis analysis, Func<int, bool> asked)
    {
        var members = analysis.Snapshot.Members;
        return Enumerable
            .Range(0, members.Length)
            .Where(i => members[i].Up && !asked(i))
            .OrderBy(i => Rank(analysis, i))
            .Select(i => (int?)i)
            .FirstOrDefault();
    }

    /// <summary>Whether nobody else need be asked. 907 or 908 from a member that follows the leader is the cluster's
    /// word, and another knows no better; from one that is cut off it is its own.</summary>
    public static bool Settles(ClusterAnalysis analysis, int member, Outcome outcome) =>
        outcome == Outcome.Ok || (outcome is Outcome.ReadIndex or Outcome.NoLeader && Rank(analysis, member) < CutOff);

    private static int Rank(ClusterAnalysis analysis, int member)
    {
        var record = analysis.Snapshot.Members[member];
        return ReferenceEquals(record, analysis.Leader) ? 0
            : Leadership.Follows(analysis.Snapshot, record) ? 1
            : CutOff;
    }
}

/// <summary>One round of reads, one after another. A member that lets as many time out as it has connections is asked
/// no more in this round: the rest would wait as long, in turn.</summary>
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

    public bool GaveUp(int member) => _timeouts.GetValueOrDefault(member) >= ReadLanes.LinearizableConnections;
}
