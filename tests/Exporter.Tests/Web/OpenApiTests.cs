using System.Collections.Immutable;
using System.Net;
using Clustermgr.Configuration;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Tests.Polling;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using ClustermgrSimulator.Storage;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>Compares real answers with docs/openapi.yaml, in both directions.</summary>
public sealed class OpenApiTests
{
    private readonly OpenApi _document = new();

    [Fact]
    public async Task EveryAnswerIsAsTheDocumentSaysAndEveryPropertyOfTheDocumentIsInAnAnswer()
    {
        await JudgeAsync(
            await StatusSite.StartAsync(clock => new SimulatedCluster(
                new SimulatorOptions { ShardnodesPerIdc = 1, RefreshInterval = TimeSpan.FromSeconds(1) },
                clock
            ))
        );
        await JudgeAsync(await StatusSite.StartAsync(Broken));
        await JudgeAsync(await StatusSite.StartAsync(Broken, "beside one", 2));
        await JudgeAsync(
            await StatusSite.StartAsync(
                clock => new SimulatedCluster(
                    new SimulatorOptions { Version = ServerVersion.V32, FirstIndex = 1UL << 60 },
                    clock
                ),
                "prod"
            )
        );
        await JudgeAsync(
            await StatusSite.StartAsync(
                clock =>
                {
                    var repaired = new SimulatedCluster(
                        new SimulatorOptions
                        {
                            SchedulersRun = true,
                            Timings = new() { RepairJob = TimeSpan.FromSeconds(5) },
                        },
                        clock
                    );
                    repaired.SetDisk(5, SimulatedDiskStatus.Broken);
                    repaired.SetDisk(8, SimulatedDiskStatus.Repaired);
                    foreach (var disk in (uint[])[10, 11, 12])
                    {
                        repaired.SetDiskUse(disk, 1);
                    }
                    return repaired;
                },
                150
            )
        );
        var meant = PollingFixture.Cluster("prod", "abc") with
        {
            Tasks = ImmutableSortedDictionary<string, bool>.Empty.Add("balance", false),
        };
        var scripted = new PollingFixture { Config = new ExporterConfig { Clusters = [meant] } };
        var alerted = new PollingFixture { Config = new ExporterConfig { Clusters = [meant] } };
        await JudgeAsync(await StatusSite.StartAsync(alerted, seconds: 0, alerting: Samples.Alerting));
        await JudgeAsync(await StatusSite.StartAsync(scripted, seconds: 0)); // nothing or little is known yet
        var dead = new PollingFixture
        {
            Config = new ExporterConfig
            {
                Clusters = [PollingFixture.Cluster("<img onerror=\"alert(1)\">\n'%2F/..", "abc")],
            },
        };
        dead.Members.Instead = (_, _, _) => throw ScriptedMembers.Refused;
        await JudgeAsync(await StatusSite.StartAsync(dead));

        var refused = _document.Properties.Where(property => property.StartsWith("Error.", StringComparison.Ordinal));
        Assert.Equal([], _document.Properties.Except(_document.Seen).Except(refused));
    }

    [Theory]
    [InlineData("/api/v1/clusters/nobody", "/api/v1/clusters/{name}", 404)]
    [InlineData("/api/v1/events?cluster=nobody", "/api/v1/events", 404)]
    [InlineData("/api/v1/events?limit=0", "/api/v1/events", 400)]
    public async Task ARefusalToo(string asked, string path, int status)
    {
        await using var site = await StatusSite.StartAsync("prod");
        Assert.Equal([], _document.Judge(path, status, await site.JsonAsync(asked, (HttpStatusCode)status)));
    }

    [Fact]
    public async Task EveryPathThatIsRefusedIsTold()
    {
        await using var site = await StatusSite.StartAsync("prod");
        var told = (await site.JsonAsync("/api/v1", HttpStatusCode.NotFound)).ToString();
        Assert.All(
            _document.Paths,
            path =>
                Assert.Contains(
                    path.Replace("{name}", "NAME", StringComparison.Ordinal),
                    told,
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void TheJudgeNoticesWhatIsMissingTooMuchOrOfAnotherKind()
    {
        var good = """{"error":"x"}""";
        foreach (
            var (answer, wrong) in ((string, int)[])
                [(good, 0), ("""{"error":null}""", 1), ("{}", 1), ("""{"error":"x","more":1}""", 1), ("[]", 1)]
        )
        {
            using var json = System.Text.Json.JsonDocument.Parse(answer);
            Assert.Equal(wrong, _document.Judge("/api/v1/events", 400, json.RootElement).Count);
        }
    }

    [Fact]
    public async Task TheDocumentIsServedAsItStands()
    {
        await using var site = await StatusSite.StartAsync("prod");
        using var served = await site.GetAsync("/api/v1/openapi.yaml");
        Assert.Equal("application/yaml; charset=utf-8", served.Content.Headers.ContentType!.ToString());
        var file = await File.ReadAllTextAsync(
            Path.Combine(Support.GoldenFile.GetRepositoryRoot(), "docs/openapi.yaml"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(file, await served.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A member that is down, disks in several states, and a switch with an ineffective value.</summary>
    private static SimulatedCluster Broken(TimeProvider clock)
    {
        var cluster = new SimulatedCluster(
            new SimulatorOptions
            {
                FirstLeader = 1,
                ShardnodesPerIdc = 1,
                RefreshInterval = TimeSpan.FromSeconds(1),
            },
            clock
        );
        Assert.True(cluster.SetDisk(1, SimulatedDiskStatus.Broken));
        Assert.True(cluster.SetDisk(2, SimulatedDiskStatus.Repairing));
        cluster.SetSwitch("balance", "Enable");
        cluster.SetService("PROXY", online: false, "z1");
        cluster.Kill(3);
        return cluster;
    }

    private async Task JudgeAsync(StatusSite started)
    {
        await using var site = started;
        var name = site.Polled.Config.Clusters.Single().Name;
        var wrong = _document.Judge("/api/v1/clusters", 200, await site.JsonAsync("/api/v1/clusters"));
        wrong.AddRange(
            _document.Judge(
                "/api/v1/clusters/{name}",
                200,
                await site.JsonAsync($"/api/v1/clusters/{Uri.EscapeDataString(name)}")
            )
        );
        wrong.AddRange(_document.Judge("/api/v1/events", 200, await site.JsonAsync("/api/v1/events?limit=1000")));
        wrong.AddRange(_document.Judge("/api/v1/alerts", 200, await site.JsonAsync("/api/v1/alerts")));
        Assert.Equal([], wrong);
    }
}
