using System.Collections.Concurrent;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>A fault in a rule does not go unseen: some incident then raises something else, or at another time.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    /// <summary>Faults that no incident can show, each with the reason. One that is caught after all must leave.</summary>
    private static readonly Dictionary<string, string> s_harmless = new(StringComparer.Ordinal)
    {
        ["""cluster_peer:clustermgr_voter:last: "on (cluster, exported_cluster)" is "on (exported_cluster)" in: and on (cluster, exported_cluster) cluster_member:clustermgr_up:max"""] =
            "it only bounds how long the list of a cluster is kept that nobody watches any more",
        ["""cluster_member_peer:clustermgr_member_info:last: "on (cluster, exported_cluster, member)" is "on (exported_cluster, member)" in: and on (cluster, exported_cluster, member) last_over_time(clustermgr_member_info[1h])"""] =
            "it only bounds how long it is remembered which peer a member is that nobody watches any more",
        ["""cluster_peer:clustermgr_voter_watched:last: "on (cluster, exported_cluster, peer)" is "on (exported_cluster, peer)" in: and on (cluster, exported_cluster, peer) cluster_peer:clustermgr_voter:last == 1"""] =
            "it counts a watched learner as a voter only where its id votes elsewhere, while a voter of its own is not watched",
    };

    /// <summary>How often an incident showed a fault of a rule: it is asked first for the next one, which saves time and nothing
    /// else.</summary>
    private static readonly ConcurrentDictionary<(string Rule, string Incident), int> s_seen = new();

    /// <summary>That raise nothing, or much, and so show what an alert must not say.</summary>
    private static readonly string[] s_others =
    [
        "a-cluster-that-is-new-and-empty", "one-member-is-the-whole-cluster", "the-slowest-normal-failover", "scenario-learner-added", "a-follower-killed",
        "both-followers-killed", "a-disk-is-dropped-as-planned", "all-members-killed", "leader-answers-nothing-but-leads",
        "one-exporter-beside-one-of-three-members", "peers-do-not-say-who-is-a-learner", "a-voter-is-not-watched-and-another-killed", "no-repair-here-and-disks-broken-elsewhere",
    ];

    [Fact]
    public async Task EveryFaultInARuleIsSeen()
    {
        var mutants = Rules.Shipped.All.SelectMany(Mutant.Of).ToList();
        var unseen = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            mutants, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken },
            async (mutant, ct) =>
            {
                if (await IsSeenAsync(mutant, ct)) return;
                unseen.Add(mutant.ToString());
                output.WriteLine($"not seen: {mutant}");
            });
        output.WriteLine($"{mutants.Count} faults, {mutants.Count - unseen.Count} seen");

        Assert.True(mutants.Count > 300, "too few faults: they are no longer found in the rules");
        Assert.Equal([.. s_harmless.Keys.Order(StringComparer.Ordinal)], [.. unseen.Order(StringComparer.Ordinal)]);
    }

    /// <summary>Asks the incidents that are about the alerts, the short ones first, then some that are about others; before all,
    /// those that showed other faults of the rule.</summary>
    private static async Task<bool> IsSeenAsync(Mutant mutant, CancellationToken ct)
    {
        var alerts = mutant.Original.IsAlert ? [mutant.Original] : Rules.Shipped.Dependants(mutant.Original).ToList();
        var names = alerts.Select(alert => alert.Name).ToHashSet(StringComparer.Ordinal);
        var rules = Rules.Shipped.With(alerts).Replaced(mutant.Original, mutant.Rule);
        foreach (var incident in Incidents.All
            .Where(incident => s_others.Contains(incident.Name) || alerts.Exists(alert => IsAbout(incident, alert.Name)))
            .OrderByDescending(incident => s_seen.GetValueOrDefault((mutant.Original.Name, incident.Name)))
            .ThenBy(incident => s_others.Contains(incident.Name)).ThenBy(incident => incident.Length / incident.StepSeconds))
        {
            var expected = (await Matrix.TimelineAsync(incident)).Only(names);
            var seen = await rules.PlayAsync(Matrix.Input(incident), ct);
            if (seen.ToString() == expected.ToString()) continue;
            s_seen.AddOrUpdate((mutant.Original.Name, incident.Name), 1, (_, times) => times + 1);
            return true;
        }
        return false;
    }

    private static bool IsAbout(Incident incident, string alert) => incident.Raises.Contains(alert) || incident.JustBelow == alert;
}
