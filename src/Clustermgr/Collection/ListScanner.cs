using Clustermgr.Analysis;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>
/// Reads a whole list page by page with low impact: one page in flight, a pause after each that bounds the share of a
/// member's time, followers before the leader. A page that fails is read again, but none before it.
/// </summary>
/// <param name="readPage">Reads one page from a member and counts the request.</param>
/// <param name="createScan">Creates an empty result with its start time.</param>
/// <param name="dutyCycle">Share of a member's time that the scan may use, from 0 to 1.</param>
public sealed class ListScanner<TPage, TScan>(
    Func<int, ulong, CancellationToken, Task<Answer<TPage>>> readPage,
    Func<DateTimeOffset, TScan> createScan,
    ClusterState state,
    SteadyClock clock,
    double dutyCycle
)
    where TPage : class, IListPage
    where TScan : class, IListScan<TPage, TScan>
{
    /// <summary>Pause before the first retry of a page; doubled for each further one.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    /// <summary>A scan that has failed for longer starts again, since its pages are out of date.</summary>
    private static readonly TimeSpan MaxInterruption = TimeSpan.FromHours(1);

    /// <summary>Maximum number of pages, in case a list never ends.</summary>
    private const int MaxPages = 100_000;

    /// <summary>Number of failures in a row after which the scan is given up; unlimited unless set.</summary>
    public int MaxFailures { get; init; } = int.MaxValue;

    /// <param name="onPage">Called with each page as it arrives.</param>
    /// <returns>Null when the list does not end, or was given up.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<TScan?> ScanAsync(Action<TPage, TScan>? onPage, CancellationToken ct)
    {
        var scan = createScan(clock.Now);
        var marker = 0UL;
        var failures = 0;
        var turn = 0;
        while (scan.Pages < MaxPages && failures < MaxFailures)
        {
            if (failures > 0 && clock.Now - scan.At > MaxInterruption)
            {
                scan = createScan(clock.Now);
                marker = 0;
            }
            var answer = SelectMember(turn) is { } member ? await readPage(member, marker, ct) : default;
            // A marker that does not advance would return the same page forever.
            if (
                answer.Value is not { } page
                || !(page.IsEmpty ? scan.IsComplete(state.Analysis) : page.Marker > marker)
            )
            {
                // Switch to another member, and stay with it.
                (failures, turn) = (failures + 1, turn + 1);
                var pause = FirstPause * Math.Pow(2, Math.Min(failures - 1, 10));
                await clock.DelayAsync(pause < MaxPause ? pause : MaxPause, ct);
                continue;
            }
            failures = 0;
            if (page.IsEmpty)
            {
                return scan.Complete(clock.Now);
            }
            scan = scan.Add(page, clock.Now);
            marker = page.Marker;
            if (!scan.IsWithinLimits)
            {
                return null; // larger than any real cluster
            }
            onPage?.Invoke(page, scan);
            await clock.DelayAsync(answer.Took * ((1 / dutyCycle) - 1), ct);
        }
        return null;
    }

    /// <summary>Selects the member to ask, another one at each turn.</summary>
    private int? SelectMember(int attempt)
    {
        var up = MemberSelector.LeaderLast(state.Analysis).ToList();
        return up.Count == 0 ? null : up[attempt % up.Count];
    }
}
