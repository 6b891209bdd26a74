using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Clustermgr.Analysis;
using Clustermgr.Parsing;
using ClustermgrExporter.Tests.Support;
using Xunit;
using static Clustermgr.Tests.Parsing.StatEdits;

namespace Clustermgr.Tests.Parsing;

/// <summary>Which fields of a /stat are optional or required, and that unknown fields are allowed.</summary>
public sealed class StatSchemaTests
{
    /// <summary>An answer of a leader of master, in which no value is omitted for being 0.</summary>
    private const string Full = """
        {"leader_host":"h:1","read_only":true,"raft_status":{"node_id":3,"term":4,"vote":3,"commit":174,"leader":3,
        "raft_state":"StateLeader","applied":173,"raft_applied":172,"transferee":5,"applying_length":6,"peers":[
        {"id":2,"host":"p:2","match":171,"next":175,"state":"StateSnapshot","paused":true,"pending_snapshot":7,
        "active":true,"is_learner":true,"is_inflight_full":true,"inflight_count":8}]},
        "space_stat":{"total_space":10,"free_space":11,"readonly_space":12,"used_space":13,"reserved_space":14,
        "writable_space":15,"total_blob_node":16,"total_disk":17,"disk_stat_infos":[{"idc":"z0","total":20,
        "total_chunk":21,"total_free_chunk":22,"total_oversold_free_chunk":23,"available":24,"readonly":25,"expired":26,
        "broken":27,"repairing":28,"repaired":29,"dropping":30,"dropped":31}]},
        "shard_node_space_stat":{"total_space":40,"free_space":41,"readonly_space":42,"used_space":43,
        "reserved_space":44,"writable_space":45,"total_shard_node":46,"total_disk":47,"disk_stat_infos":[{"idc":"z1",
        "total":50,"total_shard":51,"total_free_shard":52,"available":53,"readonly":54,"expired":55,"broken":56,
        "repairing":57,"repaired":58,"dropping":59,"dropped":60}]},
        "volume_stat":{"total_volume":70,"idle_volume":71,"can_alloc_volume":72,"active_volume":73,"lock_volume":74,
        "unlocking_volume":75}}
        """;

    private static readonly string[] OtherTypes =
    [
        "\"7\"",
        "1.5",
        "1e3",
        "18446744073709551616",
        "{\"a\":[1]}",
        "[[]]",
        "true",
        "null",
    ];

    private static readonly string[] Core =
    [
        "raft_status",
        "raft_status.node_id",
        "raft_status.term",
        "raft_status.raft_state",
        "raft_status.leader",
    ];

    private static readonly string[] LeftOutWhenZero =
    [
        "total_blob_node",
        "total_shard_node",
        "total_chunk",
        "total_free_chunk",
        "total_oversold_free_chunk",
        "total_shard",
        "total_free_shard",
    ];

    private static readonly string[] NotInEveryRelease =
    [
        "read_only",
        "applyingLength",
        "isInflightFull",
        "inflightCount",
        "readonly_space",
        "reserved_space",
        "shard_node_space_stat",
        "total_oversold_free_chunk",
        "total_shard",
        "total_free_shard",
        "total_shard_node",
    ];

    [Fact]
    public void TheFullAnswerOfMasterHasEveryValueAndNoFinding()
    {
        var reading = Parse(Full);
        Assert.Empty(reading.SchemaFindings);
        Assert.Equal(SecondReading.Of(Full), SecondReading.Of(reading));
    }

    [Fact]
    public void AMissingFieldOfMasterIsAFindingUnlessItIsLeftOutWhenZero()
    {
        foreach (var path in Paths(Full))
        {
            var body = Without(Full, path);
            if (Core.Contains(path))
            {
                Assert.NotEqual("", Refused(body));
            }
            else if (LeftOutWhenZero.Contains(Name(path)))
            {
                AssertReadAlike(body, []);
            }
            else
            {
                AssertReadAlike(body, [path]);
            }
        }
    }

    [Fact]
    public void AMissingFieldOfAReleaseIsAFindingUnlessSomeReleasesLackIt()
    {
        var full = Camel(Full);
        Assert.Equal(SecondReading.Of(full), SecondReading.Of(Parse(full)));
        foreach (var path in Paths(full))
        {
            var body = Without(full, path);
            if (Core.Select(core => Camel(core + "\"").TrimEnd('"')).Contains(path))
            {
                Assert.NotEqual("", Refused(body));
            }
            else if (
                NotInEveryRelease.Contains(Name(path))
                || path.StartsWith("shard_", StringComparison.Ordinal) && LeftOutWhenZero.Contains(Name(path))
            )
            {
                AssertReadAlike(body, []);
            }
            else
            {
                AssertReadAlike(body, [path]);
            }
        }
    }

    [Fact]
    public void AFieldOfAnotherTypeIsAbsentWithAFindingWhateverTheOtherTypeIs()
    {
        foreach (var path in Paths(Full))
        {
            foreach (var wrong in OtherTypes)
            {
                if (IsRight(path, wrong))
                {
                    continue;
                }
                var body = With(Full, path, wrong);
                if (Core.Contains(path))
                {
                    Assert.NotEqual("", Refused(body));
                }
                else
                {
                    AssertReadAlike(Without(Full, path), body, path, path + "[]");
                }
            }
        }
    }

    [Fact]
    public void ANegativeIndexIsAnotherType()
    {
        const string Commit = "raft_status.commit";
        AssertReadAlike(Without(Full, Commit), With(Full, Commit, "-1"), Commit);
    }

    [Theory]
    [InlineData("space_stat.free_space")]
    [InlineData("volume_stat.total_volume")]
    [InlineData("raft_status.applying_length")]
    public void ANegativeCountSpoilsTheAnswer(string path)
    {
        Assert.Null(StatParser.Parse(System.Text.Encoding.UTF8.GetBytes(With(Full, path, "-1")), out var reason));
        Assert.StartsWith($"{path} is negative at byte ", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LeftOutWhenZeroIsZeroAndWhatAReleaseLacksIsNull()
    {
        var master = Parse(Recorded.MasterStat.Replace("\"total_blob_node\":1,", "", StringComparison.Ordinal));
        Assert.Equal((0L, 0L), (master.Blobnodes?.Nodes, master.Shardnodes?.Nodes));
        var release = Parse(Recorded.ReleasedStat);
        Assert.Equal((null, null), (release.Blobnodes?.Reserved, release.Blobnodes?.Idcs[0].ChunksOversoldFree));
    }

    [Theory]
    [InlineData("0", 0UL)]
    [InlineData("9007199254740993", 9007199254740993UL)]
    [InlineData("1152921504606846977", 1152921504606846977UL)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    public void IndexesKeepEveryDigit(string text, ulong value)
    {
        var reading = Parse(With(With(Full, "raft_status.term", text), "raft_status.peers[].match", text));
        Assert.Equal((value, (ulong?)value), (reading.Raft.Term, reading.Raft.Peers[0].Match));
    }

    [Theory]
    [InlineData("StateLeader", RaftState.Leader)]
    [InlineData("StateFollower", RaftState.Follower)]
    [InlineData("StateCandidate", RaftState.Candidate)]
    [InlineData("StatePreCandidate", RaftState.PreCandidate)]
    [InlineData("StateWitness", RaftState.Unknown)]
    [InlineData("stateleader", RaftState.Unknown)]
    [InlineData("", RaftState.Unknown)]
    public void AStateThatIsNotKnownIsUnknown(string word, object state)
    {
        var reading = Parse(With(Full, "raft_status.raft_state", $"\"{word}\""));
        Assert.Equal(state, reading.Raft.State);
        Assert.Empty(reading.SchemaFindings);
    }

    [Theory]
    [InlineData("StateProbe", PeerState.Probe)]
    [InlineData("ProgressStateProbe", PeerState.Probe)]
    [InlineData("StateReplicate", PeerState.Replicate)]
    [InlineData("ProgressStateReplicate", PeerState.Replicate)]
    [InlineData("StateSnapshot", PeerState.Snapshot)]
    [InlineData("ProgressStateSnapshot", PeerState.Snapshot)]
    [InlineData("StateLost", PeerState.Unknown)]
    public void APeersStateHasTwoSpellings(string word, object state) =>
        Assert.Equal(state, Parse(With(Full, "raft_status.peers[].state", $"\"{word}\"")).Raft.Peers[0].State);

    [Fact]
    public void TheOrderOfTheFieldsDoesNotMatter()
    {
        AssertReadAlike(Full, Backwards(Full));
    }

    [Fact]
    public void MixedSpellingsAreReadAndTheNodeIdTellsTheDialect()
    {
        var mixed = Full.Replace("is_learner", "isLearner", StringComparison.Ordinal)
            .Replace("raft_applied", "raftApplied", StringComparison.Ordinal);
        AssertReadAlike(Full, mixed);
        Assert.Equal(Dialect.CamelCase, Parse(Full.Replace("node_id", "nodeId", StringComparison.Ordinal)).Dialect);
    }

    [Fact]
    public void EscapedNamesAndTextsAreReadAsWhatTheyMean()
    {
        var reading = Parse(
            Full.Replace("\"term\"", "\"te\\u0072m\"", StringComparison.Ordinal)
                .Replace("h:1", "h\\u003a1", StringComparison.Ordinal)
        );
        Assert.Equal((4UL, "h:1"), (reading.Raft.Term, reading.LeaderHost));
        Assert.Empty(reading.SchemaFindings);
    }

    /// <summary>Asserts that a body lacks these fields, and otherwise reads the same as with a second parser.</summary>
    private static void AssertReadAlike(string body, string[] missing)
    {
        var reading = Parse(body);
        Assert.Equal(
            missing.Select(path => new SchemaFinding(SchemaFindingKind.MissingField, path)),
            reading.SchemaFindings
        );
        // Rows without their key are dropped, and a missing state is shown as unknown.
        if (missing.Any(path => path.EndsWith("].id", StringComparison.Ordinal)))
        {
            Assert.Empty(reading.Raft.Peers);
        }
        else if (missing.Any(path => path.EndsWith("].idc", StringComparison.Ordinal)))
        {
            Assert.Contains(new[] { reading.Blobnodes!, reading.Shardnodes! }, space => space.Idcs.IsEmpty);
        }
        else if (missing is ["leader_host"])
        {
            Assert.Equal("", reading.LeaderHost);
        }
        else if (missing is ["raft_status.peers[].host"])
        {
            Assert.Equal("", reading.Raft.Peers[0].Host);
        }
        else if (missing is ["raft_status.peers[].state"])
        {
            Assert.Equal(PeerState.Unknown, reading.Raft.Peers[0].State);
        }
        else if (missing is ["volume_stat"])
        {
            Assert.Null(reading.Volumes);
        }
        else
        {
            Assert.Equal(SecondReading.Of(body), SecondReading.Of(reading));
        }
    }

    private static void AssertReadAlike(string expected, string body, params string[] missing)
    {
        var reading = Parse(body);
        var wanted = Parse(expected);
        Assert.All(
            reading.SchemaFindings,
            f => Assert.True(f.Kind == SchemaFindingKind.MissingField && missing.Contains(f.Path), f.Path)
        );
        Assert.Equal(missing.Length > 0, !reading.SchemaFindings.IsEmpty);
        // An omitted value that can be 0 reads as 0, a wrong one as null: only there the two readings differ.
        if (missing.Any(path => LeftOutWhenZero.Contains(Name(path))))
        {
            return;
        }
        Assert.Equal(SecondReading.Of(wanted), SecondReading.Of(reading));
    }

    private static bool IsRight(string path, string value)
    {
        var now = Node(JsonNode.Parse(Full)!, path)!;
        var then = JsonNode.Parse(value);
        if (then is null)
        {
            return now is JsonArray;
        }
        if (now is JsonObject)
        {
            return then is JsonObject;
        }
        if (now is JsonArray)
        {
            return false;
        }
        if (now.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
        {
            return value == "true";
        }
        return now.GetValueKind() == JsonValueKind.String && then.GetValueKind() == JsonValueKind.String;
    }

    private static StatReading Parse(string body)
    {
        var reading = StatParser.Parse(Encoding.UTF8.GetBytes(body), out var reason);
        Assert.True(reading is not null, reason + "\n" + body);
        return reading;
    }

    private static string Refused(string body)
    {
        Assert.Null(StatParser.Parse(Encoding.UTF8.GetBytes(body), out var reason));
        return reason;
    }
}
