using Clustermgr.Analysis;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Terminal;
using ClustermgrExporter.Tests.Polling;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

public sealed class LeaderLocatorTests
{
    private readonly StatusCliFixture _asked = new();

    [Fact]
    public void GivenAFollowerItAsksTheLeaderAndSaysWhomItCannotKnow()
    {
        using var cluster = _asked.Simulated();
        var report = Ask(cluster, 2);
        Assert.Equal(
            ["10.0.0.2:9998", "10.0.0.1:9998"],
            report.Analysis.Snapshot.Members.Select(member => member.Name)
        );
        Assert.Equal("10.0.0.1:9998", report.Analysis.Leader?.Name);
        Assert.Equal([1, 2, 3], report.Analysis.Peers.Select(peer => peer.Row.Id));
        Assert.Equal(
            [
                "not asked: node 3 (raft 10.0.0.3:10110). Peers are listed by raft address, their HTTP addresses "
                    + "cannot be known; name them with --clustermgr.url",
            ],
            report.Notes
        );
        Assert.Equal(ExitCodes.Done, StatusVerdict.ExitCode(report, Severity.Ticket));
        Assert.StartsWith(
            "prod-z0: no finding at the 2 members that were asked; what only the others know is not judged\n",
            StatusText.Format([report], TerminalFormat.Pipe),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void GivenTheLeaderThereIsNobodyToFollow()
    {
        using var cluster = _asked.Simulated();
        var report = Ask(cluster, 1);
        Assert.Equal("10.0.0.1:9998", Assert.Single(report.Analysis.Snapshot.Members).Name);
        Assert.StartsWith(
            "not asked: node 2 (raft 10.0.0.2:10110), node 3 (raft 10.0.0.3:10110). ",
            Assert.Single(report.Notes),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(false, "connection refused")]
    [InlineData(true, "no answer within 3 s")]
    public void ALeaderThatDoesNotAnswerFromHereIsSaidAndNotJudged(bool hangs, string seen)
    {
        using var cluster = _asked.Simulated();
        if (hangs)
        {
            cluster.Hang(1);
        }
        else
        {
            cluster.Kill(1);
        }
        var report = Ask(cluster, 2);
        Assert.Equal("10.0.0.2:9998", Assert.Single(report.Analysis.Snapshot.Members).Name);
        Assert.Equal(
            [
                $"the leader, named as 10.0.0.1:9998, was asked too and does not answer from here ({seen}): what "
                    + $"only it knows is missing",
            ],
            report.Notes
        );
        Assert.Equal(["QuorumLost"], report.Analysis.Findings.Select(finding => finding.Name));
    }

    [Theory]
    [InlineData(
        "127.0.0.1:9998",
        "the leader (node 1) is not asked: 127.0.0.1:9998 is a loopback address of its own machine"
    )]
    [InlineData(
        "localhost:9998",
        "the leader (node 1) is not asked: localhost:9998 is a loopback address of its own machine"
    )]
    [InlineData("0.0.0.0:9998", "the leader (node 1) is not asked: its address \"0.0.0.0:9998\" is none")]
    [InlineData("10.0.0.1", "the leader (node 1) is not asked: its address \"10.0.0.1\" is none")]
    [InlineData("", "the leader (node 1) is not asked: its address \"\" is none")]
    [InlineData(
        "x@evil:1/\\u001b[2J",
        "the leader (node 1) is not asked: its address \"x@evil:1/\\\\u001b[2J\" is none"
    )]
    [InlineData("b:9998", "the leader (node 1) is not asked: it is named by the address of the member that was asked")]
    public void ALeaderThatCannotBeMeantIsNotAskedAndTheReasonSaid(string named, string note)
    {
        var members = _asked.Scripted(
            (_, _, path, _) =>
                path == "/stat"
                    ? Task.FromResult<(int, string)?>(
                        (200, ScriptedMembers.Stat(2).Replace("a:9998", named, StringComparison.Ordinal))
                    )
                    : null
        );
        var report = Assert.Single(_asked.Judge(_ => members, PollingFixture.Cluster("prod", "b", sidecar: true)));
        Assert.Equal(
            [$"{note}; ask the leader by its own address: --clustermgr.url=http://HOST:9998, or list it in the file"],
            report.Notes
        );
        Assert.All(members.Asked, asked => Assert.Equal("b", asked.Member));
    }

    /// <summary>A file that lists one member describes a cluster of one.</summary>
    [Fact]
    public void AFileThatNamesOneMemberIsTakenAtItsWord()
    {
        using var cluster = _asked.Simulated();
        var config = StatusCliFixture.Config(cluster, "prod-z0", 2) with { Sidecar = false };
        var report = Assert.Single(_asked.Judge(_ => new SimulatorHandler([cluster], _asked.Clock), config));
        Assert.Single(report.Analysis.Snapshot.Members);
        Assert.Equal(["NoLeader"], report.Analysis.Findings.Select(finding => finding.Name));
        Assert.Empty(report.Notes);
    }

    private StatusReport Ask(SimulatedCluster cluster, int member) =>
        Assert.Single(
            _asked.Judge(
                _ => new SimulatorHandler([cluster], _asked.Clock),
                StatusCliFixture.Config(cluster, "prod-z0", member)
            )
        );
}
