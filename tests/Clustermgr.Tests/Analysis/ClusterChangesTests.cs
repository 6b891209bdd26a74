using Clustermgr.Analysis;
using Xunit;
using static Clustermgr.Tests.Analysis.Cluster;

namespace Clustermgr.Tests.Analysis;

public sealed class ClusterChangesTests
{
    [Fact]
    public void AFailureThatGoesOnIsToldOnce()
    {
        var up = Healthy();
        var down = up.Fails(2, Outcome.Refused, at: 65);
        Assert.Equal(["member c: member down after 1m5s up, refused: as seen"], Told(up, down));
        Assert.Equal([], Told(down, down.Fails(2, Outcome.Refused, at: 70)));
        Assert.Equal([], Told(down, down.Fails(2, Outcome.Timeout, at: 70)));
        var hung = down.Fails(2, Outcome.Timeout, at: 70, times: 2);
        Assert.Equal(
            ["member c: member still down after 15s, now timeout: as seen"],
            Told(hung, hung.Fails(2, Outcome.Timeout, at: 80))
        );
        Assert.Equal(
            ["member c: member up again as node 3 after 15s (refused)"],
            Told(down, down.Says(2, Follower(3, 5, 1), at: 80))
        );
    }

    [Fact]
    public void AMemberThatIsDownFromTheStartSaysSo() =>
        Assert.Equal(
            [
                "member a: member down from the start, dns: as seen",
                "finding ClusterBlind: The only member does not answer.",
            ],
            Told(Of("a"), Of("a").Fails(0, Outcome.Dns))
        );

    [Fact]
    public void ALeaderLostFoundAndChangedIsThreeLines()
    {
        var healthy = Healthy();
        var lost = healthy.Says(0, Follower(1, 5, 0)).Says(1, Follower(2, 5, 0)).Says(2, Follower(3, 5, 0));
        Assert.Equal(["leader : no leader, was a (node 1)"], Told(healthy, lost));
        var found = lost.Says(1, Leader(2, 6, [1, 2, 3]));
        Assert.Equal(["leader : leader is b (node 2) in term 6"], Told(lost, found));
        Assert.Equal(
            ["leader : leader changed from b (node 2) to c (node 3) in term 7"],
            Told(found, found.Says(2, Leader(3, 7, [1, 2, 3])))
        );
    }

    [Fact]
    public void WhileNoMemberAnswersTheLeaderIsNotSaidToChange()
    {
        var healthy = Healthy();
        var blind = healthy.Fails(0, Outcome.Timeout).Fails(1, Outcome.Timeout).Fails(2, Outcome.Timeout);
        Assert.DoesNotContain(Told(healthy, blind), line => line.StartsWith("leader", StringComparison.Ordinal));
        Assert.DoesNotContain(
            Told(blind, blind.Says(0, Leader(1, 5, [1, 2, 3]))),
            line => line.StartsWith("leader", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void ASwitchIsToldWhenItsValueChangesNotWhenItBecomesUnknown()
    {
        var on = Healthy().Apply("balance", new("true"), Start);
        Assert.Equal([], Told(Healthy(), on)); // the initial state of a switch is not a change
        var stale = on.Says(0, Leader(1, 5, [1, 2, 3]), at: 100);
        Assert.Null(stale.Switches[1].Reading);
        Assert.Equal([], Told(on, stale));
        Assert.Equal([], Told(stale, stale.Apply("balance", new("true"), Start.AddSeconds(110))));
        Assert.Equal(
            ["switch balance: switch is unset, was enabled"],
            Told(stale, stale.Apply("balance", new(null), Start.AddSeconds(110)))
        );
    }

    [Fact]
    public void TheQuorumIsToldWhenItsReadsFailAndWhenTheySucceedAgain()
    {
        var up = Healthy() with { LinearizableReadUp = true };
        var down = Healthy() with { LinearizableReadUp = false };
        Assert.Equal([], Told(Healthy(), up));
        Assert.Equal(["quorum : linearizable reads reach no quorum"], Told(up, down));
        Assert.Equal(["quorum : linearizable reads reach a quorum again"], Told(down, up));
    }

    [Fact]
    public void ADiskThatLeavesTheListIsToldUnlessTheListWasCut()
    {
        var disk = new DiskReading(7, "http://h", "/d7", "z0", "r", DiskStatus.Repairing, false);
        var before = Healthy().Fold(DiskListKind.Repairing, new DiskList(Start, [disk], false));
        Assert.Equal(["disk 7: disk is repairing: http://h /d7 in z0"], Told(Healthy(), before));
        Assert.Equal(
            ["disk 7: disk is no longer repairing: http://h /d7"],
            Told(before, before.Fold(DiskListKind.Repairing, new DiskList(Start, [], false)))
        );
        Assert.Equal([], Told(before, before.Fold(DiskListKind.Repairing, new DiskList(Start, [], true))));
        Assert.DoesNotContain( // stale does not mean removed
            Told(before, before.Says(0, Leader(1, 5, [1, 2, 3]), at: 300)),
            line => line.StartsWith("disk", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void AFindingThatNoOtherLineTellsIsToldWhenItComesAndWhenItGoes()
    {
        var readOnly = Healthy().Says(2, Follower(3, 5, 1) with { ReadOnly = true });
        Assert.Equal(["finding ReadOnlyMember: c is configured read_only."], Told(Healthy(), readOnly));
        Assert.Equal([], Told(readOnly, readOnly));
        Assert.Equal(["finding ReadOnlyMember: no longer: c is configured read_only."], Told(readOnly, Healthy()));
    }

    private static string[] Told(ClusterSnapshot before, ClusterSnapshot after) =>
        [
            .. ClusterChanges
                .Between(ClusterAnalysis.FromSnapshot(before), ClusterAnalysis.FromSnapshot(after))
                .Select(change => $"{change.Kind} {change.Subject}: {change.Sentence}"),
        ];
}
