using ClustermgrExporter.Clusters;
using Xunit;
using static ClustermgrExporter.Tests.Clusters.Cluster;

namespace ClustermgrExporter.Tests.Clusters;

public sealed class MemberIdentityTests
{
    private static readonly StatReading s_leaderBody = Leader(1, 5, [1, 2, 3]);

    [Fact]
    public void ASickMembersAnswerWithTheLeadersBodyIsNotItsOwn()
    {
        var sick = Healthy().Says(2, s_leaderBody);
        Assert.Equal(Outcome.Forwarded, sick.Members[2].Outcome);
        Assert.Equal("answered with the body of a (node_id 1)", sick.Members[2].Detail);
        Assert.Equal(3UL, sick.Members[2].Reading!.Raft.NodeId); // its own last answer stays until it is stale
        Assert.Equal(1, sick.Members[2].Tallies[(int)Endpoint.Stat].Polls[(int)Outcome.Forwarded]);
        Assert.Contains("MemberForwarding c", ClusterAnalysis.Of(sick).Names());
    }

    [Fact]
    public void AfterThreeForwardedAnswersTheMembersOwnSeriesGo() =>
        Assert.Null(Healthy().Says(2, s_leaderBody).Says(2, s_leaderBody).Says(2, s_leaderBody).Members[2].Reading);

    [Fact]
    public void TheLeadersAddressTellsEvenAtFirstContact()
    {
        var first = Of("a", "b", "c").Says(2, s_leaderBody);
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

    [Fact]
    public void AMistakeAtFirstContactEndsWhenTheMemberSpeaksForItself()
    {
        var body = Leader(1, 5, [1, 2, 3]) with { LeaderHost = "10.0.0.1:9998" };
        var mistaken = Of("x", "y").Says(0, body).Says(1, body);
        Assert.Equal(Outcome.Forwarded, mistaken.Members[1].Outcome); // really the leader, but x took its id first
        var healed = mistaken.Says(0, Follower(2, 5, 1)).Says(1, body);
        Assert.Equal([Outcome.Ok, Outcome.Ok], healed.Members.Select(member => member.Outcome!.Value));
        Assert.Equal([2UL, 1UL], healed.Members.Select(member => member.NodeId!.Value));
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
