using System.Globalization;
using System.Text;
using ClustermgrExporter.EndToEnd.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>A member with valid answers of the maximum size, full of names: page, log and memory must stay
/// small.</summary>
public sealed class HostileAnswersTests
{
    private const int BodyLimit = 8 << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(7_700_000, 0)] // one text
    [InlineData(200, 8_000)] // many rows
    [InlineData(100_000, 60)] // long rows
    public async Task PageLogAndMemoryStaySmall(int length, int rows)
    {
        await using var hostile = await LoopbackServer.StartAsync(
            context => context.Response.WriteAsync(Answer(context.Request, length, rows), Ct),
            Ct
        );
        await using var cluster = LocalCluster.Start();
        await using var healthy = await ExporterProcess.StartAsync(
            [.. cluster.Flags, "--clustermgr.poll-interval=1s"],
            Ct
        );
        await using var exporter = await ExporterProcess.StartAsync(
            [$"--clustermgr.url={hostile.Root}", .. cluster.Flags.Skip(1), "--clustermgr.poll-interval=1s"],
            Ct
        );
        await exporter.ReadyAsync(Ct);
        await healthy.ReadyAsync(Ct);
        using var http = new HttpClient { Timeout = ExporterProcess.Patience };
        var page = "";
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "the hostile member's answers are taken, and cut",
            async stop =>
            {
                page = await http.GetStringAsync(exporter.Metrics, stop);
                return page.Split('\n')
                    .Any(line =>
                        line.StartsWith("clustermgr_answer_cuts{", StringComparison.Ordinal)
                        && !line.EndsWith(" 0", StringComparison.Ordinal)
                    );
            },
            () => exporter.Child.ToString(),
            Ct
        );
        // Some more rounds of all polls.
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5), Ct);
            page = await http.GetStringAsync(exporter.Metrics, Ct);
        }

        Assert.All(page.Split('\n'), line => Assert.InRange(line.Length, 0, 2_000));
        var plain = await http.GetStringAsync(healthy.Metrics, Ct);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} rows of {length}: page {page.Length} beside {plain.Length}, memory at most "
                    + $"{Peak(exporter) >> 20} MiB beside {Peak(healthy) >> 20} MiB"
            )
        );
        // All lists of one answer are at their limits.
        Assert.InRange(page.Length, 0, 300_000);
        // A body of 8 MiB is read whole before it is refused or cut.
        Assert.InRange(Peak(exporter), 0, Peak(healthy) + (32L * BodyLimit));
        Assert.All(exporter.Child.Error.Split('\n'), line => Assert.InRange(line.Length, 0, 4_000));
        Assert.DoesNotContain("bug in this program", exporter.Child.Error, StringComparison.Ordinal);
    }

    private static string Answer(HttpRequest request, int length, int rows)
    {
        string Text(int i) => string.Create(CultureInfo.InvariantCulture, $"{i}-") + new string('x', length);
        string Part(int i) => string.Create(CultureInfo.InvariantCulture, $"{i}-") + new string('x', length / 4);
        string Rows(Func<int, string> row) => $"[{string.Join(',', Enumerable.Range(0, rows).Select(row))}]";
        var body = request.Path.Value switch
        {
            "/stat" =>
                $$$"""
                {"leader_host":"{{{(
                    rows == 0 ? Text(0) : "a:9998"
                )}}}","read_only":false,"raft_status":{"node_id":1,"term":5,"vote":1,"commit":9,"leader":1,
                "raft_state":"StateLeader","applied":9,"raft_applied":9,"transferee":0,"applying_length":0,"peers":null},"space_stat":{"total_space":9,
                "free_space":6,"readonly_space":0,"used_space":4,"reserved_space":0,"writable_space":5,"total_disk":0,
                "disk_stat_infos":{{{Rows(i =>
                    $$"""{"idc":"{{Text(i)}}","total":1,"total_chunk":1,"total_free_chunk":1,"available":1}"""
                )}}}},
                "volume_stat":{"total_volume":5,"idle_volume":5,"can_alloc_volume":5,"active_volume":0,"lock_volume":0,"unlocking_volume":0}}
                """,
            "/service/list" =>
                $$"""{"nodes":{{Rows(i => $$"""{"cluster_id":1,"name":"{{Part(i)}}","host":"{{Part(i)}}","idc":"{{Part(i)}}"}""")}}}""",
            "/config/get" => $"\"{Text(1)}\"",
            _ =>
                $$"""{"disks":{{Rows(i => $$"""{"disk_id":{{i + 1}},"idc":"{{Part(i)}}","rack":"{{Part(i)}}","host":"{{Part(i)}}","path":"{{Part(i)}}","status":2}""")}},"marker":0}""",
        };
        // A larger body is refused; another test covers that.
        Assert.True(Encoding.UTF8.GetByteCount(body) < BodyLimit);
        return body;
    }

    private static long Peak(ExporterProcess exporter) =>
        1024
        * long.Parse(
            File.ReadLines($"/proc/{exporter.Child.Id}/status")
                .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );
}
