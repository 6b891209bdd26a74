using System.Text;
using System.Text.Json;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

/// <summary>What the members' raft shows in /stat in cases without a recording.</summary>
public sealed class RaftTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly SimulatedCluster _cluster;

    public RaftTests() =>
        _cluster = new SimulatedCluster(
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 3,
                Timings = new Timings
                {
                    GiveUp = Delay.Between(10, 12),
                    FirstCheck = Delay.Exactly(9),
                    HeartbeatAnswer = Delay.Exactly(0.5),
                },
            },
            _clock
        );

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task HealthyFollowersLookInactiveForAMomentAfterEachCheck()
    {
        Pass(8.9);
        Assert.True(await ActiveAsync(1, peer: 2));
        Pass(0.2);
        Assert.False(await ActiveAsync(1, peer: 2));
        Assert.True(await ActiveAsync(1, peer: 1));
        Pass(0.5);
        Assert.True(await ActiveAsync(1, peer: 2));
    }

    [Fact]
    public async Task AnIsolatedLeaderClaimsToLeadBesideTheNewOneThenFollowsNobodyUntilTheCutHeals()
    {
        _cluster.Isolate(1);
        Pass(18);
        Assert.Equal(("StateLeader", 3ul, 1ul), await RaftAsync(1));
        var winner = Assert.IsType<ulong>(_cluster.Leader);
        Assert.NotEqual(1ul, winner);
        Assert.Equal(("StateLeader", 4ul, winner), await RaftAsync(winner));
        Pass(2);
        Assert.Equal(("StateFollower", 3ul, 0ul), await RaftAsync(1));
        Pass(100);
        Assert.Equal(("StatePreCandidate", 3ul, 0ul), await RaftAsync(1)); // PreVote: its term does not increase
        _cluster.Heal(1);
        Pass(1);
        Assert.Equal(("StateFollower", 4ul, winner), await RaftAsync(1));
    }

    [Fact]
    public async Task AnIsolatedFollowersCommitStandsStillWhileTheClusterWorksOn()
    {
        _cluster.Isolate(3);
        var before = await NumberAsync(3, "commit");
        Pass(9);
        Assert.Equal(1ul, (await RaftAsync(3)).Leader);
        Pass(21);
        Assert.Equal(0ul, (await RaftAsync(3)).Leader);
        Assert.Equal(before, await NumberAsync(3, "commit"));
        Assert.True(await NumberAsync(1, "commit") >= before + 50);
        _cluster.Heal(3);
        Pass(1);
        Assert.Equal(await NumberAsync(1, "commit"), await NumberAsync(3, "commit"));
        Assert.Equal(3ul, (await RaftAsync(1)).Term);
    }

    [Fact]
    public async Task AMemberThatIsStartedWithoutAQuorumDoesNotListen()
    {
        _cluster.Kill(1);
        _cluster.Kill(2);
        _cluster.Kill(3);
        _cluster.Start(2);
        Pass(60);
        Assert.False(_cluster.Members[1].Listening);
        _cluster.Start(3);
        Pass(60);
        Assert.True(_cluster.Members[1].Listening);
        Assert.True(_cluster.Members[2].Listening);
        Assert.Equal(4ul, (await RaftAsync(2)).Term);
    }

    [Fact]
    public async Task ARemovedMemberKeepsItsLeaderForEver()
    {
        _cluster.RemoveMember(3);
        _cluster.TransferLeadership(2);
        Pass(100);
        Assert.Equal(("StateFollower", 3ul, 1ul), await RaftAsync(3));
        Assert.Equal(("StateLeader", 4ul, 2ul), await RaftAsync(2));
        Assert.Equal([1ul, 2ul], (await PeersAsync(2)).Select(p => p.GetProperty("id").GetUInt64()).Order());
    }

    [Fact]
    public async Task ALearnerThatNeverRanLooksActiveAndPausedAtFirst()
    {
        _cluster.AddMember(4, "10.0.0.4:9998", "10.0.0.4:10110", learner: true);
        var row = (await PeersAsync(1)).Single(p => p.GetProperty("id").GetUInt64() == 4);
        Assert.True(row.GetProperty("active").GetBoolean());
        Assert.True(row.GetProperty("paused").GetBoolean());
        Assert.True(row.GetProperty("is_learner").GetBoolean());
        Assert.Equal(0, row.GetProperty("match").GetInt64());
        Pass(10);
        Assert.False(await ActiveAsync(1, peer: 4));
    }

    [Fact]
    public async Task ALearnerInstallsASnapshotForwardsMeanwhileAndNeverVotes()
    {
        _cluster.AddMember(4, "10.0.0.4:9998", "10.0.0.4:10110", learner: true);
        _cluster.Start(4);
        Pass(3);
        Assert.Equal(1ul, await NumberAsync(4, "node_id"));
        Pass(20);
        Assert.Equal(4ul, await NumberAsync(4, "node_id"));
        Assert.Equal(await NumberAsync(1, "commit"), await NumberAsync(4, "commit"));
        _cluster.Kill(1);
        _cluster.Kill(2);
        Pass(60);
        Assert.Null(_cluster.Leader);
    }

    [Fact]
    public async Task ATransferToADeadMemberIsGivenUpAndOneToALearnerIgnored()
    {
        _cluster.AddMember(4, "10.0.0.4:9998", "10.0.0.4:10110", learner: true);
        _cluster.TransferLeadership(4);
        Assert.Equal(0ul, await NumberAsync(1, "transferee"));
        _cluster.Kill(3);
        _cluster.TransferLeadership(3);
        Pass(5);
        Assert.Equal(3ul, await NumberAsync(1, "transferee"));
        Pass(6);
        Assert.Equal(0ul, await NumberAsync(1, "transferee"));
        Assert.Equal(1ul, _cluster.Leader);
    }

    private void Pass(double seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));

    private async Task<(string State, ulong Term, ulong Leader)> RaftAsync(ulong member)
    {
        var raft = await StatusAsync(member);
        return (
            raft.GetProperty("raft_state").GetString()!,
            raft.GetProperty("term").GetUInt64(),
            raft.GetProperty("leader").GetUInt64()
        );
    }

    private async Task<ulong> NumberAsync(ulong member, string field) =>
        (await StatusAsync(member)).GetProperty(field).GetUInt64();

    private async Task<List<JsonElement>> PeersAsync(ulong member) =>
        [.. (await StatusAsync(member)).GetProperty("peers").EnumerateArray()];

    private async Task<bool> ActiveAsync(ulong member, ulong peer) =>
        (await PeersAsync(member))
            .Single(p => p.GetProperty("id").GetUInt64() == peer)
            .GetProperty("active")
            .GetBoolean();

    private async Task<JsonElement> StatusAsync(ulong member)
    {
        var asked = _cluster.AnswerAsync(member, "GET", "/stat", null, default, TestContext.Current.CancellationToken);
        for (var s = 0; s < 12 && !asked.IsCompleted; s++)
        {
            Pass(1); // a new leader reads from its quorum first
        }
        Assert.True(asked.IsCompleted, $"member {member} does not answer");
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString((await asked).Body.Span));
        return json.RootElement.GetProperty("raft_status").Clone();
    }
}
