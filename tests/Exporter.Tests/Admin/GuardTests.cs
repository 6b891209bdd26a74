using Clustermgr.Admin;
using Xunit;

namespace ClustermgrExporter.Tests.Admin;

/// <summary>The guards alone: each case is fine, refused unless forced, or refused.</summary>
public sealed class GuardTests
{
    [Theory]
    [InlineData("1L 2 3", 3, "fine")]
    [InlineData("1L 2 3 4 5", 3, "fine")]
    [InlineData("1L 2 3d", 3, "fine")] // the dead member itself
    [InlineData("1L 2 3x", 3, "fine")]
    [InlineData("1L 2 3d", 2, "refused")]
    [InlineData("1L 2 3x", 2, "forcible")] // the leader still considers it active
    [InlineData("1L 2 3dx", 2, "refused")]
    [InlineData("1L 2 3z", 2, "forcible")]
    [InlineData("1L 2 3p", 2, "forcible")]
    [InlineData("1L 2 3u", 2, "fine")] // not polled, but the leader hears it
    [InlineData("1L 2 3ud", 2, "refused")]
    [InlineData("1L 2u 3x", 2, "forcible")] // the member that does not answer may be node 2 or 3
    [InlineData("1L 2u 3x", 3, "forcible")]
    [InlineData("1L 2u 3u 4x", 2, "fine")] // two of three are healthy, whichever member is silent
    [InlineData("1L 2 3 4d 5", 2, "fine")] // three of the remaining four are healthy: a majority
    [InlineData("1L 2 3 4d 5d", 2, "refused")]
    [InlineData("1L 2 3 4d 5d", 5, "fine")]
    [InlineData("1L 2 3l", 2, "fine")] // one voter remains: the leader
    [InlineData("1L 2d 3l", 2, "fine")]
    [InlineData("1L 2d 3 4l", 4, "fine")] // learners do not count
    [InlineData("1L 2 3", 1, "refused")]
    [InlineData("1L 2 3", 9, "refused")]
    public void Removing(string cluster, ulong peer, string expected) =>
        Assert.Equal(expected, Word(MemberGuards.Remove(ClusterDiagram.Cluster(cluster), peer)));

    [Theory]
    [InlineData("1L 2 3", false, "fine")]
    [InlineData("1L 2", false, "fine")]
    [InlineData("1L", false, "forcible")] // needs two of two, and the new one does not run yet
    [InlineData("1L", true, "fine")]
    [InlineData("1L 2 3d", false, "forcible")]
    [InlineData("1L 2 3x", false, "forcible")]
    [InlineData("1L 2 3z", false, "forcible")]
    [InlineData("1L 2 3d", true, "fine")]
    [InlineData("1L 2 3 4d 5", false, "fine")]
    public void Adding(string cluster, bool learner, string expected) =>
        Assert.Equal(
            expected,
            Word(MemberGuards.Add(ClusterDiagram.Cluster(cluster), new NewMember(9, "9:10110", "9:9998", learner)))
        );

    [Theory]
    [InlineData("1L 2 3", 2, "fine")]
    [InlineData("1L 2 3z", 2, "fine")]
    [InlineData("1L 2z 3", 2, "forcible")]
    [InlineData("1L 2p 3", 2, "forcible")]
    [InlineData("1L 2x 3", 2, "forcible")]
    [InlineData("1L 2u 3", 2, "fine")]
    [InlineData("1L 2d 3", 2, "refused")]
    [InlineData("1L 2l 3", 2, "refused")]
    [InlineData("1L 2 3", 1, "refused")]
    [InlineData("1L 2 3", 9, "refused")]
    public void Transferring(string cluster, ulong peer, string expected) =>
        Assert.Equal(expected, Word(LeaderGuards.Transfer(ClusterDiagram.Cluster(cluster), peer)));

    [Fact]
    public void ATransferToAPeerOfUnknownLagSaysThatItIsUnknown()
    {
        var analysis = ClusterDiagram.Cluster("1L 2 3");
        analysis = analysis with { Peers = [.. analysis.Peers.Select(peer => peer with { LagEntries = null })] };
        Assert.Contains(
            "the leader does not say how far node 2 (2:9998) lags behind: until it has caught up the leader takes no writes",
            $"{string.Join('|', LeaderGuards.Transfer(analysis, 2).Objections)}",
            StringComparison.Ordinal
        );
    }

    /// <summary>For every cluster of up to five voters: with or without --force, the leader keeps a majority that it
    /// hears.</summary>
    [Fact]
    public void NoRemovalEverLeavesTheLeaderWithoutAMajorityThatItHears()
    {
        var asked = 0;
        var allowed = 0;
        foreach (
            var others in Enumerable
                .Range(1, 4)
                .SelectMany(count => States(count, ["", "z", "d", "x", "dx", "p", "u", "ud"]))
        )
        {
            var heard = 1 + others.Count(state => !state.Contains('d'));
            var cluster = ClusterDiagram.Cluster(
                string.Join(' ', ["1L", .. others.Select((state, i) => $"{i + 2}{state}")])
            );
            for (var i = 0; i < others.Length; i++)
            {
                asked++;
                var left = heard - (others[i].Contains('d') ? 0 : 1);
                if (Word(MemberGuards.Remove(cluster, (ulong)i + 2)) == "refused")
                {
                    continue;
                }
                allowed++;
                Assert.True(left >= (others.Length / 2) + 1, $"removing {i + 2} of {string.Join(' ', others)}");
            }
        }
        Assert.InRange(allowed, 1, asked - 1);
    }

    private static IEnumerable<string[]> States(int count, string[] states) =>
        count == 0
            ?
            [
                [],
            ]
            : States(count - 1, states).SelectMany(before => states.Select(state => (string[])[.. before, state]));

    private static string Word(GuardResult judgement) =>
        judgement.Objections.IsEmpty ? "fine"
        : judgement.Objections.All(objection => objection.Forcible) ? "forcible"
        : "refused";
}
