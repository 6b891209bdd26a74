using System.Text.Json.Nodes;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Tests.Client;
using ClustermgrExporter.Tests.Support;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;

namespace Clustermgr.Tests.Parsing;

/// <summary>Reading a scheduler's answers with the client: recorded ones, those of older releases, and wrong
/// ones.</summary>
public sealed class SchedulerTests : AskingTests
{
    private static JsonArray Recorded =>
        JsonNode
            .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recordings/scheduler/scheduler.json")))!
            .AsArray();

    [Fact]
    public async Task AnIdleSchedulerHasAllItsTasksAndNoJobs()
    {
        var answer = await StatsOfAsync(BodyOf("leader, idle, asked of the leader"));
        Assert.Equal(Outcome.Ok, answer.Outcome);
        Assert.Equal(
            [
                new TaskReading("disk_repair", true, 0, 0, 0, 0, 0, null),
                new TaskReading("disk_drop", false, 0, 0, 0, 0, 0, null),
                new TaskReading("balance", false, 0, 0, 0, null, null, null),
                new TaskReading("manual_migrate", null, 0, 0, 0, null, null, null),
                new TaskReading("volume_inspect", false, null, null, null, null, null, null),
                new TaskReading("shard_repair", false, null, null, null, null, null, 0),
                new TaskReading("blob_delete", false, null, null, null, null, null, 0),
                new TaskReading("shard_disk_repair", false, 0, 0, 0, 0, 0, null),
            ],
            answer.Value!.Tasks
        );
        var forwarded = await StatsOfAsync(BodyOf("the same through a follower (forwarded)"));
        Assert.Equal(answer.Value, forwarded.Value);
    }

    [Fact]
    public async Task ADiskUnderRepairIsListedAndItsProgressIsItsOwn()
    {
        var stats = await StatsOfAsync(BodyOf("disk 4 under repair (no volumes on it)"));
        Assert.Equal([4], stats.Value!.Task("disk_repair")!.Disks);
        var progress = await MigrationOfAsync(200, BodyOf("its progress"));
        Assert.Equal((Outcome.Ok, new MigrationReading(0, 0)), (progress.Outcome, progress.Value));
    }

    [Theory]
    [InlineData("progress of a disk that is not repaired")]
    [InlineData("drop of a disk that is not dropped")]
    public async Task ADiskThatIsNotUnderWayIsNoFailure(string what)
    {
        var answer = await MigrationOfAsync(500, BodyOf(what));
        Assert.Equal((Outcome.Ok, new MigrationReading(null, null)), (answer.Outcome, answer.Value));
    }

    [Fact]
    public async Task AnyOtherRefusalIs()
    {
        Is(Outcome.HttpError, await MigrationOfAsync(400, BodyOf("a bad task type")));
        Is(Outcome.HttpError, await MigrationOfAsync(500, "{\"error\":\"internal\"}"));
        Is(Outcome.HttpError, await MigrationOfAsync(500, "not repairing disk"));
        Is(Outcome.HttpError, await StatsOfAsync("", 502));
    }

    /// <summary>Older releases have the tasks at the top level, and a follower has only few of them.</summary>
    [Fact]
    public async Task BothShapesAreRead()
    {
        var old = await StatsOfAsync(
            """{"disk_repair":{"enable":true,"repairing_disks":[7,3],"total_tasks_cnt":9,"repaired_tasks_cnt":4}}"""
        );
        var repair = Assert.Single(old.Value!.Tasks);
        Assert.Equal((9, 4), (repair.Total, repair.Done));
        Assert.Equal([3, 7], repair.Disks);
        var follower = await StatsOfAsync(BodyOf("a follower's own"));
        Assert.Equal(["shard_repair", "blob_delete"], follower.Value!.Tasks.Select(task => task.Task));
    }

    [Theory]
    [InlineData("""{"disk_repair":{"total_tasks_cnt":-1}}""", "task.total_tasks_cnt is negative")]
    [InlineData("""{"disk_repair":{"total_tasks_cnt":3,"repaired_tasks_cnt":4}}""", "disk_repair has 4 of 3 jobs done")]
    [InlineData("""{"disk_repair":{"repairing_disks":["a"]}}""", "a disk's id is not a number")]
    [InlineData("""{"disk_repair":{},"blobnode":{"disk_repair":{}}}""", "a task comes twice")]
    [InlineData("""{"raft_status":{}}""", "no task of a scheduler is in it")]
    [InlineData("""[]""", "the body is not an object")]
    [InlineData("""{"blobnode":{"blobnode":{"disk_repair":{}}}}""", "no task of a scheduler is in it")]
    public async Task LiesAndStrangersAreRefused(string body, string reason)
    {
        var answer = await StatsOfAsync(body);
        Assert.Equal(Outcome.Invalid, answer.Outcome);
        Assert.StartsWith(reason, answer.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"total_tasks_cnt":3,"migrated_tasks_cnt":4}""")]
    [InlineData("""{"total_tasks_cnt":-3,"migrated_tasks_cnt":-4}""")]
    [InlineData("""{"total_tasks_cnt":3}""")]
    [InlineData("""{"total_tasks_cnt":"3","migrated_tasks_cnt":1}""")]
    public async Task SoIsProgressThatCannotBe(string body) => Is(Outcome.Invalid, await MigrationOfAsync(200, body));

    [Fact]
    public async Task AMillionDisksAreCutAndHeldInBounds()
    {
        var ids = string.Join(',', Enumerable.Range(1, 1_000_000));
        var answer = await StatsOfAsync("{\"disk_repair\":{\"repairing_disks\":[" + ids + "]}}");
        Assert.Equal(Thresholds.MaxDiskRows, answer.Value!.Task("disk_repair")!.Disks.Length);
    }

    /// <summary>A scheduler needs no token, and might belong to someone else.</summary>
    [Fact]
    public async Task NoTokenIsEverSent()
    {
        using var server = WireMockServer.Start();
        server.Given(Request.Create()).RespondWith(Response.Create().WithStatusCode(403));
        var answer = await Bounded(Scheduler(new Uri(server.Url!)).GetStatsAsync(Ct));
        Assert.Equal(Outcome.Auth, answer.Outcome);
        Assert.DoesNotContain(
            server.LogEntries.Single().RequestMessage!.Headers!.Keys,
            name => name.Contains("TOKEN", StringComparison.OrdinalIgnoreCase)
        );
    }

    private static string BodyOf(string what) =>
        Recorded.Single(answer => (string?)answer!["what"] == what)!["body"]!.GetValue<string>();

    private static void Is<T>(Outcome expected, Answer<T> answer)
        where T : class => Assert.Equal((expected, null), (answer.Outcome, answer.Value));

    private Task<Answer<SchedulerReading>> StatsOfAsync(string body, int status = 200) =>
        AnswerAsync(status, body, client => client.GetStatsAsync(Ct));

    private Task<Answer<MigrationReading>> MigrationOfAsync(int status, string body) =>
        AnswerAsync(status, body, client => client.GetMigrationAsync("disk_repair", 4, Ct));

    private async Task<Answer<T>> AnswerAsync<T>(int status, string body, Func<SchedulerClient, Task<Answer<T>>> ask)
        where T : class
    {
        await using var server = RawServer.Once(RawServer.Response(status, body));
        return await Bounded(ask(Scheduler(server.Url)));
    }

    private SchedulerClient Scheduler(Uri url) => new(Http, url, TimeSpan.FromSeconds(3), 8 << 20, Clock);
}
