using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>Folds the answers of the linearizable reads into what is known of the cluster.</summary>
public static class OtherFolding
{
    /// <summary>Counts one request of any endpoint, and lets go what has become too old to show.</summary>
    public static ClusterSnapshot Tally(
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
        return (before with { At = at, Members = before.Members.SetItem(index, member) }).WithoutStale();
    }

    public static ClusterSnapshot Fold(
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

    /// <summary>The end of a round of switch reads.</summary>
    /// <param name="reachedQuorum">Null where nothing tells.</param>
    public static ClusterSnapshot FoldQuorum(this ClusterSnapshot before, bool? reachedQuorum) =>
        before with
        {
            LinearizableReadUp = reachedQuorum,
            SwitchesTried = true,
        };

    /// <summary>All lists of one round at once: a disk that went from one to another was never away.</summary>
    public static ClusterSnapshot Fold(
        this ClusterSnapshot before,
        IReadOnlyDictionary<DiskListKind, DiskList> lists
    ) => before with { Disks = before.Disks.After(lists, before.At), DisksTried = true };

    /// <summary>Of repaired disks, whether another stands in their place.</summary>
    public static ClusterSnapshot FoldReplaced(
        this ClusterSnapshot before,
        IEnumerable<KeyValuePair<ulong, bool>> replaced
    ) => before with { Disks = before.Disks with { Replaced = before.Disks.Replaced.SetItems(replaced) } };

    /// <summary>Drops the services that are no longer registered.</summary>
    /// <param name="registered">All names of /service/list, in lower case.</param>
    /// <param name="cuts">What of the list was left out or cut short.</param>
    public static ClusterSnapshot FoldRegistered(
        this ClusterSnapshot before,
        ImmutableHashSet<string> registered,
        int cuts
    )
    {
        before = before with { Services = before.Services with { ListCuts = cuts } };
        var gone = before.Services.Services.Keys.Where(service => !registered.Contains(service)).ToList();
        return gone.Count == 0 ? before : before.WithServices(before.Services.Services.RemoveRange(gone));
    }

    public static ClusterSnapshot Fold(this ClusterSnapshot before, string service, ServiceRecord record) =>
        before.WithServices(before.Services.Services.SetItem(service, record));

    /// <summary>A whole scan of the volumes.</summary>
    public static ClusterSnapshot Fold(this ClusterSnapshot before, VolumeScan scan) =>
        before with
        {
            At = scan.At,
            VolumeScan = scan,
        };

    /// <summary>A whole listing of the normal disks.</summary>
    public static ClusterSnapshot Fold(this ClusterSnapshot before, HostChunks hosts) =>
        before with
        {
            At = hosts.At,
            HostChunks = hosts,
        };

    /// <summary>A round of the scheduler that was answered.</summary>
    public static ClusterSnapshot Fold(this ClusterSnapshot before, SchedulerAnswer answer) =>
        (before with { At = answer.At, Scheduler = before.Scheduler.After(answer) }).Vouched().WithoutStale();

    /// <summary>What the scheduler runs is known to be enabled, as long as it can read switches: without a quorum it
    /// says on what it knew. Where the switch itself cannot be read when it is due, its word is not taken for
    /// long.</summary>
    private static ClusterSnapshot Vouched(this ClusterSnapshot snapshot)
    {
        if (snapshot.LinearizableReadUp is not true)
        {
            return snapshot;
        }
        var (scheduler, said) = (snapshot.Scheduler, snapshot.Scheduler.ReadAt);
        var answeredFrom = said - TaskSwitches.RereadAfter - (snapshot.Rules.StaleAfter * snapshot.Rules.TaskInterval);
        return snapshot with
        {
            Switches =
            [
                .. snapshot.Switches.Select(entry =>
                    entry.ReadAt < said
                    && entry.AnsweredAt >= answeredFrom
                    && TaskSwitches.IsVouchedFor(entry, scheduler)
                        ? entry with
                        {
                            ReadAt = said,
                        }
                        : entry
                ),
            ],
        };
    }

    /// <summary>A round that was not, or in which there was nobody to ask.</summary>
    /// <param name="outcome">Null where nobody was asked.</param>
    public static ClusterSnapshot FoldScheduler(
        this ClusterSnapshot before,
        Outcome? outcome,
        string detail,
        DateTimeOffset at
    ) => (before with { At = at, Scheduler = before.Scheduler.Failed(outcome, detail) }).WithoutStale();

    /// <summary>A value that could not be read again for as many intervals as a member may fail polls is
    /// unknown.</summary>
    private static ClusterSnapshot WithoutStale(this ClusterSnapshot snapshot)
    {
        var rules = snapshot.Rules;
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
            snapshot = snapshot with { Disks = snapshot.Disks.With(fresh, snapshot.At) };
        }
        var services = snapshot.Services.Services;
        if (services.Any(service => service.Value.ReadAt < servicesFrom))
        {
            var old = services.Where(service => service.Value.ReadAt < servicesFrom).Select(service => service.Key);
            snapshot = snapshot.WithServices(services.RemoveRange(old));
        }
        // The next one takes as long as this one did.
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
                Scheduler = snapshot.Scheduler.Stale(),
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
