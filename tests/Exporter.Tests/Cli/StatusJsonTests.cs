using System.Text.Json;
using System.Text.Json.Nodes;
using Clustermgr.Analysis;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Support;
using ClustermgrExporter.Tests.Web;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

public sealed class StatusJsonTests
{
    private readonly StatusCliFixture _asked = new();

    [Fact]
    public void TheWholeDocumentIsAsItWas()
    {
        using var cluster = _asked.Simulated();
        cluster.Kill(3);
        GoldenFile.AssertMatches(
            "tests/Exporter.Tests/Golden/status/follower-down.json",
            StatusJson.Format(Judge(cluster), Severity.Ticket, indented: true)
        );
    }

    [Fact]
    public void AClusterIsWhatTheApiSaysOfItWithoutItsHistory()
    {
        using var cluster = _asked.Simulated();
        var cut = JsonNode.Parse(StatusJson.Format(Judge(cluster), Severity.Ticket, indented: false))!["clusters"]![0]!
            .DeepClone()
            .AsObject();
        Assert.True(cut.Remove("exitCode") && cut.Remove("notes") && cut.Remove("alerts") && cut.Remove("without"));
        cut["history"] = JsonNode.Parse("""{"stepSeconds":60,"points":[]}""");
        cut["events"] = new JsonArray();
        var answer = new JsonObject
        {
            ["at"] = "2026-01-01T00:00:00.000Z",
            ["pollIntervalSeconds"] = 5,
            ["cluster"] = cut,
        };
        Assert.Equal(
            [],
            new OpenApi().Judge("/api/v1/clusters/{name}", 200, JsonSerializer.SerializeToElement(answer))
        );
    }

    [Theory]
    [InlineData("ticket", 1)]
    [InlineData("page", 0)]
    public void TheExitCodesStandInIt(string failOn, int expected)
    {
        using var cluster = _asked.Simulated();
        cluster.SetSwitch("balance", "Enable");
        var status = JsonNode.Parse(
            StatusJson.Format(Judge(cluster), failOn == "page" ? Severity.Page : Severity.Ticket, indented: false)
        )!;
        Assert.Equal(
            (1, expected, expected),
            ((int)status["version"]!, (int)status["exitCode"]!, (int)status["clusters"]![0]!["exitCode"]!)
        );
        Assert.Equal(
            "docs/runbooks.md#clustermgrtaskswitchineffective",
            (string?)status["clusters"]![0]!["findings"]![0]!["runbook"]
        );
    }

    [Fact]
    public void OfAWatchEachStateIsOneLine()
    {
        using var cluster = _asked.Simulated();
        var line = StatusJson.Format(Judge(cluster), Severity.Ticket, indented: false);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
    }

    private StatusReport[] Judge(SimulatedCluster cluster) =>
        _asked.Judge(_ => new SimulatorHandler([cluster], _asked.Clock), StatusCliFixture.Config(cluster));
}
