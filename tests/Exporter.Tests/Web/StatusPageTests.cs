using System.Net;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Cli;
using ClustermgrExporter.Tests.Polling;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using ClustermgrSimulator.Storage;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>The page without scripts.</summary>
public sealed partial class StatusPageTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>\"'\n&amp;";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SeveralClustersAreAListAndItsTitleIsTheState()
    {
        await using var site = await StatusSite.StartAsync("prod", "test");
        var page = await site.TextAsync("/");
        Assert.Contains(
            "<title>2 of 2 clusters not healthy · clustermgr-exporter</title>",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("<h1 tabindex=\"-1\">Clusters</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"?cluster=prod\">prod</a></th>", page, StringComparison.Ordinal);
        Assert.Contains(
            "<b>ServiceOffline</b>\n<span class=\"sentence\">1 of 2 registered proxy",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("<a class=\"runbook\" href=\"runbooks?cluster=prod#clustermgrserviceoffline\">runbook", page);
        Assert.Contains("<link rel=\"icon\" href=\"assets/icon-ticket.svg\"", page);
        Assert.Contains("data-of=\"Members up\" data-by=\"1\">3 of 3</td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItSaysWhoTellsOfAlerts()
    {
        await using var none = await StatusSite.StartAsync("prod", "test");
        Assert.DoesNotContain("class=\"alerting\"", await none.TextAsync("/"), StringComparison.Ordinal);
        var polled = new PollingFixture
        {
            Config = new ExporterConfig { Clusters = [PollingFixture.Cluster("prod", "abc")] },
        };
        await using var sends = await StatusSite.StartAsync(polled, alerting: Exposition.Samples.Alerting);
        Assert.Contains(
            "<p class=\"alerting\">This exporter sends alerts to Alertmanager itself: 1 firing, 2 pending by its own\njudgement.",
            await sends.TextAsync("/"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task OneClusterIsItsDetail()
    {
        await using var site = await StatusSite.StartAsync(clock =>
        {
            var cluster = new SimulatedCluster(
                new SimulatorOptions
                {
                    FirstLeader = 1,
                    FirstTerm = 7,
                    RefreshInterval = TimeSpan.FromSeconds(1),
                },
                clock
            );
            Assert.True(cluster.SetDisk(5, SimulatedDiskStatus.Broken));
            cluster.SetSwitch("balance", "Enable");
            cluster.Kill(3);
            return cluster;
        });
        site.Polled.Run(60);
        var page = await site.TextAsync("/");
        Assert.Contains("<title>not healthy, ", page, StringComparison.Ordinal);
        Assert.Contains("<h1 tabindex=\"-1\">prod-z0</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("All clusters", page, StringComparison.Ordinal); // there is no other
        Assert.Contains("<b>DiskBroken</b>\n<span class=\"sentence\">1 disk is broken", page, StringComparison.Ordinal);
        Assert.True(
            page.IndexOf("<li class=\"ticket\"", StringComparison.Ordinal)
                > page.LastIndexOf("<li class=\"page\"", StringComparison.Ordinal)
        );
        Assert.Contains("<caption>Disks that are not normal</caption>", page, StringComparison.Ordinal);
        Assert.Matches(
            """>5</th><td [^>]*data-of="State"><span class="bad">broken</span></td><td [^>]*data-of="Since"><time """
                + """datetime="2026-01-01T00:0\d:\d\d.\d{3}Z" data-told="ago">2026-01-01 00:0\d:\d\d UTC</time>""",
            page
        );
        Assert.Contains(
            "<span class=\"odd\">ineffective</span></td><td role=\"cell\" "
                + "data-of=\"Raw value\"><code>&quot;Enable&quot;</code>",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("<span class=\"odd\">refused</span>: ", page, StringComparison.Ordinal);
        Assert.Contains("<b>10.0.0.1:9998</b><small>node 1, term 7</small>", page, StringComparison.Ordinal);
        Assert.Contains("<ol class=\"timeline\"", page, StringComparison.Ordinal);
    }

    /// <summary>The whole of both pages, so that every change of what people see is reviewed.</summary>
    [Fact]
    public async Task AListAndADetailAreTheGoldenOnes()
    {
        await using var site = await StatusSite.StartAsync(clock =>
        {
            var cluster = new SimulatedCluster(
                new SimulatorOptions
                {
                    FirstLeader = 1,
                    FirstTerm = 7,
                    RefreshInterval = TimeSpan.FromSeconds(1),
                },
                clock
            );
            Assert.True(cluster.SetDisk(5, SimulatedDiskStatus.Broken));
            Assert.True(cluster.SetDisk(6, SimulatedDiskStatus.Repairing));
            cluster.SetSwitch("balance", "Enable");
            cluster.SetSwitch("disk_repair", "false");
            cluster.Schedule(TimeSpan.FromMinutes(2), late => late.Kill(3));
            return cluster;
        });
        site.Polled.Run(300);
        GoldenFile.AssertMatches("tests/Exporter.Tests/Golden/page/detail.html", MainOf(await site.TextAsync("/")));

        await using var list = await StatusSite.StartAsync("prod", Hostile);
        GoldenFile.AssertMatches(
            "tests/Exporter.Tests/Golden/page/list.html",
            MainOf(await list.TextAsync("/?q=prod"))
        );
    }

    [Fact]
    public async Task APageThatHasNotChangedIsNotSentAgain()
    {
        await using var site = await StatusSite.StartAsync("prod", "test");
        foreach (var path in (string[])["/", "/?page=all", "/?cluster=prod", "/?q=x"])
        {
            using var first = await site.GetAsync(path);
            using var again = await site.GetAsync(path, ("If-None-Match", first.Headers.ETag!.ToString()));
            Assert.Equal((path, HttpStatusCode.NotModified), (path, again.StatusCode));
        }
    }

    [Fact]
    public async Task ADetailIsFoundByNameAndAnUnknownOneIsToldWithTheNearest()
    {
        await using var site = await StatusSite.StartAsync("prod", Hostile);
        Assert.Contains(
            "<h1 tabindex=\"-1\">prod</h1>",
            await site.TextAsync("/?cluster=prod"),
            StringComparison.Ordinal
        );
        var odd = await site.TextAsync($"/?cluster={Uri.EscapeDataString(Hostile)}");
        Assert.Contains(Hostile, WebUtility.HtmlDecode(odd), StringComparison.Ordinal);
        var unknown = await site.TextAsync("/?cluster=prud<b>", HttpStatusCode.NotFound);
        Assert.Contains(
            "<h1 tabindex=\"-1\">No cluster &quot;prud&lt;b&gt;&quot; is configured</h1>",
            unknown,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "<a href=\"?cluster=prod\">prod</a>?",
            await site.TextAsync("/?cluster=prud", HttpStatusCode.NotFound),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/?q=<script>&findings=1")]
    [InlineData("/?cluster=hostile")]
    [InlineData("/?cluster=nobody")]
    [InlineData("/runbooks")]
    public async Task EveryPageIsGoodHtmlWithoutScriptOrStyleOfItsOwnAndNamesNothingElsewhere(string path)
    {
        var polled = new PollingFixture
        {
            Config = new ExporterConfig
            {
                Clusters = [PollingFixture.Cluster("hostile", "abc"), PollingFixture.Cluster(Hostile, "abc")],
            },
        };
        polled.Members.Instead = (member, path, _) => Task.FromResult(HostileAnswer(member, path));
        await using var site = await StatusSite.StartAsync(polled);
        using var answer = await site.GetAsync(path);
        var page = await answer.Content.ReadAsStringAsync(Ct);

        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri "
                + "'none'; "
                + "form-action 'self'; frame-ancestors 'none'",
            answer.Headers.GetValues("Content-Security-Policy").Single()
        );
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("<!doctype html>\n<html lang=\"en\">\n", page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "<h1[ >]"));
        Assert.Single(Regex.Matches(page, "<main[ >]"));
        Assert.Equal(Regex.Count(page, "<table[ >]"), Regex.Count(page, "<table[^>]*><caption"));
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(
            @"<style|style=""| on[a-z]+=""|<script(?! type=""module"" src=""assets/(status|runbooks)\.js""></script>)",
            page
        );
        Assert.All(
            Addresses().Matches(page),
            address =>
                Assert.Matches(@"^(\./|\?|#|assets/|api/|runbooks|(alerting|metrics)\.md)", address.Groups[1].Value)
        );
        Assert.Equal([], Unclosed(page));
    }

    [Fact]
    public async Task WhatMembersSayStaysText()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (member, path, _) => Task.FromResult(HostileAnswer(member, path));
        await using var site = await StatusSite.StartAsync(polled);
        var page = await site.TextAsync("/");
        string[] texts =
        [
            "<img onerror=alert(1)>\"", // the path of a disk
            "</table><script>", // its rack
            "n1'\"><img>:10110", // a peer
            "\"<img src=x>\"", // a switch
            "<svg onload=alert(2)>", // the IDC of a service
            "http://<i>", // a host that is offline
        ];
        foreach (var text in texts)
        {
            Assert.Contains(HtmlEncoder.Default.Encode(text), page, StringComparison.Ordinal);
        }
        Assert.DoesNotMatch("<(img|script(?! type=\"module\")|i>|svg onload)", page);
        var disk = (await site.JsonAsync("/api/v1/clusters/prod"))
            .GetProperty("cluster")
            .GetProperty("disks")
            .GetProperty("rows")[0];
        Assert.Equal(
            ("18446744073709551615", "/<img onerror=alert(1)>\""),
            (disk.GetProperty("id").GetString(), disk.GetProperty("path").GetString())
        );
    }

    [Fact]
    public async Task ThePageComesAgainByItselfWhereNoScriptRunsAndOnlyThere()
    {
        await using var site = await StatusSite.StartAsync("prod", "test");
        foreach (var path in (string[])["/", "/?cluster=prod"])
        {
            var page = await site.TextAsync(path);
            Assert.Contains(
                "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>\n</head>",
                page,
                StringComparison.Ordinal
            );
            Assert.Equal(1, Regex.Count(page, "http-equiv"));
        }
    }

    [Fact]
    public async Task AThousandClustersAreTenPagesAndASearchFindsAmongAll()
    {
        var names = Enumerable.Range(0, 1000).Select(i => $"cluster-{i:0000}").ToArray();
        await using var site = await StatusSite.StartAsync(names);
        Assert.Equal(names[..100], Rows(await site.TextAsync("/")));
        var third = await site.TextAsync("/?page=3");
        Assert.Equal(names[200..300], Rows(third));
        Assert.Contains(
            "<a rel=\"prev\" href=\"?page=2\">Previous</a> Page 3 of 10 <a rel=\"next\" href=\"?page=4\">Next</a>",
            third,
            StringComparison.Ordinal
        );
        Assert.Equal(names[900..], Rows(await site.TextAsync("/?page=9999")));
        foreach (var garbage in (string[])["0", "-1", "x", "", "1e3", "99999999999999999999"])
        {
            Assert.Equal(names[..100], Rows(await site.TextAsync($"/?page={garbage}")));
        }
        Assert.Equal(names, Rows(await site.TextAsync("/?page=all")));
        Assert.Equal(["cluster-0042"], Rows(await site.TextAsync("/?q=CLUSTER-0042")));
        Assert.Equal(["cluster-0042"], Rows(await site.TextAsync("/?q=0042%20clus")));
        Assert.Contains(
            "<p class=\"none\" data-well=\"\">No cluster matches.</p>",
            await site.TextAsync("/?q=nothing"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "href=\"?q=cluster-0&amp;findings=1&amp;page=2\"",
            await site.TextAsync("/?q=cluster-0&findings=1"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task OnlyThoseWithFindingsComeWorstFirst()
    {
        var clock = new ManualClock();
        var polled = new PollingFixture(
            clock: clock,
            transport: cluster => new ScriptedMembers(clock)
            {
                Instead = (member, path, _) =>
                    cluster.Name == "worst" && member != "a"
                        ? throw ScriptedMembers.Refused
                        : Task.FromResult<(int, string)?>(
                            path switch
                            {
                                "/config/get?key=vol_inspect" => (404, """{"error":"Not Found"}"""),
                                "/service/list" when cluster.Name == "good" => (200, """{"nodes":null}"""),
                                _ => null,
                            }
                        ),
            }
        )
        {
            Config = new ExporterConfig
            {
                Clusters =
                [
                    PollingFixture.Cluster("good", "abc"),
                    PollingFixture.Cluster("bad", "abc"),
                    PollingFixture.Cluster("worst", "abc"),
                ],
            },
        };
        await using var site = await StatusSite.StartAsync(polled);
        Assert.Equal(["worst", "bad", "good"], Rows(await site.TextAsync("/")));
        var page = await site.TextAsync("/?findings=1");
        Assert.Equal(["worst", "bad"], Rows(page));
        Assert.Contains("value=\"1\" checked>", page, StringComparison.Ordinal);
        Assert.Contains("<title>2 of 3 clusters not healthy · ", page, StringComparison.Ordinal);
        Assert.Contains("<p id=\"shown\" class=\"shown\">2 of 3 clusters</p>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheListIsSortedByAnyColumnAndSaysByWhich()
    {
        var clock = new ManualClock();
        var polled = new PollingFixture(
            clock: clock,
            transport: cluster => new ScriptedMembers(clock)
            {
                Instead = (member, _, _) =>
                    cluster.Name == "silent" || (cluster.Name == "c10" && member == "b")
                        ? throw ScriptedMembers.Refused
                        : Task.FromResult<(int, string)?>(null),
            }
        )
        {
            Config = new ExporterConfig
            {
                Clusters =
                [
                    .. ((string[])["c9", "silent", "B", "c10"]).Select(name => PollingFixture.Cluster(name, "abc")),
                ],
            },
        };
        await using var site = await StatusSite.StartAsync(polled);
        Assert.Equal(["silent", "c10", "c9", "B"], Rows(await site.TextAsync("/")));
        Assert.Equal(["B", "c10", "c9", "silent"], Rows(await site.TextAsync("/?sort=cluster")));
        Assert.Equal(["silent", "c9", "c10", "B"], Rows(await site.TextAsync("/?sort=-cluster")));
        Assert.Equal(["silent", "c10", "c9", "B"], Rows(await site.TextAsync("/?sort=members")));
        // Unknown values are last in both directions.
        Assert.Equal("silent", Rows(await site.TextAsync("/?sort=margin")).Last());
        Assert.Equal("silent", Rows(await site.TextAsync("/?sort=-margin")).Last());
        Assert.Equal(["silent", "c10", "c9", "B"], Rows(await site.TextAsync("/?sort=<script>"))); // no error
        var page = await site.TextAsync("/?sort=margin&q=c");
        Assert.Equal(1, Regex.Count(page, "aria-sort="));
        Assert.Contains(
            "aria-sort=\"ascending\"><a href=\"?q=c&amp;sort=-margin\" data-sort=\"margin\">May still fail</a></th>",
            page
        );
        Assert.Contains("<a href=\"?q=c&amp;sort=cluster\" data-sort=\"cluster\">Cluster</a>", page);
        Assert.Contains("<input type=\"hidden\" name=\"sort\" value=\"margin\">", page);
    }

    [Fact]
    public async Task ASearchSaysWhatItFoundARowByThatTheRowDoesNotShow()
    {
        await using var site = await StatusSite.StartAsync("prod");
        await using var two = await StatusSite.StartAsync("prod", "test");
        var page = await two.TextAsync("/?q=pro%20B:9998");
        Assert.Equal(["prod", "test"], Rows(await two.TextAsync("/?q=b:9998")));
        Assert.Contains("<small class=\"match\">matches b:9998</small>", page);
        Assert.Contains("<small class=\"match\"></small>", await two.TextAsync("/?q=prod"));
    }

    [Fact]
    public async Task WhereAllAreHealthyThoseWithFindingsAreNoneAndThatIsSaid()
    {
        var polled = Healthy("one", "two", "three");
        await using var site = await StatusSite.StartAsync(polled);
        var page = await site.TextAsync("/?findings=1");
        Assert.Contains(
            "<p class=\"none\" data-well=\"All 3 clusters are healthy.\">All 3 clusters are healthy.</p>",
            page
        );
        Assert.Contains("<title>3 clusters, all healthy · ", page);
        Assert.Contains("href=\"assets/icon-good.svg\"", page);
        Assert.Contains(
            "data-well=\"All 3 clusters are healthy.\">No cluster matches.</p>",
            await site.TextAsync("/?findings=1&q=nosuch")
        );
    }

    [Fact]
    public async Task TheOtherProgramsAreALinkAwayWhereTheyAreConfigured()
    {
        const string Odd = "a\"b\n";
        var polled = new PollingFixture
        {
            Config = new ExporterConfig
            {
                Clusters = [PollingFixture.Cluster("prod", "abc"), PollingFixture.Cluster(Odd, "abc")],
                Links = new()
                {
                    Grafana = new("https://grafana.example.com/g/"),
                    Alertmanager = new("http://am.example.com:9093"),
                },
            },
        };
        await using var site = await StatusSite.StartAsync(polled);
        var list = await site.TextAsync("/");
        Assert.Contains("<a href=\"https://grafana.example.com/g/d/clustermgr-fleet\">Grafana</a>", list);
        Assert.Contains("<a href=\"http://am.example.com:9093/#/alerts\">Alertmanager</a>", list);
        Assert.DoesNotContain(">Prometheus<", list);
        var odd = await site.TextAsync($"/?cluster={Uri.EscapeDataString(Odd)}");
        Assert.Contains("/d/clustermgr-cluster?var-cluster=a%22b%0A\"", odd);
        Assert.Contains("#/alerts?filter=%7Bcluster%3D%22a%5C%22b%5Cn%22%7D\"", odd);
        await using var none = await StatusSite.StartAsync("prod");
        Assert.DoesNotContain("Grafana", await none.TextAsync("/"));
    }

    [Fact]
    public async Task AShardsPageLeadsToTheOthersAndToTheirClusters()
    {
        var polled = new PollingFixture
        {
            Config = new ExporterConfig { Clusters = [PollingFixture.Cluster("prod", "abc")] },
        };
        var options = new ServerOptions([ListenAddress.Parse("127.0.0.1:0", _ => [], out _)!], "/metrics")
        {
            PeerUrls = [new("http://exporter-1:19998/"), new("https://shards.example.com/2/")],
        };
        await using var site = await StatusSite.StartAsync(polled, options: options);
        var page = await site.TextAsync("/");
        Assert.Contains("<a href=\"http://exporter-1:19998/\">exporter-1:19998</a>", page);
        Assert.Contains("<a href=\"https://shards.example.com/2/\">shards.example.com</a>", page);
        Assert.Contains(
            "<a href=\"https://shards.example.com/2/?cluster=test%22\">shards.example.com</a>",
            await site.TextAsync("/?cluster=test%22", HttpStatusCode.NotFound)
        );
    }

    [Fact]
    public async Task PlotsShowTenMinutesAnHourOrAllThatIsKept()
    {
        await using var site = await StatusSite.StartAsync(clock => new SimulatedCluster(
            new SimulatorOptions(),
            clock
        ));
        site.Polled.Run(3 * 3600);
        Assert.Contains("Term over the last 3 h", await site.TextAsync("/"));
        Assert.Matches("Term over the last (59 min|1 h):", await site.TextAsync("/?range=1h"));
        var short10 = await site.TextAsync("/?range=10m");
        Assert.Contains("Term over the last 10 min:", short10);
        Assert.Contains("<a href=\"?cluster=prod-z0&amp;range=10m\" aria-current=\"true\">10 min</a>", short10);
        Assert.Contains("Term over the last 3 h", await site.TextAsync("/?range=9999y")); // no error
    }

    [Fact]
    public async Task SwitchesThatNobodyTellsAreOneLine()
    {
        await using var site = await StatusSite.StartAsync(clock => new SimulatedCluster(
            new SimulatorOptions { FirstLeader = 1 },
            clock
        ));
        Assert.Contains("<th scope=\"row\" role=\"rowheader\"><code>balance</code></th>", await site.TextAsync("/"));
        Assert.DoesNotContain("no read of it was answered", await site.TextAsync("/"));
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, _) =>
            Task.FromResult<(int, string)?>(
                path.StartsWith("/config/get?key=b", StringComparison.Ordinal) ? (500, "{}") : null
            );
        await using var some = await StatusSite.StartAsync(polled);
        var page = await some.TextAsync("/");
        Assert.Contains("no read of it was answered lately: <code>balance</code>, <code>blob_delete</code>.</p>", page);
        Assert.DoesNotContain("<th scope=\"row\" role=\"rowheader\"><code>balance</code></th>", page);
    }

    /// <summary>Clusters without a finding.</summary>
    private static PollingFixture Healthy(params string[] names)
    {
        var clock = new ManualClock();
        var simulated = names.Select(_ => new SimulatedCluster(new SimulatorOptions(), clock)).ToArray();
        return new PollingFixture(
            transport: cluster => new SimulatorHandler([simulated[names.IndexOf(cluster.Name)]], clock),
            clock: clock
        )
        {
            Config = new ExporterConfig
            {
                Clusters = [.. names.Select((name, i) => StatusCliFixture.Config(simulated[i], name, []))],
            },
        };
    }

    [Theory]
    [InlineData("/assets/icon-page.svg", "image/svg+xml")]
    [InlineData("/assets/runbooks.js", "text/javascript; charset=utf-8")]
    [InlineData("/assets/status.js", "text/javascript; charset=utf-8")]
    [InlineData("/assets/status.css", "text/css; charset=utf-8")]
    [InlineData("/assets/icon.svg", "image/svg+xml")]
    public async Task AnAssetIsTheFileWithItsTypeAndIsSentOnce(string path, string type)
    {
        await using var site = await StatusSite.StartAsync("prod");
        using var first = await site.GetAsync(path);
        Assert.Equal(
            (type, "no-cache"),
            (first.Content.Headers.ContentType!.ToString(), first.Headers.CacheControl!.ToString())
        );
        var file = await File.ReadAllBytesAsync(
            Path.Combine(
                GoldenFile.GetRepositoryRoot(),
                $"src/Server/Web{path.Replace("/assets", "/Assets", StringComparison.Ordinal)}"
            ),
            Ct
        );
        Assert.Equal(file, await first.Content.ReadAsByteArrayAsync(Ct));
        using var again = await site.GetAsync(path, ("If-None-Match", first.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    private static string MainOf(string page) => Regex.Match(page, "<main.*</main>\n", RegexOptions.Singleline).Value;

    private const string HostileDisks = """
        {"disks":[{"cluster_id":1,"idc":"<img src=x>","rack":"</table><script>","host":"http://<b>","path":"/<img onerror=alert(1)>\"","status":2,
        "readonly":false,"create_time":"2026-01-01T00:00:00Z","last_update_time":"2026-01-01T00:00:00Z","disk_set_id":1,"node_id":1,
        "disk_id":18446744073709551615,"used":1,"free":1,"size":2,"max_chunk_cnt":1,"free_chunk_cnt":1,"used_chunk_cnt":0}],"marker":0}
        """;

    /// <summary>Answers with markup wherever they may contain text; null for the usual answer.</summary>
    private static (int, string)? HostileAnswer(string member, string path) =>
        path switch
        {
            "/stat" => (
                200,
                ScriptedMembers
                    .Stat(member[0] - 'a' + 1)
                    .Replace("\"n1:10110", "\"n1'\\\"><img>:10110", StringComparison.Ordinal)
            ),
            "/service/list" => (
                200,
                """
                {"nodes":[{"cluster_id":1,"name":"PROXY","host":"http://p1","idc":"<svg onload=alert(2)>"},
                {"cluster_id":1,"name":"PROXY","host":"http://<i>","idc":"<svg onload=alert(2)>"}]}
                """
            ),
            "/config/get?key=balance" => (200, "\"<img src=x>\""),
            _ when path.StartsWith("/disk/list?status=2", StringComparison.Ordinal)
                    && !path.Contains("marker=9", StringComparison.Ordinal) => (200, HostileDisks),
            _ => null,
        };

    private static IEnumerable<string> Rows(string page) =>
        Regex
            .Matches(page, @"<a href=""\?cluster=[^""]*"">([^<]*)</a></th>")
            .Select(row => WebUtility.HtmlDecode(row.Groups[1].Value));

    /// <summary>Elements that are not closed in the right order.</summary>
    private static Stack<string> Unclosed(string page)
    {
        string[] empty = ["meta", "link", "input", "br", "hr"];
        var open = new Stack<string>();
        foreach (Match tag in Tags().Matches(page))
        {
            var name = tag.Groups[2].Value;
            if (empty.Contains(name))
            {
                continue;
            }
            if (tag.Groups[1].Value != "/")
            {
                open.Push(name);
            }
            else if (open.TryPeek(out var last) && last == name)
            {
                open.Pop();
            }
            else
            {
                open.Push($"/{name}");
            }
        }
        return open;
    }

    [GeneratedRegex("""<(/?)([a-z][a-z0-9]*)(?:[^>"]|"[^"]*")*>""")]
    private static partial Regex Tags();

    [GeneratedRegex("""(?:href|src|action)="([^"]*)"?""")]
    private static partial Regex Addresses();
}
