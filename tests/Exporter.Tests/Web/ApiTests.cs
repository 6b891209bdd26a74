using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Clustermgr.Configuration;
using ClustermgrExporter.Tests.Polling;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

public sealed class ApiTests
{
    private const string Clusters = "/api/v1/clusters",
        Events = "/api/v1/events";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheListHasEveryClusterInTheOrderOfTheConfiguration()
    {
        await using var site = await StatusSite.StartAsync("zz", "aa", "mm");
        var list = await site.JsonAsync(Clusters);
        Assert.Equal(["zz", "aa", "mm"], Names(list));
        Assert.Equal(
            (5, "/prom/metrics"),
            (list.GetProperty("pollIntervalSeconds").GetInt32(), list.GetProperty("telemetryPath").GetString())
        );
        var first = list.GetProperty("clusters")[0];
        Assert.Equal(
            ("findings", "not healthy, 2 tickets"),
            (first.GetProperty("verdict").GetString(), first.GetProperty("words").GetString())
        );
        Assert.Equal(
            "runbooks#clustermgrserviceoffline",
            first.GetProperty("findings")[0].GetProperty("runbook").GetString()
        );
        Assert.Equal(
            ["a:9998", "b:9998", "c:9998"],
            first.GetProperty("memberNames").EnumerateArray().Select(name => name.GetString())
        );
        Assert.Equal(
            """{"member":"a:9998","nodeId":"1","term":"5","answers":true}""",
            first.GetProperty("leader").GetRawText()
        );
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("a?b&c=d#e")]
    [InlineData("quotes \" ' \\")]
    [InlineData("line\nbreak")]
    [InlineData("…\U0001F600 ")]
    [InlineData("+")]
    public async Task AnyNameIsFoundAndComesBackAsItIs(string name)
    {
        await using var site = await StatusSite.StartAsync("other", name);
        var detail = await site.JsonAsync($"{Clusters}/{Uri.EscapeDataString(name)}");
        Assert.Equal(name, detail.GetProperty("cluster").GetProperty("name").GetString());
        Assert.Equal(name, Names(await site.JsonAsync(Clusters))[1]);
        var events = await site.JsonAsync($"{Events}?cluster={Uri.EscapeDataString(name)}");
        Assert.All(
            events.GetProperty("events").EnumerateArray(),
            entry => Assert.Equal(name, entry.GetProperty("cluster").GetString())
        );
        Assert.Equal(6, events.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task TextThatIsNoUnicodeIsAnAnswerAllTheSame()
    {
        await using var site = await StatusSite.StartAsync("half \ud800");
        Assert.Equal(["half \ufffd"], Names(await site.JsonAsync(Clusters)));
    }

    [Fact]
    public async Task IndexesKeepAllTheirDigits()
    {
        const ulong Index = (1UL << 60) + 1;
        await using var site = await StatusSite.StartAsync(clock => new SimulatedCluster(
            new SimulatorOptions
            {
                FirstIndex = Index,
                FirstTerm = ulong.MaxValue,
                WritesPerSecond = 0,
            },
            clock
        ));
        var detail = (await site.JsonAsync($"{Clusters}/prod-z0")).GetProperty("cluster");
        Assert.All(
            detail.GetProperty("memberList").EnumerateArray(),
            member =>
                Assert.Equal(
                    ($"{Index}", $"{Index}", $"{ulong.MaxValue}"),
                    (
                        member.GetProperty("commit").GetString(),
                        member.GetProperty("applied").GetString(),
                        member.GetProperty("term").GetString()
                    )
                )
        );
        Assert.Equal(
            $"{ulong.MaxValue}",
            detail.GetProperty("history").GetProperty("points")[0].GetProperty("term").GetString()
        );
    }

    [Fact]
    public async Task WhatIsNotKnownIsThereAndNull()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, _, _) => throw ScriptedMembers.Refused;
        await using var site = await StatusSite.StartAsync(polled);
        var cluster = (await site.JsonAsync($"{Clusters}/prod")).GetProperty("cluster");
        string[] unknown =
        [
            "leader",
            "margin",
            "brokenDisks",
            "expiredDisks",
            "totalBytes",
            "writableBytes",
            "linearizableReadUp",
            "voters",
            "quorum",
            "memberCount",
            "volumes",
            "leaders",
        ];
        Assert.All(unknown, key => Assert.Equal((key, JsonValueKind.Null), (key, cluster.GetProperty(key).ValueKind)));
        Assert.Equal("unknown", cluster.GetProperty("verdict").GetString());
        var member = cluster.GetProperty("memberList")[0];
        Assert.False(member.GetProperty("up").GetBoolean());
        Assert.All(
            (string[])
                [
                    "nodeId",
                    "state",
                    "leaderNodeId",
                    "term",
                    "commit",
                    "applied",
                    "unappliedEntries",
                    "lagEntries",
                    "lastAnswer",
                    "readOnly",
                ],
            key => Assert.Equal((key, JsonValueKind.Null), (key, member.GetProperty(key).ValueKind))
        );
    }

    [Fact]
    public async Task BeforeEveryMemberWasPolledNothingIsJudged()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (member, _, ct) =>
            member == "a" ? throw ScriptedMembers.Refused : polled.Members.HangAsync(ct);
        await using var site = await StatusSite.StartAsync(polled, seconds: 1);
        Assert.Contains("<span>not polled yet</span>", await site.TextAsync("/"), StringComparison.Ordinal);
        var cluster = (await site.JsonAsync($"{Clusters}/prod")).GetProperty("cluster");
        Assert.Equal(
            (false, "unknown", "not polled yet"),
            (
                cluster.GetProperty("polledOnce").GetBoolean(),
                cluster.GetProperty("verdict").GetString(),
                cluster.GetProperty("words").GetString()
            )
        );
        Assert.Equal(
            [JsonValueKind.False, JsonValueKind.Null, JsonValueKind.Null],
            cluster.GetProperty("memberList").EnumerateArray().Select(member => member.GetProperty("up").ValueKind)
        );
        Assert.Equal(
            (0, 0, 0),
            (
                cluster.GetProperty("findings").GetArrayLength(),
                cluster.GetProperty("pages").GetInt32(),
                cluster.GetProperty("tickets").GetInt32()
            )
        );
    }

    [Theory]
    [InlineData(Clusters)]
    [InlineData(Clusters + "/prod")]
    [InlineData(Events)]
    public async Task EqualDataIsEqualBytesAndNewDataIsNot(string path)
    {
        await using var site = await StatusSite.StartAsync("prod");
        foreach (var coding in (string[])["identity", "gzip"])
        {
            using var first = await site.GetAsync(path, ("Accept-Encoding", coding));
            var tag = Assert.Single(first.Headers.GetValues("ETag"));
            Assert.Equal("nosniff", first.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal(
                ("no-store", "Accept-Encoding"),
                (first.Headers.CacheControl!.ToString(), first.Headers.Vary.Single())
            );
            foreach (var known in (string[])[tag, $"\"other\", W/{tag}", "*"])
            {
                using var same = await site.GetAsync(path, ("Accept-Encoding", coding), ("If-None-Match", known));
                Assert.Equal(
                    (HttpStatusCode.NotModified, 0),
                    (same.StatusCode, (await same.Content.ReadAsByteArrayAsync(Ct)).Length)
                );
            }
            site.Polled.Run(6);
            using var later = await site.GetAsync(path, ("Accept-Encoding", coding), ("If-None-Match", tag));
            Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        }
    }

    [Fact]
    public async Task GzipHoldsTheSameAndIsSmallerAndHeadHasNoBody()
    {
        await using var site = await StatusSite.StartAsync("prod");
        var plain = await site.TextAsync($"{Clusters}/prod");
        using var gzip = await site.GetAsync($"{Clusters}/prod", ("Accept-Encoding", "gzip"));
        using var head = await site.SendAsync(HttpMethod.Head, $"{Clusters}/prod", ("Accept-Encoding", "gzip"));
        using var reader = new StreamReader(
            new GZipStream(await gzip.Content.ReadAsStreamAsync(Ct), CompressionMode.Decompress)
        );
        Assert.Equal(plain, await reader.ReadToEndAsync(Ct));
        Assert.InRange(gzip.Content.Headers.ContentLength!.Value, 100, plain.Length / 2);
        Assert.Equal(
            (gzip.Content.Headers.ContentLength, gzip.Headers.ETag),
            (head.Content.Headers.ContentLength, head.Headers.ETag)
        );
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));
    }

    [Theory]
    [InlineData("GET", Clusters + "/prud", 404, """no cluster "prud" is configured; did you mean "prod"?""")]
    [InlineData(
        "GET",
        Clusters + "/other",
        404,
        """no cluster "other" is configured; /api/v1/clusters lists them all"""
    )]
    [InlineData("GET", Clusters + "/", 404, """no cluster "" is configured; /api/v1/clusters lists them all""")]
    [InlineData(
        "GET",
        "/api/v2/clusters",
        404,
        "no such path; there are /api/v1/clusters, /api/v1/clusters/NAME, /api/v1/events, /api/v1/alerts and "
            + "/api/v1/openapi.yaml"
    )]
    [InlineData("POST", Clusters, 405, "this is read with GET or HEAD")]
    [InlineData("DELETE", Clusters + "/prod", 405, "this is read with GET or HEAD")]
    [InlineData("GET", Events + "?cluster=prd", 404, """no cluster "prd" is configured; did you mean "prod"?""")]
    [InlineData("GET", Events + "?limit=0", 400, """limit="0" is not a number from 1 to 1000""")]
    [InlineData("GET", Events + "?limit=1001", 400, """limit="1001" is not a number from 1 to 1000""")]
    [InlineData("GET", Events + "?limit=%2B5", 400, """limit="+5" is not a number from 1 to 1000""")]
    [InlineData("GET", Events + "?limit=1&limit=2", 400, """limit="1,2" is not a number from 1 to 1000""")]
    [InlineData(
        "GET",
        Events + "?after=-1",
        400,
        """after="-1" is not an event's id; take one of an answer, as after=0"""
    )]
    [InlineData(
        "GET",
        Events + "?after=18446744073709551616",
        400,
        """after="18446744073709551616" is not an event's id; take one of an answer, as after=0"""
    )]
    [InlineData(
        "GET",
        Events + "?cluster=prod&cluster=x",
        400,
        "cluster is given more than once; leave it out for all clusters"
    )]
    [InlineData("GET", Events + "?afer=1", 400, """no parameter is called "afer"; did you mean "after"?""")]
    public async Task WhatIsWrongIsToldWithTheNextStep(string method, string path, int status, string error)
    {
        await using var site = await StatusSite.StartAsync("prod");
        using var answer = await site.SendAsync(new HttpMethod(method), path);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal(error, json.RootElement.GetProperty("error").GetString());
        if (status == 405)
        {
            Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
        }
    }

    [Fact]
    public async Task EventsAreNewestFirstAndThoseAfterOneAreJustTheNewerOnes()
    {
        await using var site = await StatusSite.StartAsync("prod", "other");
        var all = Ids(await site.JsonAsync(Events));
        Assert.Equal(12, all.Length);
        Assert.Equal(all.OrderByDescending(ulong.Parse), all);
        Assert.Equal(all[..3], Ids(await site.JsonAsync($"{Events}?after={all[3]}")));
        Assert.Equal(all[..2], Ids(await site.JsonAsync($"{Events}?after={all[3]}&limit=2")));
        Assert.Empty(Ids(await site.JsonAsync($"{Events}?after={ulong.MaxValue}")));
        var detail = (await site.JsonAsync($"{Clusters}/prod")).GetProperty("cluster");
        Assert.Equal(Ids(await site.JsonAsync($"{Events}?cluster=prod")), Ids(detail));
    }

    [Fact]
    public async Task AMemberOfAnotherClusterIsNeverInACluster()
    {
        var polled = new PollingFixture
        {
            Config = new ExporterConfig
            {
                Clusters = [PollingFixture.Cluster("one", "ab"), PollingFixture.Cluster("two", "c")],
            },
        };
        await using var site = await StatusSite.StartAsync(polled);
        var text = await site.TextAsync($"{Clusters}/two");
        Assert.DoesNotContain("a:9998\",\"address", text, StringComparison.Ordinal);
        Assert.All(
            Ids(await site.JsonAsync($"{Events}?cluster=two"))
                .Zip(Ids(JsonDocument.Parse(text).RootElement.GetProperty("cluster"))),
            pair => Assert.Equal(pair.First, pair.Second)
        );
        Assert.DoesNotContain("\"one\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AThousandClustersAreOneAnswerOfBoundedSizeThatIsMadeOnceASecondAtMost()
    {
        await using var site = await StatusSite.StartAsync([
            .. Enumerable.Range(0, 1000).Select(i => $"cluster-{i:0000}"),
        ]);
        var list = await site.TextAsync(Clusters);
        Assert.InRange(list.Length, 100_000, 1_200_000);
        Assert.Equal(1000, Names(JsonDocument.Parse(list).RootElement).Length);

        site.Polled.Members.Instead = (_, _, _) => throw ScriptedMembers.Refused;
        site.Polled.Run(0.9);
        var same = await site.TextAsync(Clusters); // although polls continued
        Assert.Equal(list, same);
        site.Polled.Run(0.2);
        Assert.NotEqual(list, await site.TextAsync(Clusters));
    }

    private static string[] Names(JsonElement list) =>
        [.. list.GetProperty("clusters").EnumerateArray().Select(cluster => cluster.GetProperty("name").GetString()!)];

    private static string[] Ids(JsonElement events) =>
        [.. events.GetProperty("events").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()!)];
}
