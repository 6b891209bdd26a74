using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>Folds the answers of all endpoints other than /stat into the snapshot.</summary>
public static class SnapshotUpdates
{
    /// <summary>Counts one request of any endpoint and drops stale data.</summary>
    public static ClusterSnapshot CountRequest(
        this ClusterSnapshot before,
        int index,
        Endpoint endpoint,
        Outcome outcome,
        DateTimeOffset at,
        TimeSpan took
    )
    {
        var member = before.Members[index];
        var tally = member.Tallies[(int)endpoint];
        var counted = new EndpointTally(
            tally.Polls.SetItem((int)outcome, tally.Polls[(int)outcome] + 1),
            took,
            outcome == Outcome.Ok ? at : tally.LastSuccess
        );
        member = member with { Tallies = member.Tallies.SetItem((int)endpoint, counted) };
        return (before with { At = at, Members = before.Members.SetItem(index, member) }).DropStale();
    }

    public static ClusterSnapshot Apply(
        this ClusterSnapshot before,
        string key,
        SwitchReading reading,
        DateTimeOffset at
    )
    {
        var index = before.Switches.FindIndex(key);
        return before with
        {
            Switches = before.Switches.SetItem(
                index,
                before.Switches[index] with
                {
                    Reading = reading,
                    ReadAt = at,
                    AnsweredAt = at,
                    LastKnown = reading,
                    Since = before.Switches[index].LastKnown == reading ? before.Switches[index].Since : at,
                }
            ),
        };
    }

    /// <summary>Folds the end of a round of switch reads.</summary>
    /// <param name="reachedQuorum">Null when the reads were inconclusive.</param>
    public static ClusterSnapshot ApplyQuorum(this ClusterSnapshot before, bool? reachedQuorum) =>
        before with
        {
            LinearizableReadUp = reachedQuorum,
            SwitchesAttempted = true,
        };

    /// <summary>Folds all lists of one round at once, so that a disk that moves between lists does not
    /// disappear.</summary>
    public static ClusterSnapshot Apply(
        this ClusterSnapshot before,
        IReadOnlyDictionary<DiskListKind, DiskList> lists
    ) => before with { Disks = before.Disks.Apply(lists, before.At), DisksAttempted = true };

    /// <summary>Folds whether repaired disks were replaced.</summary>
    public static ClusterSnapshot ApplyReplaced(
        this ClusterSnapshot before,
        IEnumerable<KeyValuePair<ulong, bool>> replaced
    ) => before with { Disks = before.Disks with { Replaced = before.Disks.Replaced.SetItems(replaced) } };

    /// <summary>Drops the services that are no longer registered.</summary>
    /// <param name="registered">All names of /service/list, in lower case.</param>
    /// <param name="cuts">Number of rows left out and texts shortened in the list.</param>
    public static ClusterSnapshot ApplyRegistered(
        this ClusterSnapshot before,
        ImmutableHashSet<string> registered,
        int cuts
    )
    {
        before = before with { Services = before.Services with { ListCuts = cuts } };
        var gone = before.Services.Services.Keys.Where(service => !registered.Contains(service)).ToList();
        return gone.Count == 0 ? before : before.WithServices(before.Services.Services.RemoveRange(gone));
    }

    public static ClusterSnapshot Apply(this ClusterSnapshot before, string service, ServiceRecord record) =>
        before.WithServices(before.Services.Services.SetItem(service, record));

    /// <summary>Folds a complete volume scan.</summary>
    public static ClusterSnapshot Apply(this ClusterSnapshot before, VolumeScan scan) =>
        before with
        {
            At = scan.At,
            VolumeScan = scan,
        };

    /// <summary>Folds a complete listing of the normal disks.</summary>
    public static ClusterSnapshot Apply(this ClusterSnapshot before, HostChunks hosts) =>
        before with
        {
            At = hosts.At,
            HostChunks = hosts,
        };

    /// <summary>Folds an answered round of scheduler reads.</summary>
    public static ClusterSnapshot Apply(this ClusterSnapshot before, SchedulerAnswer answer) =>
        (before with { At = answer.At, Scheduler = before.Scheduler.Apply(answer) })
            .RefreshConfirmedSwitches()
            .DropStale();

    /// <summary>
    /// Refreshes switches that the scheduler reports as enabled, while reads reach a quorum: without one the scheduler
    /// repeats an old value. A switch that could not be read when due is refreshed only for a limited time.
    /// </summary>
    private static ClusterSnapshot RefreshConfirmedSwitches(this ClusterSnapshot snapshot)
    {
        if (snapshot.LinearizableReadUp is not true)
        {
            return snapshot;
        }
        var scheduler = snapshot.Scheduler;
        var said = snapshot.Scheduler.ReadAt;
        var answeredFrom =
            said - TaskSwitches.RereadAfter - (snapshot.Settings.StaleAfter * snapshot.Settings.TaskInterval);
        return snapshot with
        {
            Switches =
            [
                .. snapshot.Switches.Select(entry =>
                    entry.ReadAt < said
                    && entry.AnsweredAt >= answeredFrom
                    && TaskSwitches.IsConfirmedBy(entry, scheduler)
                        ? entry with
                        {
                            ReadAt = said,
                        }
                        : entry
                ),
            ],
        };
    }

    /// <summary>Folds a round of scheduler reads that failed, or in which no scheduler was known.</summary>
    /// <param name="outcome">Null when no scheduler was asked.</param>
    public static ClusterSnapshot ApplySchedulerFailure(
        this ClusterSnapshot before,
        Outcome? outcome,
        string detail,
        DateTimeOffset at
    ) => (before with { At = at, Scheduler = before.Scheduler.WithFailure(outcome, detail) }).DropStale();

    /// <summary>Drops values that were not read again within StaleAfter intervals.</summary>
    private static ClusterSnapshot DropStale(this ClusterSnapshot snapshot)
    {
        var rules = snapshot.Settings;
        var switchesFrom = snapshot.At - (rules.StaleAfter * rules.TaskInterval);
        var disksFrom = snapshot.At - (rules.StaleAfter * rules.DiskInterval);
        var servicesFrom = snapshot.At - (rules.StaleAfter * rules.ServiceInterval);
        if (snapshot.Switches.Any(entry => entry.ReadAt < switchesFrom))
        {
            var switches = snapshot.Switches.Select(entry =>
                entry.ReadAt < switchesFrom ? entry with { Reading = null, ReadAt = null } : entry
            );
            snapshot = snapshot with { Switches = [.. switches] };
        }
        var disks = snapshot.Disks.Lists;
        if (disks.Any(list => list.Value.ReadAt < disksFrom))
        {
            var fresh = disks.RemoveRange(disks.Where(list => list.Value.ReadAt < disksFrom).Select(list => list.Key));
            snapshot = snapshot with { Disks = snapshot.Disks.WithLists(fresh, snapshot.At) };
        }
        var services = snapshot.Services.Services;
        if (services.Any(service => service.Value.ReadAt < servicesFrom))
        {
            var old = services.Where(service => service.Value.ReadAt < servicesFrom).Select(service => service.Key);
            snapshot = snapshot.WithServices(services.RemoveRange(old));
        }
        // The next scan is expected to take as long as this one.
        if (snapshot.VolumeScan is { } scan && IsStale(scan.BeganAt, scan.At))
        {
            snapshot = snapshot with { VolumeScan = null };
        }
        if (snapshot.HostChunks is { } hosts && IsStale(hosts.BeganAt, hosts.At))
        {
            snapshot = snapshot with { HostChunks = null };
        }
        var schedulerFrom = snapshot.At - (rules.StaleAfter * rules.SchedulerInterval);
        return snapshot.Scheduler.ReadAt < schedulerFrom
            ? snapshot with
            {
                Scheduler = snapshot.Scheduler.WithoutValues(),
            }
            : snapshot;

        bool IsStale(DateTimeOffset began, DateTimeOffset ended) =>
            ended < snapshot.At - (rules.StaleAfter * (rules.VolumeScanInterval + (ended - began)));
    }

    private static ClusterSnapshot WithServices(
        this ClusterSnapshot snapshot,
        ImmutableSortedDictionary<string, ServiceRecord> services
    ) => snapshot with { Services = snapshot.Services with { Services = services } };

    private static int FindIndex(this ImmutableArray<SwitchRecord> switches, string key)
    {
        for (var i = 0; i < switches.Length; i++)
        {
            if (switches[i].Key == key)
            {
                return i;
            }
        }
        throw new ArgumentException($"no switch {key} is read", nameof(key));
    }
}
