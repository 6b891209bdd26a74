using Clustermgr.Analysis;
using Xunit;
using static Clustermgr.Tests.Analysis.Cluster;

namespace Clustermgr.Tests.Analysis;

public sealed class LeadershipTests
{
    [Fact]
    public void TheLeaderIsTheMemberThatSaysSoInTheHighestTerm()
    {
        var analysis = ClusterAnalysis.FromSnapshot(Healthy());
        Assert.Equal("a", analysis.Leader?.Name);
        Assert.Equal(1, analysis.Leaders);
        Assert.Equal([], analysis.Names());
    }

    [Fact]
    public void ADeposedLeaderThatGoesOnClaimingItsOldTermIsNotTheLeader()
    {
        var cut = Healthy().Says(1, Leader(2, 6, [1, 2, 3])).Says(2, Follower(3, 6, 2));
        Assert.Equal("b", ClusterAnalysis.FromSnapshot(cut).Leader?.Name);
        Assert.Equal(1, ClusterAnalysis.FromSnapshot(cut).Leaders);
    }

    [Fact]
    public void WhileTheNewLeaderStillBlocksNobodyLeadsNotEvenTheOldOne()
    {
        var blocked = Healthy().Says(2, Follower(3, 6, 2));
        var analysis = ClusterAnalysis.FromSnapshot(blocked);
        Assert.Null(analysis.Leader);
        Assert.Empty(analysis.Peers);
        Assert.Equal(2UL, analysis.NamedLeader);
    }

    [Fact]
    public void ADeadLeaderIsStillNamedByTheOthersAndTheFindingSaysThatItDoesNotAnswer()
    {
        var dead = Healthy().Fails(0, Outcome.Refused, times: 3);
        var analysis = ClusterAnalysis.FromSnapshot(dead);
        Assert.Null(analysis.Leader);
        Assert.Equal(1UL, analysis.NamedLeader);
        Assert.Contains(
            analysis.Findings,
            f => f.Sentence == "Node 1 (a:9998) is named as leader in term 5 and does not answer as one."
        );
    }

    [Fact]
    public void DifferentLeadersInTheHighestTermAreADisagreement()
    {
        var split = Healthy().Says(2, Follower(3, 5, 2));
        Assert.Equal(2, ClusterAnalysis.FromSnapshot(split).Leaders);
        Assert.Contains("LeaderDisagreement", ClusterAnalysis.FromSnapshot(split).Names());
    }

    [Fact]
    public void TwoMembersThatLeadInOneTermAreABrokenRaft()
    {
        var broken = Healthy().Says(1, Leader(2, 5, [1, 2, 3]));
        Assert.Contains("TwoLeadersInOneTerm", ClusterAnalysis.FromSnapshot(broken).Names());
    }

    [Fact]
    public void AChangeOfLeaderIsCountedOnceByEachMemberThatSawIt()
    {
        var after = Healthy()
            .Says(1, Follower(2, 5, 0))
            .Says(1, Leader(2, 6, [1, 2, 3]))
            .Says(2, Follower(3, 5, 0))
            .Says(2, Follower(3, 6, 2))
            .Says(2, Follower(3, 6, 2));
        Assert.Equal([0, 1, 1], after.Members.Select(member => member.LeaderChanges));
    }

    [Fact]
    public void ALeaderLostAndFoundAgainIsNoChangeOfLeader()
    {
        var after = Healthy().Says(1, Follower(2, 5, 0)).Says(1, Follower(2, 6, 1));
        Assert.Equal(0, after.Members[1].LeaderChanges);
    }

    [Fact]
    public void TermsAboveTwoToThe53AreComparedExactly()
    {
        const ulong term = (1UL << 60) + 1;
        var close = Of("a", "b", "c").Says(0, Leader(1, term - 1, [1, 2, 3])).Says(1, Leader(2, term, [1, 2, 3]));
        Assert.Equal("b", ClusterAnalysis.FromSnapshot(close).Leader?.Name);
    }

    [Fact]
    public void AMemberWithoutALeaderWhileAnotherLeadsIsIsolated()
    {
        var cut = Healthy().Says(2, Follower(3, 5, 0));
        Assert.Contains("MemberIsolated c", ClusterAnalysis.FromSnapshot(cut).Names());
    }

    [Fact]
    public void ADeadMembersLastWordOfAHigherTermLeavesOpenWhoLeads()
    {
        var died = Healthy().Says(1, Leader(2, 6, [1, 2, 3])).Fails(1, Outcome.Refused);
        Assert.Null(ClusterAnalysis.FromSnapshot(died).NamedLeader); // the others are still in the previous term
        Assert.Equal(2UL, died.LastNamedLeader);
        // until its answer is stale, the higher term counts
        Assert.Equal("b", ClusterAnalysis.FromSnapshot(died).Leader?.Name);
    }
}
