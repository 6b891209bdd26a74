using Clustermgr.Analysis;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Terminal;
using ClustermgrExporter.Tests.Polling;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using Xunit;
using SimulatedDiskStatus = ClustermgrSimulator.Storage.SimulatedDiskStatus;

namespace ClustermgrExporter.Tests.Cli;

/// <summary>The whole output, as an operator reads it. The first lines of piped output are in this file; whole outputs
/// are golden files.</summary>
public sealed class StatusTextTests
{
    private static readonly TerminalFormat Narrow = new(80, Colour: false, Wraps: true),
        Wide = new(200, Colour: false, Wraps: true);

    private readonly StatusCliFixture _asked = new();

    [Fact]
    public void AHealthyClusterIsToldInAWordWithWhatOneAsksOfIt()
    {
        using var cluster = _asked.Simulated();
        var reports = Judge(cluster);
        Golden("healthy-80", StatusText.Format(reports, Narrow));
        Golden("healthy-200", StatusText.Format(reports, Wide));
        Golden("healthy-pipe", StatusText.Format(reports, TerminalFormat.Pipe));
        Assert.Equal(ExitCodes.Done, StatusVerdict.ExitCode(reports, Severity.Ticket));
        Assert.Equal(TimeSpan.Zero, _asked.Took);
    }

    /// <summary>A working cluster with disks, switches and services that are not as they should be.</summary>
    [Fact]
    public void WhatIsNotAsItShouldBeStandsInItsTable()
    {
        using var cluster = Ill();
        var reports = Judge(cluster);
        Golden("ill-80", StatusText.Format(reports, Narrow));
        Golden("ill-200", StatusText.Format(reports, Wide));
        Golden("ill-pipe", StatusText.Format(reports, TerminalFormat.Pipe));
        Golden("ill-80-colour", StatusText.Format(reports, Narrow with { Colour = true }));
    }

    [Fact]
    public void NoTableIsWiderThanTheTerminalWhereItsNamesAreShort()
    {
        using var cluster = Ill();
        var reports = Judge(cluster);
        foreach (var columns in (int[])[80, 100, 200])
        {
            Assert.All(
                StatusText.Format(reports, new TerminalFormat(columns, false, Wraps: true)).Split('\n'),
                line => Assert.True(TextWidth.Columns(line) <= columns, line)
            );
        }
    }

    [Fact]
    public void AColourChangesNoLetter()
    {
        using var cluster = Ill();
        var reports = Judge(cluster);
        var coloured = StatusText.Format(reports, Narrow with { Colour = true });
        Assert.Equal(
            StatusText.Format(reports, Narrow),
            System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[[0-9;]*m", "")
        );
    }

    [Fact]
    public void WhatIsOffOrNotNormalOnPurposeIsNamedAndNoFinding()
    {
        using var cluster = _asked.Simulated();
        cluster.SetSwitch("balance", "false");
        cluster.SetSwitch("disk_drop", null);
        cluster.SetDisk(5, SimulatedDiskStatus.Dropped);
        cluster.SetDisk(6, SimulatedDiskStatus.Dropped);
        cluster.DropDisk(7);
        Told(
            0,
            """
            prod-z0: healthy
              leader    10.0.0.1:9998 (node 1), term 7
              voters    3, 2 are a quorum
              margin    1 more may fail
              reads     reach a quorum
              disks     3 not normal: 1 dropping, 2 dropped
              switches  2 off: balance disabled, disk_drop unset

            """,
            cluster
        );
    }

    [Fact]
    public void ALostLeaderThatTheOthersStillBelieveInIsToldAsLost()
    {
        using var cluster = _asked.Simulated();
        cluster.Kill(1);
        Told(
            1,
            """
            prod-z0: not healthy, 2 pages and 1 ticket
              PAGE    QuorumLost  Linearizable reads reach no quorum.
              PAGE    NoLeader    Node 1 (10.0.0.1:9998) is named as leader in term 7 and does not answer as one.
              ticket  MemberDown  10.0.0.1:9998 does not answer for itself: connection refused.

              leader    10.0.0.1:9998 (node 1), term 7, as a follower names it
              voters    not known here
              margin    not known here
              reads     reach no quorum
              disks     0 not normal; not read: broken, repairing, dropping, repaired, dropped
              switches  0 off; not read: disk_repair, balance, disk_drop, blob_delete, shard_repair, volume_inspect, data_inspect, shard_disk_repair, shard_node_blob_delete
              note      lag, disks by IDC, space and volumes need a leader, and none answers

              MEMBER         NODE  STATE     LEADER  TERM  COMMIT  APPLIED  LAST ANSWER  SAFE TO RESTART
              10.0.0.1:9998  -     -         -       -     -       -        refused      -
              10.0.0.2:9998  2     follower  1       7     48210   48210    ok           -
              10.0.0.3:9998  3     follower  1       7     48210   48210    ok           -

            """,
            cluster
        );
    }

    [Fact]
    public void AfterTheElectionTheNextFailureIsWhatPages()
    {
        using var cluster = _asked.Simulated();
        cluster.Kill(1);
        _asked.Clock.Advance(TimeSpan.FromSeconds(40));
        Told(
            1,
            """
            prod-z0: not healthy, 1 page and 2 tickets
              PAGE    NoQuorumMargin      2 of 3 voters answer: one more failure loses the quorum.
              ticket  MemberDown          10.0.0.1:9998 does not answer for itself: connection refused.
              ticket  PeerNotReplicating  node 1 (10.0.0.1:10110) does not replicate: the leader probes it.

              leader    10.0.0.2:9998 (node 2), term 8
              voters    3, 2 are a quorum
              margin    0 more may fail

            """,
            cluster
        );
    }

    [Fact]
    public void ALostQuorumIsToldWhileTheLastOneStillClaimsToLead()
    {
        using var cluster = _asked.Simulated();
        cluster.Kill(2);
        cluster.Hang(3);
        Told(
            1,
            """
            prod-z0: not healthy, 1 page and 2 tickets
              PAGE    QuorumLost  1 of 3 voters answer, 2 are needed.
              ticket  MemberDown  10.0.0.2:9998 does not answer for itself: connection refused.
              ticket  MemberDown  10.0.0.3:9998 does not answer for itself: no answer within 3 s.

              leader    10.0.0.1:9998 (node 1), term 7
              voters    3, 2 are a quorum
              margin    1 too few answer

            """,
            cluster
        );
    }

    [Fact]
    public void WhereNobodyAnswersNothingIsClaimed()
    {
        using var cluster = _asked.Simulated();
        cluster.Kill(1);
        cluster.Kill(2);
        cluster.Hang(3);
        Told(
            2,
            """
            prod-z0: cannot tell, no member answers for itself
              PAGE    ClusterBlind  None of the 3 members answers.
              ticket  MemberDown    10.0.0.1:9998 does not answer for itself: connection refused.
              ticket  MemberDown    10.0.0.2:9998 does not answer for itself: connection refused.
              ticket  MemberDown    10.0.0.3:9998 does not answer for itself: no answer within 3 s.

              MEMBER         NODE  STATE  LEADER  TERM  COMMIT  APPLIED  LAST ANSWER  SAFE TO RESTART
              10.0.0.1:9998  -     -      -       -     -       -        refused      -
              10.0.0.2:9998  -     -      -       -     -       -        refused      -
              10.0.0.3:9998  -     -      -       -     -       -        timeout      -

            """,
            cluster
        );
    }

    [Fact]
    public void OnlyThePagesCountWhereTheyAloneAreAskedFor()
    {
        using var cluster = _asked.Simulated();
        cluster.SetSwitch("balance", "Enable");
        var reports = Judge(cluster);
        Assert.Equal(["TaskSwitchIneffective"], reports[0].Analysis.Findings.Select(finding => finding.Name));
        Assert.Equal(
            (ExitCodes.Findings, ExitCodes.Done),
            (StatusVerdict.ExitCode(reports, Severity.Ticket), StatusVerdict.ExitCode(reports, Severity.Page))
        );
        cluster.Kill(1);
        Assert.Equal(ExitCodes.Findings, StatusVerdict.ExitCode(Judge(cluster), Severity.Page));
        cluster.Kill(2);
        cluster.Kill(3);
        Assert.Equal(ExitCodes.CannotTell, StatusVerdict.ExitCode(Judge(cluster), Severity.Page));
    }

    [Fact]
    public void NothingThatAClusterSaysReachesTheTerminalRaw()
    {
        const string Clear = "\u001b[2J\nprod-z1: healthy\u202e";
        const string Escaped = """\u001b[2J\nprod-z1: healthy\u202e""";
        const string Rest = """
            "status":2,"readonly":false,"size":1,"used":0,"free":1,"max_chunk_cnt":1,"free_chunk_cnt":1,
            "used_chunk_cnt":0,"create_time":"2026-01-01T00:00:00Z","last_update_time":"2026-01-01T00:00:00Z"
            """;
        var members = _asked.Scripted(
            (_, _, path, _) =>
                path switch
                {
                    "/stat" => Task.FromResult<(int, string)?>(
                        (200, ScriptedMembers.Stat(1).Replace("n2:10110", Escaped, StringComparison.Ordinal))
                    ),
                    "/config/get?key=balance" => Task.FromResult<(int, string)?>((200, $"\"{Escaped}\"")),
                    "/service/list" => Task.FromResult<(int, string)?>(
                        (200, $$"""{"nodes":[{"cluster_id":1,"name":"{{Escaped}}","host":"h","idc":"{{Escaped}}"}]}""")
                    ),
                    "/disk/list?status=2&count=200" => Task.FromResult<(int, string)?>(
                        (
                            200,
                            $$"""
                            {"disks":[
                            {"disk_id":5,"host":"{{Escaped}}","path":"{{Escaped}}","idc":"機房","rack":"架",{{Rest}}},
                            {"disk_id":60,"host":"h2","path":"p2","idc":"z","rack":"r",{{Rest}}}],"marker":60}
                            """
                        )
                    ),
                    _ => null,
                }
        );
        var named = PollingFixture.Cluster($"prod{Clear}", "a", sidecar: true);
        named = named with { Members = [named.Members[0] with { Name = $"儲存叢集-{Clear}" }] };
        foreach (var (name, paper) in ((string, TerminalFormat)[])[("hostile-80", Narrow), ("hostile-200", Wide)])
        {
            var text = StatusText.Format(_asked.Judge(_ => members, named), paper);
            Assert.DoesNotContain(text.EnumerateRunes(), rune => rune.Value is < ' ' and not '\n' or 0x7F or 0x202E);
            Golden(name, text);
        }
        var json = StatusJson.Format(_asked.Judge(_ => members, named), Severity.Ticket, indented: false);
        Assert.DoesNotContain(json.TrimEnd('\n'), character => character is < ' ' or > '~');
    }

    /// <summary>Each cluster is one line with its findings, the worst first.</summary>
    [Fact]
    public void OfSeveralClustersEachIsALineAndWhatIsWrong()
    {
        using var well = _asked.Simulated();
        using var ticket = _asked.Simulated();
        ticket.SetSwitch("balance", "Enable");
        using var page = _asked.Simulated();
        page.Kill(3);
        var reports = Named((well, "b-well"), (ticket, "c-ticket"), (page, "d-page"), (well, "a-well"));
        var text = StatusText.Format(reports, Narrow, brief: true);
        Golden("several-80", text);
        Assert.Equal("4 clusters: 2 not healthy, 2 healthy", text.Split('\n')[0]);
        Assert.Equal(
            ["d-page", "c-ticket", "b-well", "a-well"],
            text.Split('\n')
                .Where(line => line.Contains(": ", default) && line[0] is not ' ')
                .Skip(1)
                .Select(line => line.Split(':')[0])
                .SkipLast(1)
        );
        // Changes are marked here, too.
        ticket.SetSwitch("balance", "true");
        var after = Named((well, "b-well"), (ticket, "c-ticket"), (page, "d-page"), (well, "a-well"));
        Assert.Contains(
            "c-ticket: healthy (before: not healthy, 1 ticket)\n",
            StatusText.Format(after, Narrow, reports, brief: true),
            StringComparison.Ordinal
        );
    }

    private StatusReport[] Named(params (SimulatedCluster Cluster, string Name)[] clusters) =>
        [
            .. clusters.Select(one =>
            {
                var report = Judge(one.Cluster).Single();
                var snapshot = report.Analysis.Snapshot with { Cluster = one.Name };
                return report with { Analysis = report.Analysis with { Snapshot = snapshot } };
            }),
        ];

    [Fact]
    public void WhatChangedSinceTheLastSheetIsMarked()
    {
        using var cluster = _asked.Simulated();
        cluster.SetSwitch("balance", "Enable");
        var before = Judge(cluster);
        Assert.DoesNotContain("* ", StatusText.Format(before, Narrow, before), StringComparison.Ordinal);
        cluster.SetSwitch("balance", "true"); // one more commit, which is not marked
        cluster.Kill(3);
        cluster.SetSwitch("data_inspect", "false");
        var after = Judge(cluster);
        Golden("changed-80", StatusText.Format(after, Narrow, before));
        Golden("changed-80-colour", StatusText.Format(after, Narrow with { Colour = true }, before));
    }

    [Fact]
    public void ABlankLineStandsBetweenClusters()
    {
        using var cluster = _asked.Simulated();
        var judged = _asked.Judge(
            _ => new SimulatorHandler([cluster], _asked.Clock),
            StatusCliFixture.Config(cluster, "prod-z0"),
            StatusCliFixture.Config(cluster, "prod-z1")
        );
        Assert.Contains(
            "\n\nprod-z1: healthy\n  leader",
            StatusText.Format(judged, TerminalFormat.Pipe),
            StringComparison.Ordinal
        );
    }

    private SimulatedCluster Ill()
    {
        var cluster = _asked.Simulated();
        cluster.SetSwitch("balance", "Enable");
        cluster.SetSwitch("disk_repair", "false");
        cluster.SetDisk(5, SimulatedDiskStatus.Broken);
        cluster.SetDisk(6, SimulatedDiskStatus.Repaired);
        cluster.DropDisk(7);
        cluster.SetService("PROXY", online: false, "z1");
        cluster.Lag(3, 5000);
        _asked.Clock.Advance(TimeSpan.FromMinutes(6)); // until its figures are recomputed
        return cluster;
    }

    private StatusReport[] Judge(SimulatedCluster cluster) =>
        _asked.Judge(_ => new SimulatorHandler([cluster], _asked.Clock), StatusCliFixture.Config(cluster));

    private static void Golden(string name, string text) =>
        GoldenFile.AssertMatches($"tests/Exporter.Tests/Golden/status/{name}.txt", text);

    private void Told(int exitCode, string beginning, SimulatedCluster cluster)
    {
        var (output, code) = _asked.Status(cluster);
        Assert.Equal(
            (beginning.TrimEnd('\n'), exitCode),
            (string.Join('\n', output.Split('\n').Take(beginning.TrimEnd('\n').Split('\n').Length)), code)
        );
    }
}
