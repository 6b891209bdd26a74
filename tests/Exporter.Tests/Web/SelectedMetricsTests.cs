using System.Collections.Immutable;
using System.Net;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Polling;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>Pages of selected clusters, and the targets that lead to them.</summary>
public sealed class SelectedMetricsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AClusterIsSelectedByItsNameAndSeveralInAnyOrder()
    {
        await using var site = await StatusSite.StartAsync("a", "b", "c");
        var one = await site.TextAsync("/prom/metrics?cluster=b");
        Assert.Equal(["b"], Clusters(one));
        Assert.Contains("clustermgr_exporter_build_info", one, StringComparison.Ordinal);
        var two = await site.TextAsync("/prom/metrics?cluster=c&cluster=a");
        Assert.Equal(["c", "a"], Clusters(two));
        Assert.Equal(["a", "c"], Clusters(await site.TextAsync("/prom/metrics?cluster=a&cluster=c&cluster=a")));
        Assert.Equal(["a", "b", "c"], Clusters(await site.TextAsync("/prom/metrics")));
        Assert.Equal(["a", "b", "c"], Clusters(await site.TextAsync("/prom/metrics?other=1")));
    }

    [Theory]
    [InlineData("/prom/metrics?cluster=prud", 404, "no cluster \"prud\" is configured; did you mean \"prod\"?\n")]
    [InlineData("/prom/metrics?cluster=prod&cluster=", 404, "no cluster \"\" is configured; /sd lists them all\n")]
    [InlineData("/probe?cluster=prud", 404, "no cluster \"prud\" is configured; did you mean \"prod\"?\n")]
    [InlineData("/probe", 400, "name the cluster to probe, as /probe?cluster=NAME; /sd lists them all\n")]
    [InlineData(
        "/probe?cluster=prod&cluster=test",
        400,
        "name one cluster; /metrics?cluster=A&cluster=B takes several\n"
    )]
    public async Task WhatIsNotThereIsAnErrorWithTheNextStep(string path, int status, string expected)
    {
        await using var site = await StatusSite.StartAsync("prod", "test");
        Assert.Equal(expected, await site.TextAsync(path, (HttpStatusCode)status));
    }

    [Fact]
    public async Task AProbeIsOneClusterAndWhetherAnybodyAnswers()
    {
        await using var site = await StatusSite.StartAsync("prod", "test");
        var page = await site.TextAsync("/probe?cluster=prod");
        Assert.Equal(["prod"], Clusters(page));
        Assert.EndsWith("\nprobe_success 1\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("clustermgr_exporter_", page, StringComparison.Ordinal);

        site.Polled.Members.Instead = (_, _, _) => throw ScriptedMembers.Refused;
        site.Polled.Run(60);
        Assert.EndsWith("\nprobe_success 0\n", await site.TextAsync("/probe?cluster=prod"), StringComparison.Ordinal);
        using var open = await site.GetAsync(
            "/probe?cluster=prod",
            ("Accept", "application/openmetrics-text; version=1.0.0")
        );
        Assert.EndsWith(
            "\nprobe_success 0\n# EOF\n",
            await open.Content.ReadAsStringAsync(Ct),
            StringComparison.Ordinal
        );
    }

    /// <summary>The probe waits as long as the scrape timeout allows, and no longer.</summary>
    [Fact]
    public async Task AClusterThatWasNotPolledYetIsWaitedFor()
    {
        var polled = new PollingFixture
        {
            Config = new ExporterConfig { Clusters = [PollingFixture.Cluster("prod", "abc")] },
        };
        polled.Members.Instead = (_, _, ct) => polled.Members.HangAsync(ct);
        await using var site = await StatusSite.StartAsync(polled, seconds: 0);
        var waiting = site.GetAsync("/probe?cluster=prod", ("X-Prometheus-Scrape-Timeout-Seconds", "2"));
        await Task.Delay(100, Ct);
        Assert.False(waiting.IsCompleted);
        // The clock stops at the scrape's timeout, before that of the poll (3 s).
        for (var i = 0; i < 20; i++)
        {
            site.Polled.Run(0.1);
            await Task.Delay(5, Ct);
        }
        using var answer = await waiting.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Contains("probe_success 0", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EachClusterIsATargetAtTheAddressThatWasAsked()
    {
        var polled = new PollingFixture
        {
            Config = new ExporterConfig
            {
                Clusters =
                [
                    PollingFixture.Cluster("prod z0", "abc") with
                    {
                        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("region", "eu \"1\""),
                    },
                    PollingFixture.Cluster("test", "abc"),
                ],
            },
        };
        await using var site = await StatusSite.StartAsync(polled);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sd");
        request.Headers.Host = "exporter.example:19998";
        using var answer = await site.Http.SendAsync(request, Ct);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            """
            [{"targets":["exporter.example:19998"],"labels":{"__metrics_path__":"/prom/metrics","__param_cluster":"prod z0",
            "__scheme__":"http","instance":"prod z0","region":"eu \u00221\u0022"}},
            {"targets":["exporter.example:19998"],"labels":{"__metrics_path__":"/prom/metrics","__param_cluster":"test",
            "__scheme__":"http","instance":"test"}}]
            """.ReplaceLineEndings(""),
            await answer.Content.ReadAsStringAsync(Ct)
        );
        Assert.Contains(
            "clustermgr_cluster_info{cluster=\"prod z0\",region=\"eu \\\"1\\\"\"} 1\n",
            await site.TextAsync("/prom/metrics"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "clustermgr_cluster_info{cluster=\"test\"",
            await site.TextAsync("/prom/metrics"),
            StringComparison.Ordinal
        );
    }

    /// <summary>As a label of the target it would replace the label of the series, which the rules need.</summary>
    [Fact]
    public void NoLabelOfASeriesCanBeGivenToACluster() =>
        Assert.Empty(
            Catalogue
                .Cluster.SelectMany(entry => entry.Family.Labels)
                .Distinct()
                .Except(LabelsReader.Reserved, StringComparer.Ordinal)
        );

    [Fact]
    public async Task WhereNoClusterIsConfiguredYetThePageSaysSoAndIsNotAskedWithoutRest()
    {
        await using var site = await StatusSite.StartAsync(
            new PollingFixture { Config = new ExporterConfig { Clusters = [] } }
        );
        var page = await site.TextAsync("/?page=all");
        Assert.Contains("<title>No cluster is configured yet · ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("healthy", page, StringComparison.Ordinal);
        Assert.Contains("data-every=\"5\"", page, StringComparison.Ordinal);
        Assert.Equal("[]", await site.TextAsync("/sd"));
    }

    [Fact]
    public async Task ASelectionIsCompressedLikeTheWholePage()
    {
        await using var site = await StatusSite.StartAsync("a", "b");
        using var answer = await site.GetAsync("/prom/metrics?cluster=b", ("Accept-Encoding", "gzip"));
        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        await using var body = new System.IO.Compression.GZipStream(
            await answer.Content.ReadAsStreamAsync(Ct),
            System.IO.Compression.CompressionMode.Decompress
        );
        using var text = new StreamReader(body);
        Assert.Equal(["b"], Clusters(await text.ReadToEndAsync(Ct)));
    }

    private static IEnumerable<string> Clusters(string page) =>
        page.Split('\n')
            .Where(line => line.StartsWith("clustermgr_cluster_quorum{", StringComparison.Ordinal))
            .Select(line => line.Split('"')[1]);
}
