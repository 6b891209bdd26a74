using System.Text.Json.Nodes;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>A real Prometheus scrapes the real program in both formats, with healthy and broken clusters.</summary>
public sealed class PrometheusTests
{
    private static readonly TimeSpan ShownDeadline = TimeSpan.FromSeconds(120);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PrometheusTakesEveryScrapeWithoutAComplaintAndAnswersWhatTheClusterSays()
    {
        Programs.Need("prometheus", "prometheus");
        await using var demo = await ExporterProcess.StartAsync(["demo", "--clusters=2"], Ct);
        await demo.ReadyAsync(Ct);
        await using var textOnly = await ScrapeProxy.TextOnlyAsync(demo.Metrics, Ct);
        await using var prometheus = await PrometheusProcess.StartAsync(
            [("openmetrics", demo.Metrics), ("text", textOnly.Url)],
            Ct
        );

        // Both clusters are healthy.
        await ScrapedAsync(prometheus, 3);
        foreach (var job in (string[])["openmetrics", "text"])
        {
            Assert.Equal(1, await prometheus.ValueAsync($"up{{job=\"{job}\"}}", Ct));
            Assert.Equal(6, await prometheus.ValueAsync($"sum(clustermgr_up{{job=\"{job}\"}})", Ct));
            var stat = await StatOfAsync(await LeaderAsync(prometheus, job, "demo-1"));
            Assert.Equal(
                stat["raft_status"]!["term"]!.GetValue<double>(),
                await prometheus.ValueAsync($"max(clustermgr_raft_term{{job=\"{job}\",cluster=\"demo-1\"}})", Ct)
            );
            foreach (
                var state in (string[])
                    ["available", "readonly", "expired", "broken", "repairing", "repaired", "dropping", "dropped"]
            )
            {
                Assert.Equal(
                    DisksOf(stat, state),
                    await prometheus.ValueAsync(
                        $"sum(clustermgr_disks{{job=\"{job}\",cluster=\"demo-1\",node_type=\"blobnode\","
                            + $"state=\"{state}\"}})",
                        Ct
                    )
                );
            }
            Assert.True(DisksOf(stat, "available") > 0);
        }
        // Only OpenMetrics has the type info, so both formats were scraped.
        Assert.Equal("info", await TypeAsync(prometheus, "openmetrics", "clustermgr_member"));
        Assert.Equal("gauge", await TypeAsync(prometheus, "text", "clustermgr_member_info"));

        // Both are broken: one has no leader, the other a broken disk.
        var dead = await LeaderAsync(prometheus, "text", "demo-2");
        await demo.Child.TypeAsync("demo-2 kill leader", Ct);
        await demo.Child.TypeAsync("demo-1 switch disk_repair false", Ct); // otherwise it is repaired at once
        await demo.Child.TypeAsync("demo-1 disk 5 broken", Ct);
        await HoldsAsync(prometheus, $"sum(clustermgr_up{{cluster=\"demo-2\",member=\"{dead}\"}})", 0);
        // one disk, scraped twice
        await HoldsAsync(prometheus, "sum(clustermgr_disks{cluster=\"demo-1\",state=\"broken\"})", 2);
        await HoldsAsync(
            prometheus,
            $"count(clustermgr_raft_state{{cluster=\"demo-2\",state=\"leader\",member!=\"{dead}\"}} == 1)",
            2
        );
        Assert.Equal(1, DisksOf(await StatOfAsync(await LeaderAsync(prometheus, "text", "demo-1")), "broken"));
        await ScrapedAsync(prometheus, 3);

        await HoldsAsync(prometheus, "sum(up{job=~\"openmetrics|text\"})", 2);
        // No page was ever refused. A busy machine may answer too late, which is not an error of the page.
        Assert.Empty(prometheus.RefusedScrapes);
        foreach (
            var name in (string[])
                [
                    "sample_duplicate_timestamp",
                    "sample_out_of_order",
                    "sample_out_of_bounds",
                    "exceeded_sample_limit",
                    "exceeded_body_size_limit",
                ]
        )
        {
            Assert.Equal(0, await prometheus.ValueAsync($"prometheus_target_scrapes_{name}_total", Ct));
        }
        Assert.Empty(prometheus.Complaints);
    }

    /// <summary>Waits for this many more scrapes of every target.</summary>
    private static async Task ScrapedAsync(PrometheusProcess prometheus, int scrapes)
    {
        const string Count = "sum(prometheus_target_interval_length_seconds_count)";
        var before = await prometheus.ValueAsync(Count, Ct) ?? 0;
        await Eventually.HoldsAsync(
            ShownDeadline,
            $"{scrapes} scrapes more",
            async stop =>
                await prometheus.ValueAsync(Count, stop) >= before + (scrapes * 3)
                && await prometheus.ValueAsync("sum(up)", stop) == 3,
            () => prometheus.Child,
            Ct
        );
    }

    private static Task HoldsAsync(PrometheusProcess prometheus, string expression, double value) =>
        Eventually.HoldsAsync(
            ShownDeadline,
            $"{expression} is {value}",
            async stop => await prometheus.ValueAsync(expression, stop) == value,
            () => prometheus.Child,
            Ct
        );

    private static async Task<string> LeaderAsync(PrometheusProcess prometheus, string job, string cluster)
    {
        var leaders = await prometheus.QueryAsync(
            $"clustermgr_raft_state{{job=\"{job}\",cluster=\"{cluster}\",state=\"leader\"}} == 1",
            Ct
        );
        return Assert.Single(leaders).Labels["member"]!.GetValue<string>();
    }

    private static async Task<JsonNode> StatOfAsync(string member)
    {
        using var http = new HttpClient { Timeout = ExporterProcess.Patience };
        return JsonNode.Parse(await http.GetStringAsync($"http://{member}/stat", Ct))!;
    }

    private static double DisksOf(JsonNode stat, string state) =>
        stat["space_stat"]!["disk_stat_infos"]!.AsArray().Sum(row => row![state]!.GetValue<double>());

    private static async Task<string?> TypeAsync(PrometheusProcess prometheus, string job, string metric)
    {
        var answer = await prometheus.GetAsync(
            $"/api/v1/targets/metadata?metric={metric}&match_target={Uri.EscapeDataString($"{{job=\"{job}\"}}")}",
            Ct
        );
        return answer["data"]!.AsArray() is [var only] ? only!["type"]!.GetValue<string>() : answer.ToJsonString();
    }
}
