using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed class ManyScrapesTests
{
    private const int Scrapes = 1000;
    private const int AtOnce = 100;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AThousandScrapesDuringPollsNeverSeeHalfOfOne()
    {
        // every poll sees a different index
        await using var left = LocalCluster.Start(new SimulatorOptions { WritesPerSecond = 500 });
        await using var right = LocalCluster.Start();
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            "poll_interval: 100ms\nstale_after: 100\nclusters:\n"
                + string.Concat(
                    new[] { ("left", left), ("right", right) }.Select(entry =>
                        $"- name: {entry.Item1}\n  members: "
                        + $"[{string.Join(", ", entry.Item2.Members.Select(member => $"http://{member}"))}]\n"
                    )
                )
        );
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={file}"], Ct);
        await exporter.ScrapeUntilAsync(
            "all are up",
            page => page.All("clustermgr_up").Count(up => up.Text == "1") == 6,
            Ct
        );
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = AtOnce })
        {
            Timeout = ExporterProcess.Patience,
        };

        var commits = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Scrapes),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Ct },
            async (i, ct) =>
            {
                // The leader changes meanwhile, too.
                if (i == Scrapes / 3)
                {
                    right.Simulated.TransferLeadership(right.Simulated.Followers[0]);
                }
                var page = await ScrapeAsync(http, exporter.Metrics, i, ct);
                Check(page);
                commits.Add(page.One("clustermgr_raft_commit_index", $"member={left.Members[0]}").Text);
            }
        );

        Assert.Equal(Scrapes, commits.Count);
        Assert.True(commits.Distinct().Count() > 1, "nothing was polled between the scrapes: the test is meaningless");
    }

    private static void Check(ScrapedPage page)
    {
        // The parser refuses split families, duplicate series, and a page without an end.
        foreach (var cluster in (string[])["cluster=left", "cluster=right"])
        {
            Assert.Equal(3, page.All("clustermgr_up", cluster).Count());
            var states = page.All("clustermgr_raft_state", cluster).GroupBy(state => state.Label("member")).ToList();
            Assert.Equal(3, states.Count);
            Assert.All(states, member => Assert.Single(member, state => state.Text == "1"));
            // Peers are shown exactly if one member leads in the highest term: both come from the same analysis.
            var terms = page.All("clustermgr_raft_term", cluster)
                .ToDictionary(term => term.Label("member"), term => term.Value);
            var leaders = page.All("clustermgr_raft_state", cluster, "state=leader")
                .Count(state => state.Text == "1" && terms[state.Label("member")] == terms.Values.Max());
            Assert.Equal(leaders == 1 ? 3 : 0, page.All("clustermgr_raft_peer_match_index", cluster).Count());
            Assert.Equal(leaders == 1 ? 4 : 0, page.All("clustermgr_volumes", cluster).Count());
        }
    }

    /// <summary>Scrapes in one of the four combinations of format and compression.</summary>
    private static async Task<ScrapedPage> ScrapeAsync(HttpClient http, Uri metrics, int i, CancellationToken ct)
    {
        var format = i % 2 == 0 ? MetricsFormat.Text004 : MetricsFormat.OpenMetrics1;
        using var request = new HttpRequestMessage(HttpMethod.Get, metrics);
        request.Headers.Add("Accept", format == MetricsFormat.Text004 ? "text/plain" : "application/openmetrics-text");
        if (i % 4 >= 2)
        {
            request.Headers.Add("Accept-Encoding", "gzip");
        }
        using var answer = await http.SendAsync(request, ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(i % 4 >= 2, answer.Content.Headers.ContentEncoding.Contains("gzip"));
        Stream body = new MemoryStream(await answer.Content.ReadAsByteArrayAsync(ct));
        if (i % 4 >= 2)
        {
            body = new GZipStream(body, CompressionMode.Decompress);
        }
        using var plain = new MemoryStream();
        await body.CopyToAsync(plain, ct);
        return ExpositionParser.Parse(plain.ToArray(), format);
    }
}
