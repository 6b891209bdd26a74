using Clustermgr.Admin;
using ClustermgrSimulator.Faults;
using Xunit;

namespace ClustermgrExporter.Tests.Admin;

public sealed class MemberVerbTests : IDisposable
{
    private const string Members =
        "--clustermgr.url=http://10.0.0.1:9998 --clustermgr.url=http://10.0.0.2:9998 "
        + "--clustermgr.url=http://10.0.0.3:9998 --clustermgr.cluster=prod-z0";
    private const string New = "member add --peer=4 --host=10.0.0.4:10110 --node-host=10.0.0.4:9998";

    private readonly AdminCliFixture _acted = new();

    public void Dispose() => _acted.Dispose();

    [Fact]
    public void TheListIsTheLeadersAndSaysHowEachIs()
    {
        _acted.Break("kill 3");
        _acted.Cluster.AddMember(5, "10.0.0.5:9998", "10.0.0.5:10110", learner: true);
        _acted.Pass(15);
        Assert.Equal(
            (
                ExitCode.Done,
                """
                prod-z0: node 1 (10.0.0.1:9998) leads in term 7; 3 voters and 1 learner, 2 are a quorum
                  NODE  RAFT HOST       MEMBER         ROLE     STATE      LAG    HEARD  ANSWERS
                  1     10.0.0.1:10110  10.0.0.1:9998  leader   -          -      -      ok
                  2     10.0.0.2:10110  10.0.0.2:9998  voter    replicate  0      yes    ok
                  3     10.0.0.3:10110  -              voter    replicate  1      no     -
                  5     10.0.0.5:10110  -              learner  probe      48211  no     -

                """,
                ""
            ),
            _acted.Run("member list")
        );
    }

    [Fact]
    public void TheListIsJsonForScripts()
    {
        _acted.Cluster.RemoveMember(3);
        var (exit, output, error) = _acted.Run("member list -o json");
        Assert.Equal((ExitCode.Done, ""), (exit, error));
        Assert.Equal(
            """
            {
              "version": 2,
              "cluster": "prod-z0",
              "voters": 2,
              "quorum": 2,
              "members": [
                {
                  "node": "1",
                  "raftHost": "10.0.0.1:10110",
                  "member": "10.0.0.1:9998",
                  "role": "leader",
                  "state": "replicate",
                  "lagEntries": 0,
                  "heard": null,
                  "answers": "ok"
                },
                {
                  "node": "2",
                  "raftHost": "10.0.0.2:10110",
                  "member": "10.0.0.2:9998",
                  "role": "voter",
                  "state": "replicate",
                  "lagEntries": 0,
                  "heard": true,
                  "answers": "ok"
                }
              ],
              "notListed": [
                "10.0.0.3:9998"
              ]
            }

            """,
            output
        );
    }

    [Fact]
    public void GivenOneFollowerTheListIsThatOfTheLeaderWhomItNames()
    {
        var (exit, output, _) = _acted.Run("member list --clustermgr.url=http://10.0.0.2:9998");
        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("  1     10.0.0.1:10110  10.0.0.1:9998  leader", output, StringComparison.Ordinal);
        Assert.Contains("  3     10.0.0.3:10110  -              voter", output, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutTheLeadersWordNobodyCanTellWhoBelongs()
    {
        _acted.Break("kill 1");
        Assert.Equal(
            (
                ExitCode.CannotTell,
                "",
                "cannot tell: only the leader's own list shows the members, and the leader 10.0.0.1:9998 does not "
                    + "answer\n"
            ),
            _acted.Run("member list")
        );
    }

    [Fact]
    public void AMemberIsAddedAndSeenInTheList()
    {
        _acted.Typed = "y";
        Assert.Equal(ExitCode.Done, _acted.Run(New).Exit);
        Assert.Equal(
            """
            prod-z0: node 1 (10.0.0.1:9998) leads in term 7; 3 voters, 2 are a quorum
            warning: 4 voters may lose as many as 3 may: an even number only adds one that can fail
            to be sent, once:
              POST http://10.0.0.1:9998/member/add
              {"peer_id":4,"host":"10.0.0.4:10110","member_type":2,"node_host":"10.0.0.4:9998"}
            send it? [y/N] y
            sent: 200
            done: the leader lists node 4 (10.0.0.4:10110) as a voter; now node 1 (10.0.0.1:9998) leads in term 7; 4 voters, 3 are a quorum
            next: start its process, with an empty data folder; then see its lag fall by member list, and name it in the exporter's configuration

            """,
            _acted.Screen
        );
        Assert.Contains(
            _acted.Cluster.Members,
            member => member is { Id: 4, Learner: false, RaftHost: "10.0.0.4:10110", HttpHost: "10.0.0.4:9998" }
        );
    }

    [Fact]
    public void ALearnerIsAddedAsOneAndWarnsOfNothing()
    {
        var (exit, output, error) = _acted.Run($"{New} --learner --yes");
        Assert.Equal((ExitCode.Done, ""), (exit, error));
        Assert.Contains("\"member_type\":1,", output, StringComparison.Ordinal);
        Assert.Contains("as a learner; now", output, StringComparison.Ordinal);
        Assert.Contains(_acted.Cluster.Members, member => member is { Id: 4, Learner: true });
    }

    [Theory]
    [InlineData(
        "--peer=2 --host=10.0.0.4:10110 --node-host=10.0.0.4:9998",
        "node 2 (10.0.0.2:9998) is listed already; take an id that no member ever had"
    )]
    [InlineData(
        "--peer=5 --host=10.0.0.4:10110 --node-host=10.0.0.4:9998",
        "node 5 (10.0.0.5:10110) is listed already, as a learner, and a learner is never promoted: remove it, wipe "
            + "its data folder, and add it again"
    )]
    [InlineData(
        "--peer=4 --host=10.0.0.2:10110 --node-host=10.0.0.4:9998",
        "10.0.0.2:10110 is the raft address of node 2 (10.0.0.2:9998)"
    )]
    [InlineData(
        "--peer=4 --host=10.0.0.4:9998 --node-host=10.0.0.3:10110",
        "10.0.0.3:10110 is the raft address of node 3 (10.0.0.3:9998); --node-host is the HTTP side"
    )]
    public void ADuplicateIsRefusedForcedOrNot(string member, string why)
    {
        _acted.Cluster.AddMember(5, "10.0.0.5:9998", "10.0.0.5:10110", learner: true);
        var (exit, _, error) = _acted.Run($"member add {member} --yes --force");
        Assert.Equal((ExitCode.Refused, $"refused: {why}\n"), (exit, error));
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void AnHttpAddressThatIsTakenIsRefusedUntilForced()
    {
        var call = "member add --peer=4 --host=10.0.0.4:10110 --node-host=10.0.0.3:9998 --learner --yes";
        Assert.Equal(
            (
                ExitCode.Refused,
                "refused: 10.0.0.3:9998 is the HTTP address of node 3 (10.0.0.3:9998); --force sends it\n"
            ),
            _acted.Run(call) is var (exit, _, error) ? (exit, error) : default
        );
        Assert.Equal(ExitCode.Done, _acted.Run($"{call} --force").Exit);
    }

    [Fact]
    public void AVoterThatWouldTakeTheQuorumAwayUntilItRunsIsRefusedUntilForced()
    {
        _acted.Break("kill 3");
        var (exit, _, error) = _acted.Run($"{New} --yes");
        Assert.Equal(
            (
                ExitCode.Refused,
                """
                warning: 4 voters may lose as many as 3 may: an even number only adds one that can fail
                refused: with it 4 voters need a majority of 3, and only 2 of them are healthy until it runs and has caught up: nothing could be stored meanwhile; repair or remove the others first; --force sends it

                """
            ),
            (exit, error)
        );
        Assert.Equal(0, _acted.Cluster.WritesReceived);
        Assert.StartsWith(
            "forced: ",
            _acted.Run($"{New} --dry-run --force").Error.Split('\n')[1],
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "",
        "--peer is missing; write the node id, as --peer=4\n--host is missing; write it as --host=10.0.0.4:10110\n"
            + "--node-host is missing; write it as --node-host=10.0.0.4:9998\n"
    )]
    [InlineData("--peer=0 --host=a:1 --node-host=b:2", "--peer is \"0\"; write a node id, a number from 1 on\n")]
    [InlineData(
        "--peer=4 --host=10.0.0.4 --node-host=http://10.0.0.4:9998",
        "--host \"10.0.0.4\" is not a host:port; write it without a scheme, as 10.0.0.4:10110\n--node-host "
            + "\"http://10.0.0.4:9998\" is not a host:port; write it without a scheme, as 10.0.0.4:9998\n"
    )]
    [InlineData(
        "--peer=4 --host=10.0.0.4:70000 --node-host=10.0.0.4:9998/",
        "--host \"10.0.0.4:70000\" is not a host:port; write it without a scheme, as 10.0.0.4:10110\n--node-host "
            + "\"10.0.0.4:9998/\" is not a host:port; write it without a scheme, as 10.0.0.4:9998\n"
    )]
    [InlineData(
        "--peer=4 --host=a:1 --node-host=a:1",
        "--host and --node-host are one address; the first is raft's, the second HTTP's\n"
    )]
    public void WhatIsNoMemberIsRefusedBeforeAnybodyIsAsked(string member, string why) =>
        Assert.Equal((ExitCode.CannotTell, "", why), _acted.Run($"member add {member} --yes"));

    [Fact]
    public void AMemberIsRemovedAndSeenToBeGone()
    {
        Assert.Equal(
            (
                ExitCode.Done,
                """
                prod-z0: node 1 (10.0.0.1:9998) leads in term 7; 3 voters, 2 are a quorum
                to be sent, once:
                  POST http://10.0.0.1:9998/member/remove
                  {"peer_id":3}
                sent: 200
                done: the leader no longer lists node 3 (10.0.0.3:9998); now node 1 (10.0.0.1:9998) leads in term 7; 2 voters, 2 are a quorum
                next: stop its process, and take it out of the exporter's configuration

                """,
                "warning: 2 voters remain: an even number; replace the member soon\n"
            ),
            _acted.Run("member remove --peer=3 --yes")
        );
    }

    [Fact]
    public void TheLeaderIsNotRemovedAndTheTransferIsOffered()
    {
        var (exit, _, error) = _acted.Run("member remove --peer=1 --yes --force");
        Assert.Equal(
            (
                ExitCode.Refused,
                "refused: node 1 (10.0.0.1:9998) leads, and the server refuses to remove the leader; "
                    + $"hand leadership over first: clustermgr-exporter leader transfer --peer=2 {Members}\n"
            ),
            (exit, error)
        );
        Assert.Equal(0, _acted.Cluster.WritesReceived);

        Assert.Equal(ExitCode.Done, _acted.Run(error.Trim().Split("clustermgr-exporter ")[1] + " --yes").Exit);
        Assert.Equal(ExitCode.Done, _acted.Run("member remove --peer=1 --yes").Exit);
    }

    [Fact]
    public void AnUnknownPeerIsRefused() =>
        Assert.Equal(
            (ExitCode.Refused, "refused: there is no peer 7; the leader lists 1, 2, 3\n"),
            _acted.Run("member remove --peer=7 --yes --force") is var (exit, _, error) ? (exit, error) : default
        );

    [Fact]
    public void AHealthyVoterIsNotRemovedBesideADeadOneForcedOrNot()
    {
        _acted.Break("kill 3");
        // While the leader still considers node 3 active, only its failure to answer us shows that it is down.
        Assert.EndsWith(
            "and 1 is: it would depend on voters that lag or do not answer us; --force sends it\n",
            _acted.Run("member remove --peer=2 --yes").Error,
            StringComparison.Ordinal
        );
        _acted.Pass(15);
        var (exit, _, error) = _acted.Run("member remove --peer=2 --yes --force");
        Assert.Equal(ExitCode.Refused, exit);
        Assert.EndsWith(
            "refused: 2 voters would remain, of which 2 must be healthy and 1 is: the cluster would stop, and could "
                + "not be asked to take the member back\n",
            error,
            StringComparison.Ordinal
        );
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void TheDeadOneItselfIsRemoved()
    {
        _acted.Break("kill 3");
        Assert.Equal(ExitCode.Done, _acted.Run("member remove --peer=3 --yes").Exit);
    }

    [Fact]
    public void AHealthyVoterIsRemovedBesideALaggingOneWhenForced()
    {
        _acted.Cluster.Lag(3, 5000);
        var (exit, _, error) = _acted.Run("member remove --peer=2 --yes");
        Assert.Equal(ExitCode.Refused, exit);
        Assert.EndsWith(
            "and 1 is: it would depend on voters that lag or do not answer us; --force sends it\n",
            error,
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCode.Done, _acted.Run("member remove --peer=2 --yes --force").Exit);
    }

    [Fact]
    public void ALearnerCountsForNothingAndIsRemovedBesideADeadVoter()
    {
        _acted.Break("kill 3");
        _acted.Cluster.AddMember(5, "10.0.0.5:9998", "10.0.0.5:10110", learner: true);
        Assert.Equal(
            (ExitCode.Done, ""),
            _acted.Run("member remove --peer=5 --yes") is var (exit, _, error) ? (exit, error) : default
        );
    }

    [Theory]
    [InlineData("member remove --peer=3")]
    [InlineData(New)]
    public void WithoutAQuorumNothingIsSentForcedOrNot(string call)
    {
        _acted.Break("kill 2; kill 3");
        var (exit, output, error) = _acted.Run($"{call} --yes --force");
        Assert.Equal((ExitCode.Refused, ""), (exit, output));
        Assert.StartsWith("refused: without a quorum nothing can be stored", error, StringComparison.Ordinal);
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Theory]
    [InlineData("member remove --peer=3", "the leader still lists node 3 (10.0.0.3:9998)")]
    [InlineData(New, "the leader does not list node 4")]
    public void AnAnswerOf200ThatDidNothingIsToldFromSuccess(string call, string seen)
    {
        _acted.Cluster.SetFaults(1, new MemberFaults { Writes = WriteFault.Ignore });
        var (exit, _, error) = _acted.Run($"{call} --yes --wait=2s");
        Assert.Equal(ExitCode.Unseen, exit);
        Assert.EndsWith(
            $"not seen within 2s: {seen}\nlook again: clustermgr-exporter member list {Members}\n",
            error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(WriteFault.CutBefore, ExitCode.Unseen)]
    [InlineData(WriteFault.CutAfter, ExitCode.Done)]
    public void AConnectionThatIsCutIsFollowedByALook(WriteFault fault, int expected)
    {
        _acted.Cluster.SetFaults(1, new MemberFaults { Writes = fault });
        var (exit, _, error) = _acted.Run("member remove --peer=3 --yes --wait=2s");
        Assert.Equal(expected, exit);
        Assert.Contains(
            "unknown whether it took effect: connection reset before an answer\n",
            error,
            StringComparison.Ordinal
        );
        Assert.Equal(1, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void ADuplicateThatCameMeanwhileIsTheServersToRefuse()
    {
        _acted.BeforeSending = () => _acted.Cluster.AddMember(4, "10.0.0.9:9998", "10.0.0.9:10110", learner: false);
        var (exit, _, error) = _acted.Run($"{New} --yes");
        Assert.Equal(ExitCode.Refused, exit);
        Assert.EndsWith(
            "the server refused it, and nothing has changed: HTTP 910: duplicated member info\n",
            error,
            StringComparison.Ordinal
        );
    }
}
