using Clustermgr.Analysis;
using Xunit;
using static Clustermgr.Tests.Analysis.Cluster;

namespace Clustermgr.Tests.Analysis;

public sealed class MemberIdentityTests
{
    private static readonly StatReading LeaderBody = Leader(1, 5, [1, 2, 3]);

    /// <summary>No configured member has the address in leader_host, as with DNS names or NAT.</summary>
    private static readonly StatReading Elsewhere = LeaderBody with { LeaderHost = "10.0.0.1:9998" };

    [Fact]
    public void ASickMembersAnswerWithTheLeadersBodyIsNotItsOwn()
    {
        var sick = Healthy().Says(2, LeaderBody);
        Assert.Equal(Outcome.Forwarded, sick.Members[2].Outcome);
        Assert.Equal("answered with the body of a (node_id 1)", sick.Members[2].Detail);
        Assert.Equal(3UL, sick.Members[2].Reading!.Raft.NodeId); // its last own answer is kept until it is stale
        Assert.Equal(1, sick.Members[2].Tallies[(int)Endpoint.Stat].Polls[(int)Outcome.Forwarded]);
        Assert.Contains("MemberForwarding c", ClusterAnalysis.FromSnapshot(sick).Names());
    }

    [Fact]
    public void AfterThreeForwardedAnswersTheMembersOwnSeriesGo() =>
        Assert.Null(Healthy().Says(2, LeaderBody).Says(2, LeaderBody).Says(2, LeaderBody).Members[2].Reading);

    [Fact]
    public void TheLeadersAddressTellsEvenAtFirstContact()
    {
        var first = Of("a", "b", "c").Says(2, LeaderBody);
        Assert.Equal(Outcome.Forwarded, first.Members[2].Outcome);
        Assert.Null(first.Members[2].NodeId);
    }

    [Fact]
    public void ALeaderWhoseOwnAddressIsNamedIsBelievedWhateverItWasBefore()
    {
        var elected = Healthy().Says(1, Leader(2, 6, [1, 2, 3]));
        Assert.Equal(Outcome.Ok, elected.Members[1].Outcome);
    }

    [Fact]
    public void BehindNamesThatLeaderHostDoesNotUseMemoryTells()
    {
        var body = Leader(1, 5, [1, 2, 3]) with { LeaderHost = "10.0.0.1:9998" };
        var known = Of("a", "b").Says(0, body).Says(1, Follower(2, 5, 1)).Says(1, body);
        Assert.Equal(Outcome.Forwarded, known.Members[1].Outcome);
    }

    [Fact]
    public void ALeadersBodyFromAMemberKnownUnderAnotherIdIsForwardedEvenIfNobodyHoldsThatId()
    {
        var body = Leader(1, 5, [1, 2, 3]) with { LeaderHost = "10.0.0.1:9998" };
        var sidecar = Of(Rules with { Sidecar = true }, "b").Says(0, Follower(2, 5, 1)).Says(0, body);
        Assert.Equal(Outcome.Forwarded, sidecar.Members[0].Outcome);
        Assert.Equal("answered with the body of 10.0.0.1:9998 (node_id 1)", sidecar.Members[0].Detail);
    }

    [Theory]
    [InlineData(0, 1)] // the leader answers first
    [InlineData(1, 0)] // the forwarding member answers first
    public void TwoThatAnswerAsOneLeaderAtFirstContactAreBothBelievedUntilOneSpeaksForItself(int first, int second)
    {
        var body = Leader(1, 5, [Peer(1), Peer(2, state: PeerState.Snapshot), Peer(3)]) with
        {
            LeaderHost = Elsewhere.LeaderHost,
        };
        var mistaken = Of("a", "b", "c").Says(first, body).Says(second, body).Says(2, Follower(3, 5, 1));
        Assert.Equal([Outcome.Ok, Outcome.Ok, Outcome.Ok], mistaken.Members.Select(member => member.Outcome!.Value));
        var analysis = ClusterAnalysis.FromSnapshot(mistaken);
        Assert.Equal(1UL, analysis.Leader?.NodeId);
        // one voter cannot be identified
        Assert.Equal((1, 3, null), (analysis.Leaders, analysis.Voters, analysis.QuorumMargin));
        Assert.Equal([null, null, false], analysis.SafeToRestart);
        Assert.Equal(["PeerSnapshot node 2 (b:10110)"], analysis.Names());

        var healed = mistaken.Says(1, Follower(2, 5, 1)).Says(0, Elsewhere);
        Assert.Equal([Outcome.Ok, Outcome.Ok, Outcome.Ok], healed.Members.Select(member => member.Outcome!.Value));
        Assert.Equal([1UL, 2UL, 3UL], healed.Members.Select(member => member.NodeId!.Value));
        Assert.Equal(1, ClusterAnalysis.FromSnapshot(healed).QuorumMargin);
        Assert.Equal([0, 0, 0], healed.Members.Select(member => member.LeaderChanges));
        Assert.Equal(Outcome.Forwarded, healed.Says(1, Elsewhere).Members[1].Outcome); // now it is known by its id
    }

    [Fact]
    public void WhoSpokeAsAFollowerKeepsItsIdWhenItLeadsThoughAnotherAnswersAsItAtFirstContact()
    {
        var away = Of("a", "b", "c").Says(0, Follower(1, 4, 0)).Fails(0, Outcome.Refused, times: 3);
        var elected = away.Says(1, Elsewhere).Says(0, Elsewhere);
        Assert.Equal(Outcome.Ok, elected.Members[0].Outcome);
        Assert.Equal(Outcome.Forwarded, elected.Says(1, Elsewhere).Members[1].Outcome);
    }

    [Fact]
    public void AFollowerIsBelievedAgainstWhoOnlyAnsweredAsALeaderUnderItsId()
    {
        var changed = Of("a", "b", "c").Says(1, Elsewhere).Says(0, Elsewhere).Says(0, Follower(1, 6, 3));
        Assert.Equal(Outcome.Ok, changed.Members[0].Outcome);
        Assert.Equal(
            Outcome.Forwarded,
            changed.Says(1, Leader(3, 6, [1, 2, 3]) with { LeaderHost = "10.0.0.3:9998" }).Members[1].Outcome
        );
    }

    [Fact]
    public void AFollowerThatAnswersUnderAnIdThatAnotherMemberHoldsIsNotCountedTwice()
    {
        var twice = Healthy().Says(2, Follower(2, 5, 1));
        Assert.Equal(Outcome.Forwarded, twice.Members[2].Outcome);
    }

    [Fact]
    public void AMemberRebuiltUnderANewIdIsBelievedAsAFollower()
    {
        var rebuilt = Healthy().Fails(2, Outcome.Refused, times: 3).Says(2, Follower(4, 5, 1));
        Assert.Equal((Outcome.Ok, 4UL), (rebuilt.Members[2].Outcome!.Value, rebuilt.Members[2].NodeId!.Value));
    }
}
