using Clustermgr.Analysis;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>
/// Pages through a whole list, seldom and gently: one page in flight, a pause after each that bounds what it takes of a
/// member's time, a follower before the leader. A page that fails is asked for again, and nothing before it.
/// </summary>
/// <param name="ask">A page of one member; it counts and tells as all reads do.</param>
/// <param name="begin">What nothing adds up to, at a time.</param>
/// <param name="share">Of a member's time, from 0 to 1.</param>
public sealed class ListScanner<TPage, TScan>(
    Func<int, ulong, CancellationToken, Task<Answer<TPage>>> ask,
    Func<DateTimeOffset, TScan> begin,
    ClusterState state,
    SteadyClock clock,
    double share
)
    where TPage : class, IListPage
    where TScan : class, IListScan<TPage, TScan>
{
    /// <summary>Between two attempts at a page, more and more.</summary>
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_mostPause = TimeSpan.FromMinutes(1);

    /// <summary>What was scanned before such a time is no picture of now: it begins anew.</summary>
    private static readonly TimeSpan s_mostAge = TimeSpan.FromHours(1);

    /// <summary>Of a list that never ends.</summary>
    private const int MostPages = 100_000;

    /// <summary>Failures in a row after which it is given up; without end where it is not said.</summary>
    public int MostFailures { get; init; } = int.MaxValue;

    /// <param name="seen">Is given each page as it comes.</param>
    /// <returns>Null where the list goes on for ever, which no list does, or was given up.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<TScan?> ScanAsync(Action<TPage, TScan>? seen, CancellationToken ct)
    {
        var (scan, marker, failures, turn) = (begin(clock.Now), 0UL, 0, 0);
        while (scan.Pages < MostPages && failures < MostFailures)
        {
            if (failures > 0 && clock.Now - scan.At > s_mostAge)
            {
                (scan, marker) = (begin(clock.Now), 0);
            }
            var answer = Member(turn) is { } member ? await ask(member, marker, ct) : default;
            // A marker that stands still would give the same page for ever.
            if (answer.Value is not { } page || !(page.IsEmpty ? scan.MayEnd(state.Analysis) : page.Marker > marker))
            {
                // Another is asked, and stays the one who is.
                (failures, turn) = (failures + 1, turn + 1);
                var pause = s_firstPause * Math.Pow(2, Math.Min(failures - 1, 10));
                await clock.DelayAsync(pause < s_mostPause ? pause : s_mostPause, ct);
                continue;
            }
            failures = 0;
            if (page.IsEmpty)
            {
                return scan.EndedAt(clock.Now);
            }
            (scan, marker) = (scan.Add(page, clock.Now), page.Marker);
            if (!scan.IsCredible)
            {
                return null; // of no cluster that there is
            }
            seen?.Invoke(page, scan);
            await clock.DelayAsync(answer.Took * ((1 / share) - 1), ct);
        }
        return null;
    }

    /// <summary>Followers before the leader, and the next at each turn.</summary>
    private int? Member(int turn)
    {
        var analysis = state.Analysis;
        var members = analysis.Snapshot.Members;
        var up = Enumerable
            .Range(0, members.Length)
            .Where(member => members[member].Up)
            .OrderBy(member => ReferenceEquals(members[member], analysis.Leader))
            .ThenBy(member => !Leadership.Follows(analysis.Snapshot, members[member]))
            .ToList();
        return up.Count == 0 ? null : up[turn % up.Count];
    }
}
