using ClustermgrExporter.Cli;
using ClustermgrExporter.Tests.Polling;
using ClustermgrSimulator;
using ClustermgrSimulator.Storage;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

/// <summary>The whole output, as an operator reads it.</summary>
public sealed class StatusTextTests
{
    private readonly Asked _asked = new();

    [Fact]
    public void AHealthyClusterIsToldInAWordWithWhatOneAsksOfIt()
    {
        using var cluster = _asked.Simulated();
        Told(0, """
            prod-z0: healthy
              leader    10.0.0.1:9998 (node 1), term 7
              voters    3, 2 are a quorum
              margin    1 more may fail
              disks     0 not normal
              switches  0 off

              MEMBER         NODE  STATE     LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              10.0.0.1:9998  1     leader    1       7     48210   48210    ok
              10.0.0.2:9998  2     follower  1       7     48210   48210    ok
              10.0.0.3:9998  3     follower  1       7     48210   48210    ok

            """, cluster);
        Assert.Equal(TimeSpan.Zero, _asked.Took);
    }

    [Fact]
    public void WhatIsOffOrNotNormalOnPurposeIsNamedAndNoFinding()
    {
        using var cluster = _asked.Simulated();
        cluster.SetSwitch("balance", "false");
        cluster.SetSwitch("disk_drop", null);
        cluster.SetDisk(5, DiskStatus.Dropped);
        cluster.SetDisk(6, DiskStatus.Dropped);
        cluster.DropDisk(7);
        Told(0, """
            prod-z0: healthy
              leader    10.0.0.1:9998 (node 1), term 7
              voters    3, 2 are a quorum
              margin    1 more may fail
              disks     3 not normal: 1 dropping, 2 dropped
              switches  2 off: balance disabled, disk_drop unset

              MEMBER         NODE  STATE     LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              10.0.0.1:9998  1     leader    1       7     48215   48215    ok
              10.0.0.2:9998  2     follower  1       7     48215   48215    ok
              10.0.0.3:9998  3     follower  1       7     48215   48215    ok

            """, cluster);
    }

    [Fact]
    public void ALostLeaderThatTheOthersStillBelieveInIsToldAsLost()
    {
        using var cluster = _asked.Simulated();
        cluster.Kill(1);
        Told(1, """
            prod-z0: not healthy, 2 pages and 1 ticket
              PAGE    NoLeader    Node 1 (10.0.0.1:9998) is named as leader in term 7 and does not answer as one.
              PAGE    QuorumLost  Linearizable reads reach no quorum.
              ticket  MemberDown  10.0.0.1:9998 does not answer for itself: connection refused.

              MEMBER         NODE  STATE     LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              10.0.0.1:9998  -     -         -       -     -       -        refused
              10.0.0.2:9998  2     follower  1       7     48210   48210    ok
              10.0.0.3:9998  3     follower  1       7     48210   48210    ok

            """, cluster);
    }

    [Fact]
    public void AfterTheElectionTheNextFailureIsWhatPages()
    {
        using var cluster = _asked.Simulated();
        cluster.Kill(1);
        _asked.Clock.Advance(TimeSpan.FromSeconds(40));
        Told(1, """
            prod-z0: not healthy, 1 page and 2 tickets
              PAGE    NoQuorumMargin      2 of 3 voters answer: one more failure loses the quorum.
              ticket  MemberDown          10.0.0.1:9998 does not answer for itself: connection refused.
              ticket  PeerNotReplicating  node 1 (10.0.0.1:10110) does not replicate: the leader probes it.

              MEMBER         NODE  STATE     LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              10.0.0.1:9998  -     -         -       -     -       -        refused
              10.0.0.2:9998  2     leader    2       8     48211   48211    ok
              10.0.0.3:9998  3     follower  2       8     48211   48211    ok

            """, cluster);
    }

    [Fact]
    public void ALostQuorumIsToldWhileTheLastOneStillClaimsToLead()
    {
        using var cluster = _asked.Simulated();
        cluster.Kill(2);
        cluster.Hang(3);
        Told(1, """
            prod-z0: not healthy, 1 page and 2 tickets
              PAGE    QuorumLost  1 of 3 voters answer, 2 are needed.
              ticket  MemberDown  10.0.0.2:9998 does not answer for itself: connection refused.
              ticket  MemberDown  10.0.0.3:9998 does not answer for itself: no answer within 3 s.

              MEMBER         NODE  STATE   LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              10.0.0.1:9998  1     leader  1       7     48210   48210    ok
              10.0.0.2:9998  -     -       -       -     -       -        refused
              10.0.0.3:9998  -     -       -       -     -       -        timeout

            """, cluster);
        _asked.Clock.Advance(TimeSpan.FromSeconds(30));
        Told(1, """
            prod-z0: not healthy, 2 pages and 2 tickets
              PAGE    NoLeader    1 member up, none knows a leader.
              PAGE    QuorumLost  1 of 3 configured members answer, 2 are needed.
              ticket  MemberDown  10.0.0.2:9998 does not answer for itself: connection refused.
              ticket  MemberDown  10.0.0.3:9998 does not answer for itself: no answer within 3 s.

              MEMBER         NODE  STATE          LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              10.0.0.1:9998  1     pre_candidate  none    7     48210   48210    ok
              10.0.0.2:9998  -     -              -       -     -       -        refused
              10.0.0.3:9998  -     -              -       -     -       -        timeout

            """, cluster);
    }

    [Fact]
    public void WhereNobodyAnswersNothingIsClaimed()
    {
        using var cluster = _asked.Simulated();
        cluster.Kill(1);
        cluster.Kill(2);
        cluster.Hang(3);
        Told(2, """
            prod-z0: cannot tell, no member answers for itself
              PAGE    ClusterBlind  None of the 3 members answers.
              ticket  MemberDown    10.0.0.1:9998 does not answer for itself: connection refused.
              ticket  MemberDown    10.0.0.2:9998 does not answer for itself: connection refused.
              ticket  MemberDown    10.0.0.3:9998 does not answer for itself: no answer within 3 s.

              MEMBER         NODE  STATE  LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              10.0.0.1:9998  -     -      -       -     -       -        refused
              10.0.0.2:9998  -     -      -       -     -       -        refused
              10.0.0.3:9998  -     -      -       -     -       -        timeout

            """, cluster);
    }

    [Fact]
    public void OneMemberAloneIsNotTakenForItsCluster()
    {
        using var cluster = _asked.Simulated();
        Told(0, """
            prod-z0: no finding at the one member that was asked; what only the others know is not judged
              leader    10.0.0.1:9998 (node 1), term 7
              voters    3, 2 are a quorum
              margin    not known here
              disks     0 not normal
              switches  0 off

              MEMBER         NODE  STATE   LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              10.0.0.1:9998  1     leader  1       7     48210   48210    ok

            """, cluster, 1);
        Told(0, """
            prod-z0: no finding at the one member that was asked; what only the others know is not judged
              leader    10.0.0.1:9998 (node 1), term 7, as a follower names it
              voters    not known here
              margin    not known here
              disks     0 not normal
              switches  0 off

              MEMBER         NODE  STATE     LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              10.0.0.2:9998  2     follower  1       7     48210   48210    ok

            """, cluster, 2);
        cluster.Kill(2);
        Assert.StartsWith("prod-z0: cannot tell, the member does not answer for itself\n", _asked.Status(cluster, 2).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingThatAClusterSaysReachesTheTerminalRaw()
    {
        const string Clear = "\u001b[2J\nprod-z1: healthy\u202e";
        const string Escaped = """\u001b[2J\nprod-z1: healthy\u202e""";
        var balance = Escaped;
        var members = _asked.Scripted((_, _, path, _) => path switch
        {
            "/stat" => Task.FromResult<(int, string)?>((200, ScriptedMembers.Stat(2).Replace("a:9998", Escaped, StringComparison.Ordinal))),
            "/config/get?key=balance" => Task.FromResult<(int, string)?>((200, $"\"{balance}\"")),
            _ => null,
        });
        var named = Polled.Cluster($"prod{Clear}", "b", sidecar: true);
        named = named with { Members = [named.Members[0] with { Name = Clear }] };
        Assert.Equal("""
            prod\u001b[2J\u000aprod-z1: healthy\u202e: not healthy, 1 ticket
              ticket  TaskSwitchIneffective  balance is set to "\u001b[2J\u000aprod-z1: healthy\u202e": only "true" enables it, so it is off.

              MEMBER                                 NODE  STATE     LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              \u001b[2J\u000aprod-z1: healthy\u202e  2     follower  1       5     100     100      ok

            """, StatusText.Of(_asked.Judge(_ => members, named)));
        balance = "true";
        Assert.Contains(
            """
              leader    \u001b[2J\u000aprod-z1: healthy\u202e (node 1), term 5, as a follower names it

            """, StatusText.Of(_asked.Judge(_ => members, named)), StringComparison.Ordinal);
    }

    [Fact]
    public void ABlankLineStandsBetweenClusters()
    {
        using var cluster = _asked.Simulated();
        var judged = _asked.Judge(
            _ => new SimulatorHandler([cluster], _asked.Clock), Asked.Config(cluster, "prod-z0"), Asked.Config(cluster, "prod-z1"));
        Assert.Contains("    ok\n\nprod-z1: healthy\n  leader", StatusText.Of(judged), StringComparison.Ordinal);
    }

    private void Told(int exitCode, string output, SimulatedCluster cluster, params int[] only) =>
        Assert.Equal((output, exitCode), _asked.Status(cluster, only));
}
