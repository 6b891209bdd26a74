using Clustermgr.Admin;
using ClustermgrSimulator.Faults;
using Xunit;

namespace ClustermgrExporter.Tests.Admin;

public sealed class LeaderVerbTests : IDisposable
{
    private readonly AdminCliFixture _acted = new();

    public void Dispose() => _acted.Dispose();

    [Fact]
    public void WhoLeadsWhoFollowsAndWhoCouldIsShown()
    {
        _acted.Cluster.Lag(2, 40);
        _acted.Cluster.SetReadOnly(3, true);
        Assert.Equal(
            (
                ExitCode.Done,
                """
                prod-z0: node 1 (10.0.0.1:9998) leads in term 7; 3 voters, 2 are a quorum
                  transfer    none under way
                  followers   10.0.0.2:9998, 10.0.0.3:9998
                  could lead  node 2 (10.0.0.2:9998) with lag 40

                """,
                ""
            ),
            _acted.Run("leader show")
        );
        Assert.Equal(
            (
                ExitCode.Done,
                """
                {
                  "version": 2,
                  "cluster": "prod-z0",
                  "leader": {
                    "node": "1",
                    "member": "10.0.0.1:9998",
                    "term": "7",
                    "transferTo": null
                  },
                  "followers": [
                    "10.0.0.2:9998",
                    "10.0.0.3:9998"
                  ],
                  "couldLead": [
                    "2"
                  ]
                }

                """,
                ""
            ),
            _acted.Run("leader show --output=json")
        );
    }

    [Fact]
    public void WithoutALeaderItCannotTell()
    {
        _acted.Break("kill 1");
        var (exit, output, error) = _acted.Run("leader show");
        Assert.Equal(
            (
                ExitCode.CannotTell,
                "cannot tell: only the leader's own list shows the members, and the leader 10.0.0.1:9998 does not "
                    + "answer\n"
            ),
            (exit, error)
        );
        Assert.StartsWith("prod-z0: the leader is not known here", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    // given only a follower
    [InlineData("--clustermgr.url=http://10.0.0.3:9998 --clustermgr.cluster=prod-z0")]
    public void LeadershipIsHandedOverAndSeen(string source)
    {
        var (exit, output, error) = _acted.Run($"leader transfer --peer=2 --yes {source}");
        Assert.Equal((ExitCode.Done, ""), (exit, error));
        Assert.Contains(
            "  POST http://10.0.0.1:9998/leadership/transfer\n  {\"peer_id\":2}\nsent: 200\ndone: node 2 "
                + "(10.0.0.2:9998) leads in term 8",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal(2ul, _acted.Cluster.Leader);
    }

    [Theory]
    [InlineData("", 1, "node 1 (10.0.0.1:9998) leads already")]
    [InlineData("", 7, "there is no peer 7; the leader lists 1, 2, 3, 5")]
    [InlineData("", 5, "node 5 (10.0.0.5:10110) is a learner, and the server ignores a transfer to one")]
    [InlineData(
        "kill 2",
        2,
        "the leader does not hear node 2 (10.0.0.2:10110): it would take no writes until it gives the transfer up. "
            + "After an election this may last 10 s"
    )]
    public void ATransferThatCannotWorkIsRefusedForcedOrNot(string broken, ulong target, string why)
    {
        _acted.Cluster.AddMember(5, "10.0.0.5:9998", "10.0.0.5:10110", learner: true);
        _acted.Break(broken);
        _acted.Pass(15);
        var (exit, _, error) = _acted.Run($"leader transfer --peer={target} --yes --force");
        Assert.Equal((ExitCode.Refused, $"refused: {why}\n"), (exit, error));
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void ALaggingPeerIsRefusedUntilForced()
    {
        _acted.Cluster.Lag(2, 1001);
        Assert.Equal(
            (
                ExitCode.Refused,
                "refused: node 2 (10.0.0.2:9998) lags 1001 entries behind: until it has caught up the leader takes "
                    + "no writes; --force sends it\n"
            ),
            _acted.Run("leader transfer --peer=2 --yes") is var (exit, _, error) ? (exit, error) : default
        );
        Assert.Equal(ExitCode.Done, _acted.Run("leader transfer --peer=2 --yes --force").Exit);

        using var within = new AdminCliFixture();
        within.Cluster.Lag(2, 1000);
        Assert.Equal(ExitCode.Done, within.Run("leader transfer --peer=2 --dry-run").Exit);
    }

    [Fact]
    public void APeerThatDoesNotAnswerUsIsRefusedUntilForced()
    {
        _acted.Cluster.SetFaults(2, new MemberFaults { RefuseTokens = true });
        Assert.Equal(
            (
                ExitCode.Refused,
                "refused: node 2 (10.0.0.2:10110) is none of the members that answer; perhaps it is 10.0.0.2:9998: "
                    + "HTTP 403: the member asks for a token; "
                    + "configure the secret of its auth section; --force sends it\n"
            ),
            _acted.Run("leader transfer --peer=2 --yes") is var (exit, _, error) ? (exit, error) : default
        );
        Assert.Equal(ExitCode.Done, _acted.Run("leader transfer --peer=2 --yes --force").Exit);
    }

    [Fact]
    public void AReadOnlyPeerIsRefusedUntilForced()
    {
        _acted.Cluster.SetReadOnly(2, true);
        Assert.Equal(
            (
                ExitCode.Refused,
                "refused: node 2 (10.0.0.2:9998) is read-only by its own configuration: as leader it would refuse "
                    + "every write; --force sends it\n"
            ),
            _acted.Run("leader transfer --peer=2 --yes") is var (exit, _, error) ? (exit, error) : default
        );
        Assert.Equal(ExitCode.Done, _acted.Run("leader transfer --peer=2 --yes --force").Exit);
    }

    [Fact]
    public void ATransferThatIsGivenUpIsNotTakenForDone()
    {
        _acted.BeforeSending = () => _acted.Break("hang 2");
        var (exit, output, error) = _acted.Run("leader transfer --peer=2 --yes --wait=4s");
        Assert.Equal(ExitCode.Unseen, exit);
        Assert.EndsWith("sent: 200\n", output, StringComparison.Ordinal);
        Assert.StartsWith(
            "not seen within 4s: node 1 (10.0.0.1:9998) leads in term 7; 3 voters, 2 are a quorum; it is still "
                + "handing over to node 2 (10.0.0.2:9998)\n"
                + "look again: clustermgr-exporter leader show ",
            error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AnAnswerOf200ThatDidNothingIsToldFromSuccess()
    {
        _acted.Cluster.SetFaults(1, new MemberFaults { Writes = WriteFault.Ignore });
        var (exit, _, error) = _acted.Run("leader transfer --peer=3 --yes --wait=2s");
        Assert.Equal(ExitCode.Unseen, exit);
        Assert.StartsWith(
            "not seen within 2s: node 1 (10.0.0.1:9998) leads in term 7; 3 voters, 2 are a quorum; no transfer is "
                + "under way\n",
            error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void WithoutAQuorumNothingIsSentForcedOrNot()
    {
        _acted.Break("kill 2; kill 3");
        Assert.Equal(ExitCode.Refused, _acted.Run("leader transfer --peer=2 --yes --force").Exit);
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void NamesThatATerminalWouldObeyNeverReachItRaw()
    {
        _acted.Cluster.AddMember(5, "10.0.0.5:9998", "\u001b[31m高可用\u202e:10110", learner: true);
        var (_, output, _) = _acted.Run("member list");
        Assert.DoesNotContain('\u001b', output);
        Assert.DoesNotContain('\u202e', output);
        Assert.Contains("\\u001b[31m高可用\\u202e:10110  -              learner", output, StringComparison.Ordinal);
        var (_, _, error) = _acted.Run("leader transfer --peer=5 --yes");
        Assert.Equal(
            "refused: node 5 (\\u001b[31m高可用\\u202e:10110) is a learner, and the server ignores a transfer to one\n",
            error
        );
    }
}
