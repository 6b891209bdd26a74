using Clustermgr.Analysis;
using Clustermgr.Client;

namespace Clustermgr.Collection;

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
