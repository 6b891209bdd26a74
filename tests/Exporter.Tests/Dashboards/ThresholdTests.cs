using System.Globalization;
using System.Text.Json.Nodes;
using ClustermgrExporter.Tests.Support;
using Xunit;
using static ClustermgrExporter.Tests.Dashboards.Dashboard;

namespace ClustermgrExporter.Tests.Dashboards;

/// <summary>Colours change at the thresholds of the rules, and nowhere else.</summary>
public sealed class ThresholdTests
{
    private static readonly Dictionary<string, DrawnThreshold[]> DrawnThresholds = new()
    {
        ["cluster"] =
        [
            new("Leader", 1, "NoLeader", "cluster:clustermgr_leader_answers:bool == 0"),
            new(
                "Leader",
                2,
                "TwoLeadersInOneTerm",
                "!= min by (cluster, exported_cluster, term) (",
                "leaders in one term > 1"
            ),
            new("Quorum reads", 1, "QuorumLost", "(last_over_time(clustermgr_linearizable_read_up[1m])) == 0"),
            new(
                "May still fail",
                1,
                "NoQuorumMargin",
                "cluster:clustermgr_voters_following:count <= floor(cluster:clustermgr_voters:count / 2) + 1",
                "voters that follow - majority <= 0"
            ),
            new("Data at risk", 2, "BrokenInTwoIdcs", ") >= 2"),
            new("Broken disks", 1, "DiskBroken", ") > 0"),
            new(
                "Space lasts",
                172_800,
                "WritableSpaceCritical",
                "< 2 * 86400 * (min_over_time(cluster_node_type:clustermgr_space_fill_bytes_per_second:1h[3h]) > 0)",
                "lasts < 2 * 86400"
            ),
            new("Space lasts", 1_209_600, "WritableSpaceRunway", "< 14 * 86400"),
            new("Lag of each peer", 1000, "PeerLagging", "> 1000") { Continuous = true },
            new("Writable share", 0.05, "WritableSpaceCritical", "ratio < 0.05"),
            new("Writable share", 0.3, "WritableSpaceRunway", "ratio < 0.3"),
            new("Free chunks by IDC", 0.05, "RepairHasNoTarget", "ratio < 0.05"),
            new("Free chunks by IDC", 0.1, "IdcBottleneck", "ratio < 0.1"),
            new("Disks by IDC/silent", 0.1, "ExpiredSurge", ">= 0.1"),
            new("Disks by IDC/broken", 1, "DiskBroken", ") > 0"),
            new("Since the last progress", 21_600, "RepairStalled", ") > 6 * 3600") { Continuous = true },
            new("Since the last progress", 21_600, "DropStalled", ") > 6 * 3600") { Continuous = true },
            new("Services/offline", 1, "ServiceOffline", "> 0"),
            new(
                "Volumes that can be allocated",
                1,
                "NoAllocatableVolumes",
                "(last_over_time(clustermgr_volumes_allocatable[1m])) == 0"
            ),
        ],
        ["fleet"] =
        [
            new(
                "Clusters/may fail",
                1,
                "NoQuorumMargin",
                "cluster:clustermgr_voters_following:count <= floor(cluster:clustermgr_voters:count / 2) + 1",
                "voters that follow - majority <= 0"
            ),
            new("Clusters/broken disks", 1, "DiskBroken", ") > 0"),
            new("Clusters/writable", 0.05, "WritableSpaceCritical", "ratio < 0.05"),
            new("Clusters/writable", 0.3, "WritableSpaceRunway", "ratio < 0.3"),
            new(
                "Clusters/space lasts",
                172_800,
                "WritableSpaceCritical",
                "< 2 * 86400 * (min_over_time(cluster_node_type:clustermgr_space_fill_bytes_per_second:1h[3h]) > 0)",
                "lasts < 2 * 86400"
            ),
            new("Clusters/space lasts", 1_209_600, "WritableSpaceRunway", "< 14 * 86400"),
        ],
        ["exporter"] =
        [
            new("Oldest answer", 300, "StaleData", "> 300") { Continuous = true },
            new("Age of the last answer", 300, "StaleData", "> 300") { Continuous = true },
            new("Fields not as known", 1, "SchemaDrift", "> 0"),
        ],
    };

    /// <summary>Panels that count how often a rule's condition holds: one is already too many. The query contains the
    /// condition, with the rule's number if it has one.</summary>
    private static readonly (string Dashboard, string Panel, string Colour, string Query)[] Tallies =
    [
        ("fleet", "Nobody answers", "red", "== 0"),
        ("fleet", "Without a leader", "red", "== 0"),
        ("fleet", "None may fail", "red", "<= 0"),
        ("fleet", "With broken disks", "red", "> 0"),
        ("fleet", "Repair off, disks wait", "red", "== -1"),
        ("fleet", "Nearly full", "red", "< 0.05"),
        ("fleet", "Clusters/pages", "red", "severity=\"page\""),
        ("fleet", "Clusters/tickets", "yellow", "severity=\"ticket\""),
        ("exporter", "Members without an answer", "yellow", "== 0"),
        ("exporter", "Configuration refused", "yellow", "== 0"),
    ];

    public static TheoryData<string> Shipped => [.. Names];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void EveryThresholdIsThatOfARule(string name)
    {
        var steps = Load(GoldenFile.GetRepositoryRoot(), name).Panels.SelectMany(StepsOf).ToList();

        foreach (var drawn in DrawnThresholds[name])
        {
            Assert.True(drawn.IsInRule(), $"{drawn.Alert} no longer contains: {drawn.Words}");
            Assert.Equal(drawn.At, drawn.ByRule());
            var (_, below, _, above) = Assert.Single(steps, step => step.Panel == drawn.Panel && step.At == drawn.At);
            Assert.Equal((drawn.Panel, drawn.Colour), (drawn.Panel, drawn.BadAbove ? above : below));
        }
        foreach (var (_, panel, colour, query) in Tallies.Where(tally => tally.Dashboard == name))
        {
            Assert.Equal(
                (panel, 1, colour),
                Assert.Single(steps.Select(step => (step.Panel, step.At, step.Above)), step => step.Panel == panel)
            );
            Assert.Contains(
                Load(GoldenFile.GetRepositoryRoot(), name).Queries,
                one => one.Panel == panel.Split('/')[0] && one.Expression.Contains(query, StringComparison.Ordinal)
            );
        }
        Assert.Empty(
            steps
                .Select(step => (step.Panel, step.At))
                .Except(DrawnThresholds[name].Select(drawn => (drawn.Panel, drawn.At)))
                .Except(Tallies.Where(tally => tally.Dashboard == name).Select(tally => (tally.Panel, 1.0)))
        );
    }

    [Fact]
    public void AThresholdThatIsNotTheRulesIsSeen()
    {
        Assert.False(new DrawnThreshold("", 0.06, "WritableSpaceCritical", "ratio < 0.06").IsInRule());
        Assert.NotEqual(0.06, new DrawnThreshold("", 0.06, "WritableSpaceCritical", "ratio < 0.05").ByRule());
        Assert.Equal(1, new DrawnThreshold("", 1, "DiskBroken", ") > 0").ByRule());
        Assert.Equal("yellow", new DrawnThreshold("", 1, "ServiceOffline", "> 0").Colour);
    }

    /// <summary>Every step of a panel's thresholds except the first, with the colours on both sides; the steps of a
    /// column are listed under "panel/column".</summary>
    private static IEnumerable<(string Panel, string Below, double At, string Above)> StepsOf(JsonObject panel)
    {
        if (panel["fieldConfig"] is not JsonObject config)
        {
            return [];
        }
        var title = Text(panel, "title");
        return StepsOf(title, config["defaults"]?["thresholds"])
            .Concat(
                Objects(config, "overrides")
                    .SelectMany(column =>
                        Objects(column, "properties")
                            .Where(property => Text(property, "id") == "thresholds")
                            .SelectMany(property =>
                                StepsOf($"{title}/{Text(column["matcher"], "options")}", property["value"])
                            )
                    )
            );
    }

    private static IEnumerable<(string Panel, string Below, double At, string Above)> StepsOf(
        string panel,
        JsonNode? thresholds
    )
    {
        if (thresholds is not JsonObject known)
        {
            return [];
        }
        var steps = Objects(known, "steps")
            .Select(step =>
                (
                    At: step["value"] is { } value
                        ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)
                        : double.NegativeInfinity,
                    // Tiles and cells use a darker colour, on which white text is readable.
                    Colour: Text(step, "color").Replace("dark-", "", StringComparison.Ordinal)
                )
            )
            .ToList();
        Assert.Equal(double.NegativeInfinity, steps[0].At);
        Assert.Equal(steps.Select(step => step.At).Order(), steps.Select(step => step.At));
        return steps.Zip(steps.Skip(1), (below, above) => (panel, below.Colour, above.At, above.Colour));
    }
}
