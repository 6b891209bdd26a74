using System.Net;
using System.Text.RegularExpressions;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using ClustermgrSimulator.Storage;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed class PagesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadyWaitsForTheFirstPollsEvenWhereEveryMemberHangsAndHealthyDoesNot()
    {
        await using var cluster = LocalCluster.Start();
        foreach (var member in cluster.Simulated.Members)
        {
            cluster.Simulated.Hang(member.Id);
        }
        await using var exporter = await ExporterProcess.StartAsync(
            [
                .. cluster.Flags,
                "--clustermgr.timeout=8s",
                "--clustermgr.poll-interval=10s",
                "--clustermgr.cluster=hangs",
            ],
            Ct
        );

        using var healthy = await exporter.GetAsync("/-/healthy", Ct);
        using var early = await exporter.GetAsync("/-/ready", Ct);
        var page = await exporter.ScrapeAsync(Ct);
        var status = await exporter.TextAsync("/", Ct);

        Assert.Equal(
            (HttpStatusCode.OK, "clustermgr-exporter is healthy.\n"),
            (healthy.StatusCode, await healthy.Content.ReadAsStringAsync(Ct))
        );
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "not ready: waiting for the first poll of 1 cluster: hangs\n"),
            (early.StatusCode, await early.Content.ReadAsStringAsync(Ct))
        );
        Assert.Empty(page.All("clustermgr_up")); // neither 0 nor 1: not known yet
        Assert.Contains("not polled yet", status, StringComparison.Ordinal);

        await exporter.ReadyAsync(Ct);
        var timedOut = await exporter.ScrapeAsync(Ct);
        Assert.Equal(["0", "0", "0"], timedOut.All("clustermgr_up").Select(up => up.Text));
        Assert.All(
            timedOut.All("clustermgr_polls_total", "endpoint=stat", "outcome=timeout"),
            polls => Assert.Equal("1", polls.Text)
        );
    }

    [Fact]
    public async Task AClusterThatRefusesEveryConnectionIsReadyAndDown()
    {
        await using var exporter = await ExporterProcess.StartAsync(
            ["--clustermgr.url=http://127.0.0.1:1", "--clustermgr.member=m:1"],
            Ct
        );
        await exporter.ReadyAsync(Ct);

        var page = await exporter.ScrapeAsync(Ct);

        Assert.Equal("0", page.One("clustermgr_up", "member=m:1").Text);
        Assert.True(page.One("clustermgr_polls_total", "endpoint=stat", "outcome=refused").Value >= 1);
        Assert.Empty(page.All("clustermgr_raft_term"));
    }

    [Fact]
    public async Task TheStatusPageNamesEveryClusterAndItsStateInWords()
    {
        await using var well = LocalCluster.Start(new SimulatorOptions { RefreshInterval = TimeSpan.FromSeconds(1) });
        await using var ill = LocalCluster.Start(new SimulatorOptions { RefreshInterval = TimeSpan.FromSeconds(1) });
        Assert.True(ill.Simulated.SetDisk(5, SimulatedDiskStatus.Broken));
        ill.Simulated.Kill(ill.Simulated.Followers[0]);
        using var folder = new TempFolder();
        await using var exporter = await ExporterProcess.StartAsync(
            [$"--config.file={Config(folder, ("well", well), ("ill", ill))}"],
            Ct
        );

        var rows = await Eventually.FindAsync(
            ExporterProcess.Patience,
            "the page tells the two apart",
            async stop =>
            {
                var page = await exporter.TextAsync("/", stop);
                var well = RowOf(page, "well");
                var ill = RowOf(page, "ill");
                return
                    well.Contains("healthy", StringComparison.Ordinal)
                    && ill.Contains("DiskBroken", StringComparison.Ordinal)
                    && ill.Contains("MemberDown", StringComparison.Ordinal)
                    ? new { well, ill }
                    : null;
            },
            () => exporter.Child,
            Ct
        );

        Assert.Contains(">3 of 3</td>", rows.well, StringComparison.Ordinal);
        Assert.Contains($">{well.Label(well.Simulated.Leader!.Value)}</td>", rows.well, StringComparison.Ordinal);
        Assert.Contains(">2 of 3</span></td>", rows.ill, StringComparison.Ordinal);
        Assert.Contains("1 disk is broken: 1 in z0.", rows.ill, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NamesThatAreMarkupStayText()
    {
        const string Script = "<script>alert(1)</script>\"&'";
        await using var cluster = LocalCluster.Start(
            new SimulatorOptions
            {
                Idcs = ["<img src=x onerror=alert(2)>", "z\"1\\\n"],
                RefreshInterval = TimeSpan.FromSeconds(1),
            }
        );
        Assert.True(cluster.Simulated.SetDisk(1, SimulatedDiskStatus.Broken));
        using var folder = new TempFolder();
        await using var exporter = await ExporterProcess.StartAsync(
            [$"--config.file={Config(folder, (Script, cluster))}"],
            Ct
        );

        var html = await Eventually.FindAsync(
            ExporterProcess.Patience,
            "the broken disk shows",
            async stop =>
                await exporter.TextAsync("/", stop) is var page && page.Contains("DiskBroken", StringComparison.Ordinal)
                    ? page
                    : null,
            () => exporter.Child,
            Ct
        );
        var page = await exporter.ScrapeUntilAsync(
            "the broken disk is listed",
            page => page.All("clustermgr_disk_info").Any(),
            Ct
        );

        Assert.Equal(
            ["<script type=\"module\" src=\"assets/status.js\">"],
            Regex.Matches(html, "<script[^>]*>").Select(tag => tag.Value)
        );
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Script, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Contains("<img src=x onerror=alert(2)>", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        // The exposition contains them unchanged.
        Assert.All(page.All("clustermgr_up"), up => Assert.Equal(Script, up.Label("cluster")));
        Assert.Equal("<img src=x onerror=alert(2)>", page.All("clustermgr_disk_info").Single().Label("idc"));
        Assert.Contains(page.All("clustermgr_disks_registered"), disks => disks.Label("idc") == "z\"1\\\n");
        // No value adds a line to the log.
        Assert.All(
            exporter.Child.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("ts=", line, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task OtherPagesAndMethodsAreRefusedInWordsAndHeadAnswersAsGetWithoutABody()
    {
        await using var exporter = await ExporterProcess.StartAsync(
            ["--clustermgr.url=http://127.0.0.1:1", "--web.telemetry-path=/prom/metrics"],
            Ct
        );
        await exporter.ReadyAsync(Ct);

        foreach (
            var path in (string[])
                ["/metrics", "/favicon.ico", "/-/", "/prom/metrics/", "/PROM/METRICS", "/%2e%2e/etc/passwd"]
        )
        {
            using var answer = await exporter.GetAsync(path, Ct);
            Assert.Equal(
                (HttpStatusCode.NotFound, "no such page; metrics are at /prom/metrics\n"),
                (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct))
            );
        }
        foreach (
            var path in (string[])
                ["/", "/runbooks", "/api/v1/clusters", "/assets/status.css", "/prom/metrics", "/-/healthy", "/-/ready"]
        )
        {
            using var posted = await exporter.SendAsync(HttpMethod.Post, path, Ct);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
            Assert.Equal(["GET", "HEAD"], posted.Content.Headers.Allow);

            using var head = await exporter.SendAsync(HttpMethod.Head, path, Ct);
            using var got = await exporter.GetAsync(path, Ct);
            Assert.Equal(
                (HttpStatusCode.OK, got.Content.Headers.ContentType),
                (head.StatusCode, head.Content.Headers.ContentType)
            );
            Assert.True(head.Content.Headers.ContentLength > 0);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));
        }
    }

    private static string Config(TempFolder folder, params (string Name, LocalCluster Cluster)[] clusters) =>
        folder.Write(
            "exporter.yaml",
            "poll_interval: 500ms\ndisk_interval: 1s\nclusters:\n"
                + string.Concat(
                    clusters.Select(entry =>
                        $"- name: '{entry.Name.Replace("'", "''", StringComparison.Ordinal)}'\n"
                        + $"  members: "
                        + $"[{string.Join(", ", entry.Cluster.Members.Select(member => $"http://{member}"))}]\n"
                    )
                )
        );

    /// <summary>The row of a cluster, from its name to the end.</summary>
    private static string RowOf(string html, string cluster)
    {
        var start = html.IndexOf($">{cluster}<", StringComparison.Ordinal);
        return start < 0 ? "" : html[start..html.IndexOf("</tr>", start, StringComparison.Ordinal)];
    }
}
