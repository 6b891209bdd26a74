using Clustermgr.Analysis;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>What of a scan is still to be done.</summary>
/// <param name="Marker">Of the next page.</param>
internal sealed record ScanProgress(VolumeScan Scan, ulong Marker);

/// <summary>
/// Pages through all volumes, seldom and gently: one page in flight, a pause after each that bounds what it takes of a
/// member's time, a follower before the leader. A page that fails is asked for again, and nothing before it.
/// </summary>
/// <param name="ask">A page of one member; it counts and tells as all reads do.</param>
/// <param name="share">Of a member's time, from 0 to 1.</param>
public sealed class VolumeScanner(
    Func<int, ulong, CancellationToken, Task<Answer<VolumePage>>> ask,
    ClusterState state,
    SteadyClock clock,
    double share
)
{
    /// <summary>Between two attempts at a page, more and more.</summary>
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_mostPause = TimeSpan.FromMinutes(1);

    /// <summary>What was scanned before such a time is no picture of now: it begins anew.</summary>
    private static readonly TimeSpan s_mostAge = TimeSpan.FromHours(1);

    /// <summary>Of a list that never ends.</summary>
    private const int MostPages = 100_000;

    /// <summary>Code modes by missing units, of which a cluster has a few dozen.</summary>
    private const int MostCounts = 1024;

    /// <summary>Volumes come and go while they are listed.</summary>
    private const double LeastOfTotal = 0.9;

    /// <param name="seen">Is given each page as it comes.</param>
    /// <returns>Null where the list goes on for ever, which no list does.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<VolumeScan?> ScanAsync(Action<VolumePage, VolumeScan>? seen, CancellationToken ct)
    {
        var (progress, failures, turn) = (Begin(), 0, 0);
        while (progress.Scan.Pages < MostPages)
        {
            if (failures > 0 && clock.Now - progress.Scan.At > s_mostAge)
            {
                progress = Begin();
            }
            var answer = Member(turn) is { } member ? await ask(member, progress.Marker, ct) : default;
            if (answer.Value is not { } page || !IsCredible(page, progress))
            {
                // Another is asked, and stays the one who is.
                (failures, turn) = (failures + 1, turn + 1);
                var pause = s_firstPause * Math.Pow(2, Math.Min(failures - 1, 10));
                await clock.DelayAsync(pause < s_mostPause ? pause : s_mostPause, ct);
                continue;
            }
            failures = 0;
            if (page.Volumes.IsEmpty)
            {
                return progress.Scan with { At = clock.Now };
            }
            progress = new(progress.Scan.With(page, clock.Now), page.Marker);
            if (progress.Scan.Counts.Count > MostCounts)
            {
                return null; // of no cluster that there is
            }
            seen?.Invoke(page, progress.Scan);
            await clock.DelayAsync(answer.Took * ((1 / share) - 1), ct);
        }
        return null;
    }

    /// <summary>A marker that stands still would give the same page for ever, and an end long before all volumes is
    /// that of somebody else's answer.</summary>
    private bool IsCredible(VolumePage page, ScanProgress progress) =>
        page.Volumes.IsEmpty
            ? progress.Scan.Volumes >= (state.Analysis.Leader?.Reading?.Volumes?.Total ?? 0) * LeastOfTotal
            : page.Marker > progress.Marker;

    private ScanProgress Begin() => new(new VolumeScan(clock.Now, clock.Now), 0);

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
