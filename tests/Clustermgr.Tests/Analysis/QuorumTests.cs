using Clustermgr.Analysis;
using Xunit;
using static Clustermgr.Tests.Analysis.Cluster;

namespace Clustermgr.Tests.Analysis;

public sealed class QuorumTests
{
    [Fact]
    public void AHealthyClusterOfThreeMayLoseOne()
    {
        var analysis = ClusterAnalysis.FromSnapshot(Healthy());
        Assert.Equal((3, 3, 2, 1), (analysis.MemberCount, analysis.Voters, analysis.Quorum, analysis.QuorumMargin));
        Assert.Equal([true, true, true], analysis.SafeToRestart);
    }

    [Fact]
    public void WithOneDownNoMarginIsLeftAndOnlyTheDeadOneIsSafeToRestart()
    {
        var analysis = ClusterAnalysis.FromSnapshot(Healthy().Fails(2, Outcome.Refused, times: 3));
        Assert.Equal(0, analysis.QuorumMargin);
        Assert.Equal([false, false, true], analysis.SafeToRestart);
        Assert.Contains("NoQuorumMargin", analysis.Names());
    }

    [Fact]
    public void WithoutAMajorityTheMarginIsNegativeAndNothingIsSafe()
    {
        var lost = Healthy()
            .Fails(1, Outcome.Refused, times: 3)
            .Fails(2, Outcome.Refused, times: 3)
            .Says(0, Follower(1, 5, 0));
        var analysis = ClusterAnalysis.FromSnapshot(lost);
        Assert.Equal((3, 2, -1), (analysis.Voters, analysis.Quorum, analysis.QuorumMargin));
        Assert.Equal([false, false, false], analysis.SafeToRestart);
        Assert.Equal(["QuorumLost", "NoLeader", "MemberDown b", "MemberDown c"], analysis.Names());
    }

    [Fact]
    public void LearnersDoNotVote()
    {
        var reading = Leader(1, 5, [Peer(1), Peer(2), Peer(3), Peer(4, learner: true)]);
        var analysis = ClusterAnalysis.FromSnapshot(
            Of("a", "b", "c", "d")
                .Says(0, reading)
                .Says(1, Follower(2, 5, 1))
                .Says(2, Follower(3, 5, 1))
                .Says(3, Follower(4, 5, 1))
        );
        Assert.Equal((4, 3, 2, 1), (analysis.MemberCount, analysis.Voters, analysis.Quorum, analysis.QuorumMargin));
        Assert.Equal(true, analysis.SafeToRestart[3]);
        Assert.Equal([], analysis.Names());
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 2, 0)]
    [InlineData(5, 3, 2)]
    public void SmallAndLargeClustersHaveTheirMajorities(int members, int quorum, int margin)
    {
        var ids = Enumerable.Range(1, members).Select(id => (ulong)id).ToArray();
        var snapshot = Of([.. ids.Select(id => ((char)('a' + (int)id - 1)).ToString())]).Says(0, Leader(1, 5, ids));
        foreach (var id in ids.Skip(1))
        {
            snapshot = snapshot.Says((int)id - 1, Follower(id, 5, 1));
        }
        var analysis = ClusterAnalysis.FromSnapshot(snapshot);
        Assert.Equal((quorum, margin), (analysis.Quorum, analysis.QuorumMargin));
        Assert.Equal([], analysis.Names()); // one or two members never have a margin, so this is not a finding
    }

    [Fact]
    public void ALaggingFollowerIsNoneToLeanOn()
    {
        var reading = Leader(1, 5, [Peer(1, match: 5000), Peer(2, match: 5000), Peer(3, match: 100)], commit: 5000);
        var analysis = ClusterAnalysis.FromSnapshot(Healthy().Says(0, reading));
        Assert.Equal([false, false, true], analysis.SafeToRestart);
        Assert.Equal(["PeerLagging c"], analysis.Names());
        Assert.Equal(4900UL, analysis.Peers[2].LagEntries);
    }

    [Fact]
    public void AFollowerCutOffFromTheOthersIsNoneToLeanOnThoughItAnswersUs() =>
        Assert.Equal(
            [false, false, true],
            ClusterAnalysis.FromSnapshot(Healthy().Says(2, Follower(3, 5, 0))).SafeToRestart
        );

    [Fact]
    public void BeforeTheFirstLeaderWhoVotesIsNotKnownButTooFewMembersAreAFinding()
    {
        var analysis = ClusterAnalysis.FromSnapshot(
            Of("a", "b", "c").Says(0, Follower(1, 5, 0)).Fails(1, Outcome.Refused).Fails(2, Outcome.Refused)
        );
        Assert.Equal((null, null, null), (analysis.MemberCount, analysis.Voters, analysis.QuorumMargin));
        Assert.Equal([null, null, null], analysis.SafeToRestart);
        Assert.Contains(analysis.Findings, f => f.Sentence == "1 of 3 configured members answer, 2 are needed.");
    }

    [Fact]
    public void BeforeEveryMemberWasAskedNothingIsSaidOfTheQuorum()
    {
        var first = ClusterAnalysis.FromSnapshot(Of("a", "b", "c").Says(0, Leader(1, 5, [1, 2, 3])));
        Assert.Null(first.QuorumMargin);
        Assert.All(first.SafeToRestart, safe => Assert.Null(safe));
        Assert.Equal([], first.Names());
    }

    [Fact]
    public void AVoterThatIsCutOffAnswersUsAndCountsForNothing()
    {
        var cut = Healthy().Says(2, Follower(3, 5, 0));
        Assert.Equal(0, ClusterAnalysis.FromSnapshot(cut).QuorumMargin);
        Assert.Equal(-1, ClusterAnalysis.FromSnapshot(cut.Fails(1, Outcome.Refused)).QuorumMargin);
    }

    [Fact]
    public void WhoAnsweredBeforeTheElectionIsNotCutOffFromItsLeader()
    {
        var elected = Healthy().Says(2, Leader(3, 6, [1, 2, 3]), at: 5);
        Assert.Equal(1, ClusterAnalysis.FromSnapshot(elected).QuorumMargin);
        Assert.Equal([true, true, true], ClusterAnalysis.FromSnapshot(elected).SafeToRestart);
        Assert.Equal([], ClusterAnalysis.FromSnapshot(elected).Names());
        // Asked in the same tick or an earlier one: it may not know of the election yet.
        Assert.Equal(1, ClusterAnalysis.FromSnapshot(elected.Says(0, Leader(1, 5, [1, 2, 3]), at: 5.004)).QuorumMargin);
        Assert.Equal(1, ClusterAnalysis.FromSnapshot(elected.Says(1, Follower(2, 5, 0), at: 7, took: 3)).QuorumMargin);
    }

    [Fact]
    public void WhoIsAskedAfterTheElectionAndIsInTheOldTermIsCutOff()
    {
        var elected = Healthy().Says(1, Leader(2, 6, [1, 2, 3]), at: 5).Says(2, Follower(3, 6, 2), at: 5);
        var deposed = ClusterAnalysis.FromSnapshot(elected.Says(0, Leader(1, 5, [1, 2, 3]), at: 10));
        Assert.Equal(0, deposed.QuorumMargin);
        Assert.Equal([true, false, false], deposed.SafeToRestart);
        Assert.Equal(["NoQuorumMargin"], deposed.Names());
    }

    [Fact]
    public void WhoWasCutOffBeforeTheElectionIsSoUntilItSaysOtherwise()
    {
        var cut = Healthy().Says(2, Follower(3, 5, 0), at: 5);
        var elected = cut.Says(1, Leader(2, 6, [1, 2, 3]), at: 10);
        Assert.Equal(0, ClusterAnalysis.FromSnapshot(elected).QuorumMargin);
        Assert.Equal(0, ClusterAnalysis.FromSnapshot(elected.Says(1, Leader(2, 7, [1, 2, 3]), at: 15)).QuorumMargin);
        Assert.Equal(1, ClusterAnalysis.FromSnapshot(elected.Says(2, Follower(3, 6, 2), at: 15)).QuorumMargin);
    }

    [Fact]
    public void WhoKnewNoLeaderWhenNobodyDidIsNotCutOffFromTheOneThatIsElectedThen()
    {
        var leaderless = Healthy()
            .Fails(0, Outcome.Refused)
            .Says(1, Follower(2, 5, 0), at: 5)
            .Says(2, Follower(3, 5, 0), at: 5);
        var elected = ClusterAnalysis.FromSnapshot(leaderless.Says(1, Leader(2, 6, [1, 2, 3]), at: 10));
        Assert.Equal(0, elected.QuorumMargin);
        Assert.DoesNotContain("MemberIsolated c", elected.Names());
    }

    [Fact]
    public void TermsThatDifferWhenEveryMemberIsAskedForTheFirstTimeAreNoElection()
    {
        var first = Of("a", "b", "c")
            .Says(2, Follower(3, 5, 0))
            .Says(0, Leader(1, 6, [1, 2, 3]))
            .Says(1, Follower(2, 6, 1));
        Assert.Equal(0, ClusterAnalysis.FromSnapshot(first).QuorumMargin);
        Assert.Contains("MemberIsolated c", ClusterAnalysis.FromSnapshot(first).Names());
    }

    [Fact]
    public void WhenNobodyAnswersItMayBeUsWhoAreCutOff()
    {
        var blind = ClusterAnalysis.FromSnapshot(
            Healthy().Fails(0, Outcome.Timeout).Fails(1, Outcome.Timeout).Fails(2, Outcome.Timeout)
        );
        Assert.Null(blind.QuorumMargin);
        Assert.Equal([null, null, null], blind.SafeToRestart);
    }

    [Fact]
    public void AVoterThatIsNotConfiguredMakesTheMarginUnknown()
    {
        var analysis = ClusterAnalysis.FromSnapshot(
            Of("a", "b").Says(0, Leader(1, 5, [1, 2, 3])).Says(1, Follower(2, 5, 1))
        );
        Assert.Equal((3, null), (analysis.Voters, analysis.QuorumMargin));
        Assert.Equal(["VoterMismatch"], analysis.Names());
    }

    [Fact]
    public void BesideAFollowerAloneNothingOfTheClusterIsKnown()
    {
        var analysis = ClusterAnalysis.FromSnapshot(Of(Rules with { Sidecar = true }, "b").Says(0, Follower(2, 5, 1)));
        Assert.Equal(
            (null, null, null, null),
            (analysis.MemberCount, analysis.Voters, analysis.Quorum, analysis.QuorumMargin)
        );
        Assert.Null(analysis.SafeToRestart[0]);
        Assert.Null(analysis.Leader);
        Assert.Equal([], analysis.Names());
    }

    [Fact]
    public void BesideTheLeaderAloneItsListTellsVotersAndWhetherItMayRestartButNotWhoAnswersUs()
    {
        var analysis = ClusterAnalysis.FromSnapshot(
            Of(Rules with { Sidecar = true }, "a").Says(0, Leader(1, 5, [1, 2, 3]))
        );
        Assert.Equal((3, 2, null), (analysis.Voters, analysis.Quorum, analysis.QuorumMargin));
        Assert.Equal(true, analysis.SafeToRestart[0]);
        Assert.Equal([], analysis.Names());
    }

    [Fact]
    public void ARemovedMemberThatStillNamesALeaderIsNoVoter()
    {
        var analysis = ClusterAnalysis.FromSnapshot(Healthy().Says(0, Leader(1, 5, [1, 2])));
        Assert.Equal((2, 2, 0), (analysis.Voters, analysis.Quorum, analysis.QuorumMargin));
        Assert.Equal(["VoterMismatch", "VoterMismatch c"], analysis.Names());
    }
}
