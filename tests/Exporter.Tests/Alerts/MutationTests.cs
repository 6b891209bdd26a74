using System.Collections.Concurrent;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>A fault in a rule does not go unseen: some incident then raises something else, or at another
/// time.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    /// <summary>Faults that no incident can show, each with the reason. One that is caught after all must
    /// leave.</summary>
    private static readonly Dictionary<string, string> s_harmless = new(StringComparer.Ordinal)
    {
        [
            """cluster_peer:clustermgr_voter:last: "on (cluster, exported_cluster)" is "on (exported_cluster)" """
                + """in: and on (cluster, exported_cluster) cluster_member:clustermgr_up:max"""
        ] = "it only bounds how long the list of a cluster is kept that nobody watches any more",
        [
            """cluster_member_peer:clustermgr_member_info:last: "on (cluster, exported_cluster, member)" is "on ("""
                + """exported_cluster, member)" in: and on (cluster, exported_cluster, member) last_over_time("""
                + """clustermgr_member_info[1h])"""
        ] = "it only bounds how long it is remembered which peer a member is that nobody watches any more",
        [
            """cluster_peer:clustermgr_voter_watched:last: "on (cluster, exported_cluster, peer)" is "on ("""
                + """exported_cluster, peer)" in: and on (cluster, exported_cluster, peer) cluster_peer:"""
                + """clustermgr_voter:last == 1"""
        ] =
            "it counts a watched learner as a voter only where its id votes elsewhere, while a voter of its own is "
            + "not watched",
        [
            """ApplyStalled: "300" is "214.2857" in: and ignoring (endpoint) time() - last_over_time("""
                + """clustermgr_poll_last_success_timestamp_seconds{endpoint="stat"}[1m]) < 300"""
        ] =
            "a member that is up answered within seconds, but where an exporter shows what is old as new: that is "
            + "much older",
        [
            """ApplyStalled: "300" is "420" in: and ignoring (endpoint) time() - last_over_time("""
                + """clustermgr_poll_last_success_timestamp_seconds{endpoint="stat"}[1m]) < 300"""
        ] = "as above",
        [
            """LeaderFlapping: "2" is "1" in: and cluster:clustermgr_raft_term:max - min_over_time(cluster:"""
                + """clustermgr_raft_term:max[10m]) >= 2"""
        ] = "each break has a term of its own, and an exporter that comes and goes has none",
        [
            """LeaderFlapping: "2" is "3" in: and cluster:clustermgr_raft_term:max - min_over_time(cluster:"""
                + """clustermgr_raft_term:max[10m]) >= 2"""
        ] = "a fifth of ten minutes is three breaks, each too short for NoLeader",
        ["""LeaderFlapping: "4" is "3" in: and changes(cluster:clustermgr_leader_answers:bool[10m]) >= 4"""] =
            "it keeps out a single long break, which has two",
        ["""LeaderFlapping: "4" is "5" in: and changes(cluster:clustermgr_leader_answers:bool[10m]) >= 4"""] =
            "three breaks have six",
        [
            """WritableSpaceCritical: "0" is "10" in: < 2 * 86400 * (min_over_time(cluster_node_type:"""
                + """clustermgr_space_fill_bytes_per_second:1h[3h]) > 0)"""
        ] = "ten bytes a second fill no disk within two days",
        [
            """WritableSpaceRunway: "0" is "10" in: / (min_over_time(cluster_node_type:"""
                + """clustermgr_space_fill_bytes_per_second:1h[6h]) > 0)"""
        ] = "nor within two weeks",
        [
            """RepairStalled: "broken|" is "" in: and on (cluster, exported_cluster) count by (cluster, """
                + """exported_cluster) (last_over_time(clustermgr_disk_info{state=~"broken|repairing"}[5m])) > 0"""
        ] = "no incident has a disk that stays broken for hours: DiskBroken has paged long before",
        [
            """RepairStalled: "broken|" is "" in: and on (cluster, exported_cluster, disk_id) last_over_time("""
                + """clustermgr_disk_info{state=~"broken|repairing|repaired"}[5m])"""
        ] = "as above",
        [
            """DiskNotReplaced: "[15m]" is "[150s]" in: expr: max by (cluster, exported_cluster, disk_id) ("""
                + """last_over_time(clustermgr_disk_replaced[15m])) == 0"""
        ] = "a story of three days is looked at every five minutes, and sees no gap of less",
        ["""ClusterUnwatched: "120" is "168" in: > 120"""] =
            "whoever takes a cluster away leaves it on the rules' memory for a minute and a scrape; who watches it "
            + "on does so for hours",
        ["""ClusterUnwatched: "120" is "85.7143" in: > 120"""] = "as above",
        [
            """ClusterUnwatched: "on (cluster, exported_cluster)" is "on (exported_cluster)" in: unless on ("""
                + """cluster, exported_cluster)"""
        ] =
            "it needs a second cluster, that one exporter let go in trouble and another watches on; ExporterAbsent "
            + "pages then",
        [
            """StaleData: "0" is "10" in: sum by (cluster, exported_cluster, endpoint) (cluster_endpoint_outcome:"""
                + """clustermgr_polls:increase10m{endpoint!="stat",outcome!="ok"}) > 0"""
        ] =
            "a read that fails is asked of every member, and comes once a minute at least: more than ten in ten "
            + "minutes",
    };

    /// <summary>How often an incident showed a fault of a rule: it is asked first for the next one, which saves time
    /// and nothing else.</summary>
    private static readonly ConcurrentDictionary<(string Rule, string Incident), int> s_seen = new();

    /// <summary>That raise nothing, or much, and so show what an alert must not say.</summary>
    private static readonly string[] s_others =
    [
        "a-cluster-that-is-new-and-empty",
        "one-member-is-the-whole-cluster",
        "the-slowest-normal-failover",
        "scenario-learner-added",
        "a-follower-killed",
        "both-followers-killed",
        "a-disk-is-dropped-as-planned",
        "all-members-killed",
        "leader-answers-nothing-but-leads",
        "one-exporter-beside-one-of-three-members",
        "peers-do-not-say-who-is-a-learner",
        "a-voter-is-not-watched-and-another-killed",
        "no-repair-here-and-disks-broken-elsewhere",
    ];

    [Fact]
    public async Task EveryFaultInARuleIsSeen()
    {
        // All takes minutes. At the desk: MUTATE=NoLeader,QuorumLost for some rules alone.
        var only = Environment.GetEnvironmentVariable("MUTATE")?.Split(',');
        bool IsAsked(string rule) => only is null || only.Contains(rule);
        var mutants = Rules.Shipped.All.Where(rule => IsAsked(rule.Name)).SelectMany(Mutant.Of).ToList();
        var unseen = new ConcurrentBag<string>();
        var work = mutants
            .Where(mutant => mutant.Original.IsAlert)
            .GroupBy(mutant => mutant.Original)
            .Select(group => group.ToArray())
            .Concat(mutants.Where(mutant => !mutant.Original.IsAlert).Select(mutant => new[] { mutant }));
        await Parallel.ForEachAsync(
            work,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (some, ct) =>
            {
                var left =
                    some[0].Original.IsAlert ? await UnseenAsync(some, ct)
                    : await IsSeenAsync(some[0], ct) ? []
                    : some;
                foreach (var mutant in left)
                {
                    unseen.Add(mutant.ToString());
                    output.WriteLine($"not seen: {mutant}");
                }
            }
        );
        output.WriteLine($"{mutants.Count} faults, {mutants.Count - unseen.Count} seen");

        Assert.True(mutants.Count > 300 || only is not null, "too few faults: they are no longer found in the rules");
        Assert.Equal(
            [
                .. s_harmless
                    .Keys.Where(fault => IsAsked(fault[..fault.IndexOf(": \"", StringComparison.Ordinal)]))
                    .Order(StringComparer.Ordinal),
            ],
            [.. unseen.Order(StringComparer.Ordinal)]
        );
    }

    /// <summary>The faults of one alert that no incident shows. They stand beside each other in one file, under names
    /// of their own: a run of promtool for each would take five times as long.</summary>
    private static async Task<IReadOnlyList<Mutant>> UnseenAsync(Mutant[] mutants, CancellationToken ct)
    {
        var alert = mutants[0].Original;
        var left = mutants.Select((mutant, i) => (Mutant: mutant, Name: $"{alert.Name}Fault{i}X")).ToList();
        foreach (
            var incident in Asked([alert])
                .OrderBy(incident => s_others.Contains(incident.Name))
                .ThenBy(incident => incident.Length / incident.StepSeconds)
        )
        {
            var expected = (await Matrix.TimelineAsync(incident)).Only(Set(alert.Name)).ToString();
            while (left.Count > 0)
            {
                var faulty = left.Select(fault => fault.Mutant.Rule.Named(alert.Name, fault.Name)).ToList();
                var seen = await Rules
                    .Shipped.With(alert)
                    .Replaced(alert, faulty)
                    .PlayAsync(Matrix.Input(incident), ct);
                // One that cannot be evaluated hides the others.
                var broken = left.RemoveAll(fault => seen.Errors.Contains(fault.Name, StringComparison.Ordinal));
                if (broken > 0)
                {
                    continue;
                }
                Assert.Equal("", seen.Errors);
                left.RemoveAll(fault =>
                    seen.Only(Set(fault.Name)).ToString().Replace(fault.Name, alert.Name, StringComparison.Ordinal)
                    != expected
                );
                break;
            }
        }
        return [.. left.Select(fault => fault.Mutant)];

        static HashSet<string> Set(string name) => new(StringComparer.Ordinal) { name };
    }

    /// <summary>Asks the incidents that are about the alerts, the short ones first, then some that are about others;
    /// before all, those that showed other faults of the rule.</summary>
    private static async Task<bool> IsSeenAsync(Mutant mutant, CancellationToken ct)
    {
        var alerts = mutant.Original.IsAlert ? [mutant.Original] : Rules.Shipped.Dependants(mutant.Original).ToList();
        var names = alerts.Select(alert => alert.Name).ToHashSet(StringComparer.Ordinal);
        var rules = Rules.Shipped.With(alerts).Replaced(mutant.Original, mutant.Rule);
        foreach (
            var incident in Asked(alerts)
                .OrderByDescending(incident => s_seen.GetValueOrDefault((mutant.Original.Name, incident.Name)))
                .ThenBy(incident => s_others.Contains(incident.Name))
                .ThenBy(incident => incident.Length / incident.StepSeconds)
        )
        {
            var expected = (await Matrix.TimelineAsync(incident)).Only(names);
            var seen = await rules.PlayAsync(Matrix.Input(incident), ct);
            if (seen.ToString() == expected.ToString())
            {
                continue;
            }
            s_seen.AddOrUpdate((mutant.Original.Name, incident.Name), 1, (_, times) => times + 1);
            return true;
        }
        return false;
    }

    private static IEnumerable<Incident> Asked(IReadOnlyCollection<Rule> alerts) =>
        Incidents.All.Where(incident =>
            s_others.Contains(incident.Name) || alerts.Any(alert => IsAbout(incident, alert.Name))
        );

    private static bool IsAbout(Incident incident, string alert) =>
        incident.Raises.Contains(alert) || incident.JustBelow == alert;
}
