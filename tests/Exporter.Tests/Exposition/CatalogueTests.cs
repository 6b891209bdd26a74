using ClustermgrExporter.Exposition;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class CatalogueTests
{
    private static IEnumerable<Family> All =>
        Catalogue.Cluster.Select(entry => entry.Family).Concat(Catalogue.Own.Select(entry => entry.Family));

    [Fact]
    public void NoNameStandsTwice() => Assert.Distinct(All.Select(family => family.Name));

    [Fact]
    public void EveryFamilyOfAClusterBeginsWithTheClusterLabelAndThePrefix() =>
        Assert.All(Catalogue.Cluster, entry =>
        {
            Assert.Equal("cluster", entry.Family.Labels[0]);
            Assert.StartsWith("clustermgr_", entry.Family.Name, StringComparison.Ordinal);
        });

    [Fact]
    public void NoFamilyOfTheExporterItselfNamesACluster() =>
        Assert.All(Catalogue.Own, entry => Assert.DoesNotContain("cluster", entry.Family.Labels));

    [Fact]
    public void EveryFamilyIsRenderedWhereAllIsKnownAndNothingElseIs()
    {
        var page = Samples.Scrape(Format.Text004, Samples.Full());

        Assert.Equal(All.Select(family => family.Name), page.Families.Select(family => family.Name));
        foreach (var (family, rendered) in All.Zip(page.Families))
        {
            Assert.Equal(family.Help, rendered.Help);
            Assert.All(rendered.Samples, sample => Assert.Equal(family.Labels, sample.Labels.Select(l => l.Name)));
        }
    }

    [Fact]
    public void EveryHelpIsASentenceThatSaysWhenTheSeriesIsAbsent()
    {
        Assert.All(All, family => Assert.EndsWith(".", family.Help, StringComparison.Ordinal));
        // These are always there: counters, the task switches' state sets and what the exporter knows of itself.
        var always = All.Where(family => !family.Help.Contains("Absent", StringComparison.Ordinal));
        Assert.Equal(
            ["clustermgr_polls_total", "clustermgr_raft_leader_changes_total", "clustermgr_task_switch"],
            always.Select(family => family.Name).Except(Catalogue.Own.Select(entry => entry.Family.Name)));
    }

    /// <summary>Every field of /stat in the spelling of master, as running clusters answered it. leader_host is text
    /// and says what the leader's node id says.</summary>
    [Theory]
    [InlineData("read_only")]
    [InlineData("node_id", "term", "vote", "commit", "leader", "raft_state", "applied", "raft_applied", "transferee")]
    [InlineData("applying_length")]
    [InlineData("match", "next", "state", "paused", "active", "pending_snapshot", "is_learner", "is_inflight_full")]
    [InlineData("inflight_count")]
    [InlineData("total_space", "free_space", "used_space", "writable_space", "readonly_space", "reserved_space")]
    [InlineData("total_blob_node", "total_shard_node", "total_disk")]
    [InlineData("total", "available", "readonly", "expired", "broken", "repairing", "repaired", "dropping", "dropped")]
    [InlineData("total_chunk", "total_free_chunk", "total_oversold_free_chunk", "total_shard", "total_free_shard")]
    [InlineData("total_volume", "idle_volume", "can_alloc_volume", "active_volume", "lock_volume", "unlocking_volume")]
    public void EveryFieldOfStatIsNamedByTheFamilyThatExposesIt(params string[] fields)
    {
        var named = All.SelectMany(family => family.Help.Split(' ', '.', ',', '(', ')', ';', '[', ']')).ToHashSet();

        Assert.All(fields, field => Assert.Contains(field, named));
    }

    [Fact]
    public void EveryNumberOfAnAnswerReachesThePage()
    {
        var page = Samples.Scrape(Format.Text004, Samples.Full());

        // Of the sample's leader: space, IDCs and volumes count on from these, each field another number.
        int[] expected =
        [
            .. Enumerable.Range(1001, 8), .. Enumerable.Range(2001, 8), .. Enumerable.Range(3001, 6),
            .. Enumerable.Range(1100, 9), 1112, 1113, 1114, .. Enumerable.Range(1200, 9), 1212, 1213, 1214,
            .. Enumerable.Range(2100, 9), 2110, 2111, 4001, 4002, 4101, 4102, 4103, 4104, 4201, 4202, 4203, 4204,
        ];
        var values = page.Samples.Select(sample => sample.Value).ToHashSet();
        Assert.All(expected, number => Assert.Contains((double)number, values));
    }
}
