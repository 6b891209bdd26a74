using System.Text.Json;
using Clustermgr.Admin;
using ClustermgrSimulator.Faults;
using Xunit;

namespace ClustermgrExporter.Tests.Admin;

public sealed class TaskVerbTests : IDisposable
{
    private const string Members =
        "--clustermgr.url=http://10.0.0.1:9998 --clustermgr.url=http://10.0.0.2:9998 "
        + "--clustermgr.url=http://10.0.0.3:9998";

    private readonly AdminCliFixture _acted = new();

    public void Dispose() => _acted.Dispose();

    [Fact]
    public void TheListSaysOfEachSwitchWhatItHoldsAndWhatThatMeans()
    {
        _acted.Break(
            "switch disk_repair Enable; switch balance Disable; switch data_inspect -; switch vol_inspect true"
        );
        Assert.Equal(
            (
                ExitCode.Done,
                """
                prod-z0: node 1 (10.0.0.1:9998) leads in term 7; 3 voters, 2 are a quorum
                  KEY                     STATE        VALUE      WANTED  NOTE
                  disk_repair             ineffective  "Enable"   -       off: only "true" enables
                  balance                 disabled     "Disable"  -
                  disk_drop               enabled      "true"     -
                  blob_delete             enabled      "true"     -
                  shard_repair            enabled      "true"     -
                  volume_inspect          enabled      "true"     -
                  data_inspect            unset        -          -       read from v3.4.0 on
                  shard_disk_repair       enabled      "true"     -
                  shard_node_blob_delete  enabled      "true"     -
                  vol_inspect             ineffective  "true"     -       nothing reads it: volume_inspect is meant

                """,
                ""
            ),
            _acted.Run("task list")
        );
    }

    [Fact]
    public void AChangeIsJsonForScriptsAndItsPlanIsSeenBeforeItIsSent()
    {
        var (exit, output, error) = _acted.Run("task disable balance --yes -o json");
        Assert.Equal(ExitCode.Done, exit);
        using var document = JsonDocument.Parse(output);
        var root = document.RootElement;
        Assert.Equal(
            (2, "task disable", "prod-z0", "done", 0),
            (
                root.GetProperty("version").GetInt32(),
                root.GetProperty("verb").GetString(),
                root.GetProperty("cluster").GetString(),
                root.GetProperty("outcome").GetString(),
                root.GetProperty("exitCode").GetInt32()
            )
        );
        var said = root.GetProperty("said").EnumerateArray().Select(line => line.GetString()!).ToList();
        Assert.Contains("to be sent, once:", said);
        Assert.StartsWith("done: balance is \"false\"", said[^1], StringComparison.Ordinal);
        Assert.Empty(root.GetProperty("errors").EnumerateArray());
        Assert.Contains("to be sent, once:", error, StringComparison.Ordinal);
        Assert.Equal(1, _acted.Cluster.WritesReceived);
    }

    [Theory]
    [InlineData(
        "task disable balance -o json",
        ExitCode.CannotTell,
        "cannotTell",
        "--output=json never asks; give --yes or --dry-run with it"
    )]
    [InlineData("task disable balance --dry-run -o json", ExitCode.Done, "planned", null)]
    [InlineData("task enable balance --dry-run -o json", ExitCode.Done, "unchanged", null)]
    [InlineData("task enable balance --yes -o json", ExitCode.Done, "unchanged", null)]
    [InlineData("task disable blance --yes -o json", ExitCode.Refused, "refused", "refused: ")]
    public void WhatWasNotSentIsSaidInJsonToo(string line, int code, string outcome, string? why)
    {
        _acted.Typed = "y"; // must not be used: JSON output asks no question
        var (exit, output, _) = _acted.Run(line);
        using var document = JsonDocument.Parse(output);
        Assert.Equal((code, outcome), (exit, document.RootElement.GetProperty("outcome").GetString()));
        var errors = document.RootElement.GetProperty("errors").EnumerateArray().Select(error => error.GetString()!);
        Assert.True(why is null || errors.Any(error => error.StartsWith(why, StringComparison.Ordinal)), output);
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void TheListIsJsonForScripts()
    {
        _acted.Break(
            "switch balance -; switch disk_drop -; switch blob_delete -; switch shard_repair -; switch "
                + "volume_inspect -; switch data_inspect -; switch shard_disk_repair -"
        );
        _acted.Break("switch disk_repair Enable");
        Assert.Equal(
            (
                ExitCode.Done,
                """
                {
                  "version": 2,
                  "cluster": "prod-z0",
                  "tasks": [
                    {
                      "key": "disk_repair",
                      "state": "ineffective",
                      "value": "Enable",
                      "wanted": null
                    },
                    {
                      "key": "balance",
                      "state": "unset",
                      "value": null,
                      "wanted": null
                    },
                """,
                ""
            ),
            _acted.Run("task list -o json") is var (exit, output, error)
                ? (exit, string.Join('\n', output.Split('\n')[..16]), error)
                : default
        );
    }

    [Fact]
    public void WithoutAQuorumTheListSaysThatNothingIsKnown()
    {
        _acted.Break("kill 2; kill 3");
        var (exit, output, error) = _acted.Run("task list");
        Assert.Equal(
            (ExitCode.CannotTell, "unknown switches could not be read: each read needs a quorum\n"),
            (exit, error)
        );
        Assert.Contains("disk_repair             unknown  -", output, StringComparison.Ordinal);
    }

    [Fact]
    public void ASwitchIsSetAndSeenToBeSet()
    {
        _acted.Break("switch disk_repair Enable");
        Assert.Equal(
            (
                ExitCode.Done,
                """
                prod-z0: node 1 (10.0.0.1:9998) leads in term 7; 3 voters, 2 are a quorum
                disk_repair is "Enable" (ineffective)
                to be sent, once:
                  POST http://10.0.0.1:9998/config/set
                  {"key":"disk_repair","value":"true"}
                sent: 200
                done: disk_repair is "true" (enabled), was "Enable" (ineffective)

                """,
                ""
            ),
            _acted.Run("task enable disk_repair --yes")
        );
        Assert.Equal("true", _acted.Stored("disk_repair"));
        Assert.Equal(1, _acted.Cluster.WritesReceived);
    }

    [Theory]
    [InlineData("enable", "false", "true")]
    [InlineData("enable", "True", "true")]
    [InlineData("enable", "-", "true")]
    [InlineData("disable", "true", "false")]
    [InlineData("disable", "Disable", "false")]
    public void NothingButTrueAndFalseIsEverWritten(string verb, string before, string after)
    {
        _acted.Break($"switch balance {before}");
        Assert.Equal(ExitCode.Done, _acted.Run($"task {verb} balance --yes").Exit);
        Assert.Equal(after, _acted.Stored("balance"));
    }

    [Fact]
    public void WhatIsSetAlreadyIsNotSentUnlessForced()
    {
        var (exit, output, error) = _acted.Run("task enable disk_repair");
        Assert.Equal((ExitCode.Done, ""), (exit, error));
        Assert.EndsWith(
            "nothing to send: disk_repair is \"true\" (enabled) already\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal(0, _acted.Cluster.WritesReceived);

        Assert.Equal(ExitCode.Done, _acted.Run("task enable disk_repair --yes --force").Exit);
        Assert.Equal(1, _acted.Cluster.WritesReceived);
    }

    [Theory]
    [InlineData(
        "enable vol_inspect --yes --force",
        "refused: no version of CubeFS reads vol_inspect, whatever its documentation says; volume_inspect is meant\n"
    )]
    [InlineData(
        "enable disk_repare --yes",
        "refused: \"disk_repare\" is not a switch that any version reads; did you mean \"disk_repair\"; --force sends it\n"
    )]
    [InlineData(
        "disable frobnicate --yes",
        "refused: \"frobnicate\" is not a switch that any version reads; known: disk_repair, balance, disk_drop, "
            + "blob_delete, shard_repair, volume_inspect, data_inspect, shard_disk_repair, shard_node_blob_delete; "
            + "--force "
            + "sends it\n"
    )]
    public void AKeyThatNothingReadsIsRefused(string call, string why)
    {
        Assert.Equal((ExitCode.Refused, "", why), _acted.Run($"task {call}"));
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void AnUnknownKeyIsSentWhenForced()
    {
        var (exit, output, error) = _acted.Run("task enable key_of_tomorrow --yes --force");
        Assert.Equal((ExitCode.Done, "true"), (exit, _acted.Stored("key_of_tomorrow")));
        Assert.StartsWith(
            "forced: \"key_of_tomorrow\" is not a switch that any version reads; known: ",
            error,
            StringComparison.Ordinal
        );
        Assert.EndsWith("done: key_of_tomorrow is \"true\", was unset\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "enable data_inspect",
        "warning: data_inspect is read from v3.4.0 on; other versions store it and do not read it\n"
    )]
    [InlineData("enable blob_delete", "warning: what blob_delete deletes never comes back\n")]
    public void TrapsAreWarnedOf(string call, string warning)
    {
        _acted.Break("switch data_inspect false; switch blob_delete false");
        var (exit, _, error) = _acted.Run($"task {call} --dry-run");
        Assert.Equal((ExitCode.Done, warning), (exit, error));
    }

    [Theory]
    [InlineData(null, "not sent: no terminal to confirm on; --yes sends it\n")]
    [InlineData("", "not sent\n")]
    [InlineData("n", "not sent\n")]
    [InlineData("yess", "not sent\n")]
    public void NothingIsSentWithoutAYes(string? typed, string why)
    {
        _acted.Typed = typed;
        var (exit, output, error) = _acted.Run("task disable balance");
        Assert.Equal((ExitCode.Refused, why), (exit, error));
        Assert.EndsWith("{\"key\":\"balance\",\"value\":\"false\"}\n", output, StringComparison.Ordinal);
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Theory]
    [InlineData("y")]
    [InlineData(" YES ")]
    public void AYesSendsIt(string typed)
    {
        _acted.Typed = typed;
        Assert.Equal(ExitCode.Done, _acted.Run("task disable balance").Exit);
        Assert.Equal("false", _acted.Stored("balance"));
    }

    [Fact]
    public void WhatChangesWhileThePersonThinksIsLookedAtAgain()
    {
        _acted.Typed = "y";
        _acted.MeanwhileAsked = () => _acted.Break("kill 2; kill 3");
        var (exit, _, error) = _acted.Run("task disable balance");
        Assert.Equal(ExitCode.Refused, exit);
        Assert.StartsWith("refused: without a quorum nothing can be stored", error, StringComparison.Ordinal);
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void ADryRunStopsBeforeSending()
    {
        var (exit, output, error) = _acted.Run("task disable balance --dry-run --yes");
        Assert.Equal((ExitCode.Done, ""), (exit, error));
        Assert.EndsWith(
            """
              {"key":"balance","value":"false"}
            not sent: --dry-run

            """,
            output,
            StringComparison.Ordinal
        );
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Theory]
    [InlineData("kill 2; kill 3")]
    [InlineData("hang 2; hang 3")]
    [InlineData("isolate 2; isolate 3")]
    public void WithoutAQuorumNothingIsSentForcedOrNot(string broken)
    {
        _acted.Break(broken);
        foreach (var timeout in (string[])["3s", "15s"])
        {
            var (exit, output, error) = _acted.Run(
                $"task disable balance --yes --force {Members} --clustermgr.timeout={timeout}"
            );
            Assert.Equal((ExitCode.Refused, ""), (exit, output));
            Assert.StartsWith(
                "refused: without a quorum nothing can be stored, and a linearizable read just reached none (",
                error,
                StringComparison.Ordinal
            );
        }
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void TheReadThatHangsAndEndsWith908IsNamed()
    {
        _acted.Break("kill 2; kill 3");
        Assert.Contains(
            "(908: a linearizable read reached no quorum); bring members back first\n",
            _acted.Run($"task disable balance --yes {Members} --clustermgr.timeout=12s").Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void WhereNobodyAnswersItCannotTell()
    {
        _acted.Break("kill 1; kill 2; kill 3");
        Assert.Equal(
            (
                ExitCode.CannotTell,
                "",
                "prod-z0: no member answers for itself: 10.0.0.1:9998 connection refused; "
                    + "10.0.0.2:9998 connection refused; 10.0.0.3:9998 connection refused\n"
            ),
            _acted.Run("task disable balance --yes")
        );
    }

    [Fact]
    public void AnAnswerOf200ThatDidNothingIsToldFromSuccess()
    {
        _acted.Cluster.SetFaults(1, new MemberFaults { Writes = WriteFault.Ignore });
        var (exit, output, error) = _acted.Run($"task disable balance --yes --wait=5s {Members}");
        Assert.Equal(ExitCode.Unseen, exit);
        Assert.EndsWith("sent: 200\n", output, StringComparison.Ordinal);
        Assert.Equal(
            $"""
            not seen within 5s: balance is "true" (enabled)
            look again: clustermgr-exporter task list {Members}

            """,
            error
        );
    }

    [Fact]
    public void AConnectionThatIsCutBeforeItWasDoneLeavesItUnknownAndIsNotTriedAgain()
    {
        _acted.Cluster.SetFaults(1, new MemberFaults { Writes = WriteFault.CutBefore });
        var (exit, _, error) = _acted.Run($"task disable balance --yes --wait=5s {Members}");
        Assert.Equal(
            (
                ExitCode.Unseen,
                $"""
                unknown whether it took effect: connection reset before an answer
                not seen within 5s: balance is "true" (enabled)
                check before sending it again: clustermgr-exporter task list {Members}

                """
            ),
            (exit, error)
        );
        Assert.Equal(1, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void AConnectionThatIsCutAfterItWasDoneIsFoundOut()
    {
        _acted.Cluster.SetFaults(1, new MemberFaults { Writes = WriteFault.CutAfter });
        var (exit, output, error) = _acted.Run("task disable balance --yes");
        Assert.Equal(
            (ExitCode.Done, "unknown whether it took effect: connection reset before an answer\n"),
            (exit, error)
        );
        Assert.EndsWith(
            "done: balance is \"false\" (disabled), was \"true\" (enabled)\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal(1, _acted.Cluster.WritesReceived);
    }

    [Fact]
    public void AQuorumThatIsLostJustBeforeSendingLeavesItUnknown()
    {
        _acted.BeforeSending = () => _acted.Break("kill 2; kill 3");
        var (exit, _, error) = _acted.Run("task disable balance --yes --wait=1s");
        Assert.Equal(ExitCode.Unseen, exit);
        Assert.StartsWith(
            "unknown whether it took effect: HTTP 906: raft propose error; it reached no majority in time, and may "
                + "take effect later\n"
                + "not seen within 1s: balance cannot be read: no answer within 3 s\n",
            error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AMemberThatDiesJustBeforeSendingTookNothing()
    {
        _acted.BeforeSending = () => _acted.Break("kill 1");
        var (exit, _, error) = _acted.Run("task disable balance --yes");
        Assert.Equal((ExitCode.Refused, "not sent, and nothing has changed: connection refused\n"), (exit, error));
    }

    [Fact]
    public void GivenOneFollowerTheWriteGoesToTheLeaderWhomItNames()
    {
        var (exit, output, _) = _acted.Run("task disable balance --yes --clustermgr.url=http://10.0.0.2:9998");
        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("  POST http://10.0.0.1:9998/config/set\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void WhereTheLeaderDoesNotAnswerUsAFollowerForwards()
    {
        _acted.Cluster.SetFaults(1, new MemberFaults { RefuseTokens = true });
        var (exit, output, _) = _acted.Run("task disable balance --yes");
        Assert.Equal((ExitCode.Done, "false"), (exit, _acted.Stored("balance")));
        Assert.Contains("  POST http://10.0.0.2:9998/config/set\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CLUSTERMGR_EXPORTER_YES", "--yes", "not sent: no terminal to confirm on; --yes sends it\n")]
    [InlineData("CLUSTERMGR_EXPORTER_FORCE", "--force", "not sent: no terminal to confirm on; --yes sends it\n")]
    public void ConsentIsNotTakenFromTheEnvironment(string variable, string flag, string why)
    {
        _acted.Set(variable, "true");
        var (exit, _, error) = _acted.Run("task disable balance");
        Assert.Equal(
            (ExitCode.Refused, $"warning: {variable} is ignored: {flag} counts only on the command line\n{why}"),
            (exit, error)
        );
    }

    [Fact]
    public void ADryRunIs()
    {
        _acted.Set("CLUSTERMGR_EXPORTER_DRY_RUN", "true");
        Assert.Equal(ExitCode.Done, _acted.Run("task disable balance --yes").Exit);
        Assert.Equal(0, _acted.Cluster.WritesReceived);
    }

    [Theory]
    [InlineData("task disable balance --wait=5", "--wait \"5\" has no unit; write 5s or 5ms\n")]
    [InlineData("task list -o yaml", "--output is \"yaml\"; write table or json\n")]
    [InlineData(
        "task list --clustermgr.url=http://10.0.0.1:9998 --cluster=prod",
        "--cluster \"prod\" is not a configured cluster; known: clustermgr\n"
    )]
    public void ACommandLineThatIsNoGoodSaysWhy(string call, string why) =>
        Assert.Equal((ExitCode.CannotTell, "", why), _acted.Run(call));
}
