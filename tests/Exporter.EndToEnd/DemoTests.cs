using System.Text.RegularExpressions;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>The first command of the README, as a new user types it.</summary>
public sealed partial class DemoTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheDemoServesThreeMembersThatAreUp()
    {
        await using var demo = await ExporterProcess.StartAsync(["demo"], Ct);

        var page = await demo.ScrapeUntilAsync(
            "three members are up",
            page => page.All("clustermgr_up").Count(up => up.Text == "1") == 3,
            Ct
        );

        Assert.Equal(3, page.All("clustermgr_up").Count());
        Assert.Single(page.All("clustermgr_raft_state", "state=leader"), state => state.Text == "1");
    }

    [Fact]
    public async Task EveryUrlThatTheDemoPrintsAnswers()
    {
        await using var demo = await ExporterProcess.StartAsync(["demo", "--clusters=2", "--scenario=disk-broken"], Ct);
        using var http = new HttpClient { Timeout = ExporterProcess.Patience };
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "the guide is printed",
            _ => Task.FromResult(demo.Child.Output.Contains("Ctrl-C")),
            () => demo.Child,
            Ct
        );

        var urls = Url().Matches(demo.Child.Output).Select(match => match.Value).Distinct().ToList();

        Assert.True(urls.Count >= 2 + 6, $"too few URLs: {demo.Child}");
        foreach (var url in urls)
        {
            // The address of a member is printed without a path; it serves /stat.
            var uri = new Uri(url);
            var isMember = uri.Authority != demo.Metrics.Authority && uri.AbsolutePath == "/";
            using var answer = await http.GetAsync(isMember ? new Uri(uri, "/stat") : uri, Ct);
            Assert.True(answer.IsSuccessStatusCode, $"{url} answers {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task ALeaderThatIsKilledByATypedLineShowsDownAndUpOnceStarted()
    {
        await using var demo = await ExporterProcess.StartAsync(["demo"], Ct);
        var healthy = await demo.ScrapeUntilAsync(
            "a leader is known",
            page => page.All("clustermgr_raft_state", "state=leader").Any(state => state.Text == "1"),
            Ct
        );
        var leader = healthy
            .All("clustermgr_raft_state", "state=leader")
            .Single(state => state.Text == "1")
            .Label("member");

        await demo.Child.TypeAsync("kill leader", Ct);
        var broken = await demo.ScrapeUntilAsync(
            "the leader is down",
            page => page.All("clustermgr_up", $"member={leader}").Any(up => up.Text == "0"),
            Ct
        );

        Assert.Equal(2, broken.All("clustermgr_up").Count(up => up.Text == "1"));
        var killed = Killed().Match(demo.Child.Output);
        Assert.True(killed.Success, $"no answer to the line: {demo.Child}");

        await demo.Child.TypeAsync($"start {killed.Groups[1].Value}", Ct);
        // It only listens once it knows a leader; the other members may take up to 21 s to elect one.
        await demo.ScrapeUntilAsync(
            "it is up again",
            page => page.All("clustermgr_up", $"member={leader}").Any(up => up.Text == "1"),
            Ct
        );
    }

    [Fact]
    public async Task ScenariosAreDealtToTheClustersInTheirOrder()
    {
        await using var demo = await ExporterProcess.StartAsync(
            ["demo", "--clusters=3", "--scenario=leader-lost", "--scenario=disk-broken"],
            Ct
        );
        await demo.ReadyAsync(Ct);

        var page = await demo.ScrapeAsync(Ct);

        Assert.Equal(
            ["demo-1", "demo-2", "demo-3"],
            page.All("clustermgr_up").Select(up => up.Label("cluster")).Distinct()
        );
        Assert.Contains("demo-1: leader-lost, ", demo.Child.Output, StringComparison.Ordinal);
        Assert.Contains("demo-2: disk-broken, ", demo.Child.Output, StringComparison.Ordinal);
        Assert.Contains("demo-3: healthy, ", demo.Child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AScenarioThatDoesNotExistIsRefusedWithTheNearestName()
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(["demo", "--scenario=leader-lots"], Ct);

        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.StartsWith(
            "--scenario: there is no scenario \"leader-lots\"; did you mean leader-lost? There are: healthy, ",
            error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "--clusters=2 --scenario=healthy --scenario=healthy --scenario=healthy",
        "--clusters=2 is fewer than the 3 scenarios; leave it out, or a scenario\n"
    )]
    [InlineData("--clusters=0", "--clusters is \"0\"; write a number from 1 to 1000\n")]
    [InlineData("--members=1 --scenario=follower-hung", "--scenario=follower-hung needs --members=2 or more\n")]
    [InlineData("--members=many", "--members is \"many\"; write a number from 1 to 9\n")]
    [InlineData(
        "--clustermgr.url=http://127.0.0.1:1",
        "--clustermgr.url has no place here: the clusters are simulated\n"
    )]
    [InlineData(
        "--clustermgr.poll-interval=1s",
        "--clustermgr.poll-interval has no place here: the clusters are simulated\n"
    )]
    [InlineData("--config.check", "--config.check has no place here: the clusters are simulated\n")]
    [InlineData("--shard=0", "--shard has no place here: the clusters are simulated\n")]
    public async Task FlagsOfTheDemoThatMakeNoSenseAreRefusedInWords(string flags, string expected)
    {
        var (exit, _, error) = await ExporterProcess.RunAsync(["demo", .. flags.Split(' ')], Ct);

        Assert.Equal((2, expected), (exit, error));
    }

    [Theory]
    [InlineData("--clusters=1", "kil leader", "there is no command kil; did you mean kill? help lists all\n")]
    [InlineData("--clusters=2", "kill leader", "there are 2 clusters: say which one, as demo-1 kill leader\n")]
    public async Task ALineThatTheDemoDoesNotUnderstandIsAnsweredWithTheNextStep(
        string clusters,
        string line,
        string answer
    )
    {
        await using var demo = await ExporterProcess.StartAsync(["demo", clusters], Ct);

        await demo.Child.TypeAsync(line, Ct);

        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "an answer",
            _ => Task.FromResult(demo.Child.Output.Contains(answer, StringComparison.Ordinal)),
            () => demo.Child,
            Ct
        );
    }

    [GeneratedRegex(@"http://[^\s|]+")]
    private static partial Regex Url();

    [GeneratedRegex(@"^done: member (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Killed();
}
