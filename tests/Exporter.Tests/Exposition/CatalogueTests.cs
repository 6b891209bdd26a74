using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class CatalogueTests
{
    private const int LongestHelp = 120;

    private static IEnumerable<FamilyDescriptor> All =>
        Catalogue.Cluster.Select(entry => entry.Family.Descriptor).Concat(ExporterSeries.All);

    [Fact]
    public void NoNameStandsTwice() => Assert.Distinct(All.Select(family => family.Name));

    [Fact]
    public void EveryFamilyOfAClusterBeginsWithTheClusterLabelAndThePrefix() =>
        Assert.All(
            Catalogue.Cluster,
            entry =>
            {
                Assert.Equal("cluster", entry.Family.Labels[0]);
                Assert.StartsWith("clustermgr_", entry.Family.Name, StringComparison.Ordinal);
            }
        );

    /// <summary>Except the one about clusters that are no longer on a page.</summary>
    [Fact]
    public void NoFamilyOfTheExporterItselfNamesACluster() =>
        Assert.All(
            ExporterSeries.All.Remove(ExporterSeries.Unwatched),
            series => Assert.DoesNotContain("cluster", series.Labels)
        );

    [Fact]
    public void EveryFamilyIsRenderedWhereAllIsKnownAndNothingElseIs()
    {
        var page = Samples.Scrape(MetricsFormat.Text004, Samples.Full());

        var rendered = page.Families.ToDictionary(family => family.Name);
        Assert.Equal(
            All.Select(series => series.Name).Order(StringComparer.Ordinal),
            rendered.Keys.Order(StringComparer.Ordinal)
        );
        foreach (var series in All)
        {
            Assert.Equal(series.Help, rendered[series.Name].Help);
            Assert.NotEmpty(rendered[series.Name].Samples);
            Assert.All(
                rendered[series.Name].Samples,
                sample =>
                    Assert.Equal(
                        series.Labels,
                        // Buckets have le, and clustermgr_cluster_info has the labels from the configuration.
                        sample.Labels.Select(label => label.Name).Where(name => name is not ("le" or "region"))
                    )
            );
        }
    }

    [Fact]
    public void EveryHelpIsAShortSentenceAndTheNotesSayWhenTheSeriesIsAbsent()
    {
        Assert.All(All, series => Assert.Matches(@"^[0-9A-Z].*\.$", series.Help));
        Assert.All(All, series => Assert.InRange(series.Help.Length, 5, LongestHelp));
        Assert.All(All, series => Assert.DoesNotContain("bsent", series.Help, StringComparison.Ordinal));
        // These are always present: counters, and what the exporter knows about itself.
        var always = All.Where(series => !series.Notes.Contains("bsent", StringComparison.Ordinal));
        Assert.Equal(
            ["clustermgr_raft_leader_changes_total"],
            always.Select(series => series.Name).Except(ExporterSeries.All.Select(series => series.Name))
        );
    }

    /// <summary>Every field of /stat in the spelling of master, as running clusters answer it. leader_host is text, and
    /// says the same as the leader's node ID.</summary>
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
        var named = All.SelectMany(series =>
                $"{series.Help} {series.Notes}".Split(' ', '.', ',', '(', ')', ';', '[', ']')
            )
            .ToHashSet();

        Assert.All(fields, field => Assert.Contains(field, named));
    }

    [Fact]
    public void EveryNumberOfAnAnswerReachesThePage()
    {
        var page = Samples.Scrape(MetricsFormat.Text004, Samples.Full());

        // The numbers of the sample's leader: each field of space, IDCs and volumes has a different one.
        int[] expected =
        [
            .. Enumerable.Range(1001, 8),
            .. Enumerable.Range(2001, 8),
            .. Enumerable.Range(3001, 6),
            .. Enumerable.Range(1100, 9),
            1112,
            1113,
            1114,
            .. Enumerable.Range(1200, 9),
            1212,
            1213,
            1214,
            .. Enumerable.Range(2100, 9),
            2110,
            2111,
            4001,
            4002,
            4101,
            4102,
            4103,
            4104,
            4201,
            4202,
            4203,
            4204,
        ];
        var values = page.Samples.Select(sample => sample.Value).ToHashSet();
        Assert.All(expected, number => Assert.Contains((double)number, values));
    }
}
