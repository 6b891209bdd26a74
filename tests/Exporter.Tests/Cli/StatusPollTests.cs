using Clustermgr.Analysis;
using Clustermgr.Configuration;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Terminal;
using ClustermgrExporter.Tests.Polling;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

public sealed class StatusPollTests
{
    private readonly StatusCliFixture _asked = new();

    [Fact]
    public void EveryMemberIsAskedForItsStatOnceAndTheLeaderAloneForTheRest()
    {
        var members = new ScriptedMembers(_asked.Clock);
        var analysis = Assert.Single(_asked.Judge(_ => members, PollingFixture.Cluster("prod", "abc"))).Analysis;
        Assert.Equal(
            ["a", "b", "c"],
            members.Asked.Where(asked => asked.Path == "/stat").Select(asked => asked.Member)
        );
        Assert.All(members.Asked.Where(asked => asked.Path != "/stat"), asked => Assert.Equal("a", asked.Member));
        Assert.Equal(TaskSwitches.Keys.Length, members.Paths("a", "/config/").Count());
        Assert.NotNull(analysis.Snapshot.Disks.ReadAt);
        Assert.Equal([new ServiceCount("proxy", "z0", 1, 1)], analysis.Snapshot.Services.Counts);
        Assert.True(members.Disposed);
    }

    [Fact]
    public void ASwitchThatHangsHoldsBackNoOtherAnswerAndIsSaidToBeUnread()
    {
        var members = _asked.Scripted(
            (members, _, path, ct) => path == "/config/get?key=balance" ? members.HangAsync(ct) : null
        );
        var output = StatusText.Format(
            _asked.Judge(_ => members, PollingFixture.Cluster("prod", "abc")),
            TerminalFormat.Pipe
        );
        Assert.StartsWith("prod: healthy\n", output, StringComparison.Ordinal);
        Assert.Contains("\n  switches  0 off; not read: balance\n", output, StringComparison.Ordinal);
        Assert.Equal(9, _asked.Took.TotalSeconds, 1); // each of the three members was asked
    }

    [Fact]
    public void DisksThatHangForEverAreCutOffAndSaidToBeUnread()
    {
        var members = _asked.Scripted(
            (members, _, path, ct) => path.StartsWith("/disk/", StringComparison.Ordinal) ? members.HangAsync(ct) : null
        );
        var output = StatusText.Format(
            _asked.Judge(_ => members, PollingFixture.Cluster("prod", "abc")),
            TerminalFormat.Pipe
        );
        Assert.StartsWith(
            "prod: not healthy, 1 ticket\n  ticket  StaleData  The disks that are not normal cannot be read",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal(15, _asked.Took.TotalSeconds, 1);
        Assert.Empty(_asked.Log);
    }

    [Fact]
    public void AListOfDisksThatOneVersionDoesNotHaveIsSaidToBeUnread()
    {
        var members = _asked.Scripted(
            (_, _, path, _) =>
                path == "/disk/droppinglist" ? Task.FromResult<(int, string)?>((404, "404 page not found")) : null
        );
        var output = StatusText.Format(
            _asked.Judge(_ => members, PollingFixture.Cluster("prod", "abc")),
            TerminalFormat.Pipe
        );
        Assert.Contains("\n  disks     0 not normal; not read: dropping\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyClustersAreNotAskedAllAtOnceAndAreToldInTheirOrder()
    {
        var made = new List<ScriptedMembers>();
        var most = 0;
        var clusters = Enumerable.Range(0, 100).Select(i => PollingFixture.Cluster($"prod-{i}", "abc")).ToArray();
        var judged = _asked.Judge(
            _ =>
            {
                made.Add(_asked.Scripted((members, member, _, ct) => member == "c" ? members.HangAsync(ct) : null));
                most = Math.Max(most, made.Count(open => !open.Disposed));
                return made[^1];
            },
            clusters
        );
        Assert.Equal(32, most);
        Assert.Equal(
            clusters.Select(cluster => cluster.Name),
            judged.Select(report => report.Analysis.Snapshot.Cluster)
        );
        Assert.All(
            judged,
            report => Assert.Contains(report.Analysis.Findings, finding => finding.Name == "MemberDown")
        );
    }

    [Fact]
    public void AFaultOfOursIsLoggedAndSpoilsNoOtherCluster()
    {
        var judged = _asked.Judge(
            cluster =>
            {
                var members = new ScriptedMembers(_asked.Clock);
                if (cluster.Name == "spoilt")
                {
                    members.Instead = (_, _, _) => throw new InvalidOperationException("a bug");
                }
                return members;
            },
            PollingFixture.Cluster("spoilt", "abc"),
            PollingFixture.Cluster("good", "abc")
        );
        Assert.Equal(
            [ExitCodes.CannotTell, ExitCodes.Findings],
            judged.Select(report => StatusVerdict.ExitCode(report, Severity.Ticket))
        );
        Assert.Equal("a:9998", judged[1].Analysis.Leader?.Name);
        Assert.Equal(
            Enumerable.Repeat("a poll failed because of a bug in this program; please report it", 3),
            _asked.Log
        );
    }

    [Fact]
    public async Task WhoStopsItWaitsForNobody()
    {
        var members = new ScriptedMembers(_asked.Clock);
        members.Instead = (_, _, ct) => members.HangAsync(ct);
        using var stop = new CancellationTokenSource();
        var asking = new StatusPoll(
            new ExporterConfig { Clusters = [PollingFixture.Cluster("prod", "abc")] },
            _ => members,
            _asked.Clock,
            Serilog.Core.Logger.None
        ).PollAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            asking.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)
        );
        Assert.True(members.Disposed);
    }
}
