using System.Text;
using System.Text.Json.Nodes;
using Clustermgr.Analysis;
using Clustermgr.Parsing;
using Clustermgr.Tests.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Parsing;

/// <summary>Compares every recorded answer with a second reading of the same JSON by another parser.</summary>
public sealed class RecordedAnswersTests : AskingTests
{
    [Fact]
    public void EveryRecordedStatIsReadWholeAndWithoutFindings()
    {
        var stats = Recorded.Stats();
        Assert.True(stats.Count > 250, $"only {stats.Count} recorded answers were found");
        foreach (var stat in stats)
        {
            var reading = StatParser.Parse(stat.Utf8, out var reason);
            Assert.True(reading is not null, $"{stat.File}: {reason}");
            Assert.Empty(reading.SchemaFindings);
            Assert.Equal(SecondReading.Of(stat.Body), SecondReading.Of(reading));
        }
    }

    [Fact]
    public void AReadingCostsLittleMoreMemoryThanItself()
    {
        var body = Bytes(Recorded.MasterStat);
        StatParser.Parse(body, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            StatParser.Parse(body, out _);
        }
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        Assert.InRange(each, 1, 4096);
    }

    [Theory]
    [InlineData("healthy.jsonl", Dialect.SnakeCase)]
    [InlineData("v3.5-healthy.jsonl", Dialect.CamelCase)]
    [InlineData("v3.3-auth-leader-killed.jsonl", Dialect.CamelCase)]
    public void TheSpellingIsTold(string file, object dialect) =>
        Assert.Equal(dialect, StatParser.Parse(Bytes(Recorded.LeaderStat(file)), out _)?.Dialect);

    [Fact]
    public void TheDocumentedSampleIsReadWithItsOlderWordsAndWithoutFindings()
    {
        var reading = StatParser.Parse(Bytes(Recorded.Documented), out var reason);
        Assert.True(reading is not null, reason);
        Assert.Empty(reading.SchemaFindings);
        Assert.Null(reading.ReadOnly);
        Assert.Null(reading.Raft.ApplyingLength);
        Assert.Equal(
            [(1UL, PeerState.Probe), (2UL, PeerState.Replicate), (3UL, PeerState.Replicate)],
            reading.Raft.Peers.Select(peer => (peer.Id, peer.State))
        );
        Assert.All(reading.Raft.Peers, peer => Assert.Null(peer.InflightMessages));
        Assert.Null(reading.Blobnodes?.Readonly);
        Assert.Null(reading.Shardnodes);
    }

    [Fact]
    public async Task EveryRecordedAnswerToASwitchIsWhatTheTableSays()
    {
        foreach (var answer in Recorded.Answers("/config/get").DistinctBy(a => (a.Status, a.Body)))
        {
            var got = await SwitchOfAsync(answer.Status!.Value, answer.Body);
            var expected = answer.Status switch
            {
                200 => (Outcome.Ok, new SwitchReading(answer.Body.Trim('"'))),
                404 => (Outcome.Ok, new SwitchReading((string?)null)),
                403 => (Outcome.Auth, null),
                908 => (Outcome.ReadIndex, null),
                _ => throw new InvalidOperationException($"the table has no line for {answer.Status}"),
            };
            Assert.Equal(expected, (got.Outcome, got.Value));
        }
    }

    [Fact]
    public void EveryRecordedDiskListIsReadWhole()
    {
        var lists = Recorded.Answers("/disk/list").Where(a => a.Status == 200).ToList();
        Assert.Contains(lists, list => list.Body.Contains("\"status\":3", StringComparison.Ordinal));
        foreach (var list in lists)
        {
            var page = DiskPageParser.Parse(list.Utf8, out var reason);
            Assert.True(page is not null, $"{list.File}: {reason}");
            var json = JsonNode.Parse(list.Body)!;
            Assert.Equal((ulong)json["marker"]!, page.Marker);
            Assert.Equal(
                json["disks"]!
                    .AsArray()
                    .Select(disk => new DiskReading(
                        (ulong)disk!["disk_id"]!,
                        (string)disk["host"]!,
                        (string)disk["path"]!,
                        (string)disk["idc"]!,
                        (string)disk["rack"]!,
                        (DiskStatus)(int)disk["status"]!,
                        (bool)disk["readonly"]!
                    )),
                page.Disks
            );
            var counted = DiskPageParser.ParseWithChunks(list.Utf8, out reason);
            Assert.True(counted is not null, $"{list.File}: {reason}");
            Assert.Equal(
                json["disks"]!.AsArray().Select(disk => (long?)disk!["free_chunk_cnt"]),
                counted.Disks.Select(disk => disk.FreeChunks)
            );
        }
    }

    /// <summary>Counting only some of a host's disks would be wrong. Lists that do not need the chunks are not
    /// affected.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(",\"free_chunk_cnt\":-1")]
    [InlineData(",\"free_chunk_cnt\":\"7\"")]
    [InlineData(",\"free_chunk_cnt\":9223372036854775808")]
    public void ADiskWithoutItsChunksSpoilsTheListThatCountsThemAlone(string chunks)
    {
        var body = Encoding.UTF8.GetBytes(
            """{"disks":[{"disk_id":7,"host":"h","path":"/d","idc":"z","rack":"r","status":1,"readonly":false"""
                + chunks
                + """}],"marker":7}"""
        );
        Assert.Null(DiskPageParser.ParseWithChunks(body, out var reason));
        Assert.Contains("disks[].free_chunk_cnt", reason, StringComparison.Ordinal);
        Assert.NotNull(DiskPageParser.Parse(body, out _));
    }

    [Fact]
    public void EveryRecordedServiceListIsReadWhole()
    {
        foreach (var list in Recorded.Answers("/service/list").Where(a => a.Status == 200))
        {
            var page = ServicePageParser.Parse(list.Utf8, out var reason);
            Assert.True(page is not null, $"{list.File}: {reason}");
            var nodes = JsonNode.Parse(list.Body)!["nodes"]?.AsArray() ?? [];
            Assert.Equal(
                nodes.Select(n => new ServiceInstance((string)n!["name"]!, (string)n["host"]!, (string)n["idc"]!)),
                page.Instances
            );
        }
    }

    [Fact]
    public async Task EveryRecordedErrorOfStatHasItsOutcome()
    {
        var errors = Recorded.Answers("/stat").Where(a => a.Status != 200).DistinctBy(a => (a.Status, a.Body)).ToList();
        Assert.Equal([403, 908], errors.Select(e => e.Status!.Value).Order());
        foreach (var error in errors)
        {
            var answer = await StatOfAsync(RawServer.Response(error.Status!.Value, error.Body));
            Assert.Equal(error.Status == 403 ? Outcome.Auth : Outcome.ReadIndex, answer.Outcome);
        }
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
