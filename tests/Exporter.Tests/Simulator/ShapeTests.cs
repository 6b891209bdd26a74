using System.Text;
using System.Text.Json;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

/// <summary>All fields have the names, types and positions of the recorded bodies.</summary>
public sealed class ShapeTests
{
    [Theory]
    [InlineData("healthy", ServerVersion.Master, 3ul)]
    [InlineData("v3.5-healthy", ServerVersion.V35, 2ul)]
    [InlineData("v3.3-auth-leader-killed", ServerVersion.V33, 2ul)]
    public async Task BodiesHaveTheRecordedShape(string name, ServerVersion version, ulong leader)
    {
        var recording = Recording.Of(name);
        var empty = version == ServerVersion.V33;
        using var cluster = new SimulatedCluster(
            new SimulatorOptions
            {
                Version = version,
                FirstLeader = leader,
                Idcs = ["z0"],
                BlobnodesPerIdc = empty ? 0 : 1,
                Services = empty ? [] : null,
                Volumes = empty ? 0 : 5,
            },
            new ManualClock()
        );
        for (ulong id = 1; id <= 3; id++)
        {
            foreach (var path in new[] { "/stat", "/disk/list?count=200", "/service/list" })
            {
                var recorded = recording.At(5, recording.Members[(int)id - 1], path)!;
                var answer = await cluster.AnswerAsync(
                    id,
                    "GET",
                    path,
                    null,
                    default,
                    TestContext.Current.CancellationToken
                );
                Assert.Equal(200, answer.Status);
                Assert.Equal("application/json", answer.ContentType);
                Assert.Equal(ShapeOf(recorded.Body!), ShapeOf(Encoding.UTF8.GetString(answer.Body.Span)));
            }
        }
    }

    [Fact]
    public async Task V32LacksTheFieldsThatCameLater()
    {
        using var cluster = new SimulatedCluster(
            new SimulatorOptions { Version = ServerVersion.V32, FirstLeader = 1 },
            new ManualClock()
        );
        var answer = await cluster.AnswerAsync(1, "GET", "/stat", null, default, TestContext.Current.CancellationToken);
        var shape = ShapeOf(Encoding.UTF8.GetString(answer.Body.Span));
        Assert.Contains("raftApplied:Number", shape, StringComparison.Ordinal);
        Assert.Contains("isInflightFull:Bool", shape, StringComparison.Ordinal);
        Assert.DoesNotContain("applyingLength", shape, StringComparison.Ordinal);
        Assert.DoesNotContain("readonly_space", shape, StringComparison.Ordinal);
        Assert.DoesNotContain("_id:", shape, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MasterLeavesOutWhatIs0AndHasNoRowsBeforeTheFirstDisk()
    {
        var options = Scenario.Parse("new-empty-cluster").Configure(new SimulatorOptions());
        using var cluster = new SimulatedCluster(options, new ManualClock());
        var answer = await cluster.AnswerAsync(1, "GET", "/stat", null, default, TestContext.Current.CancellationToken);
        var shape = ShapeOf(Encoding.UTF8.GetString(answer.Body.Span));
        Assert.DoesNotContain("total_blob_node", shape, StringComparison.Ordinal);
        Assert.Contains("disk_stat_infos:Null", shape, StringComparison.Ordinal);
    }

    /// <summary>Names and kinds in their order; a list has the shape of its first row.</summary>
    private static string ShapeOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        return Of(json.RootElement);

        static string Of(JsonElement value) =>
            value.ValueKind switch
            {
                JsonValueKind.Object => "{"
                    + string.Join(',', value.EnumerateObject().Select(p => p.Name + ":" + Of(p.Value)))
                    + "}",
                JsonValueKind.Array => "[" + (value.GetArrayLength() == 0 ? "" : Of(value[0])) + "]",
                JsonValueKind.True or JsonValueKind.False => "Bool",
                var kind => kind.ToString(),
            };
    }
}
