using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The series of an outcome begins with its first occurrence. The rules must count that occurrence, but
/// nothing that may have happened before they saw the series.</summary>
public sealed class FirstOccurrenceTests
{
    private const string Stat = "cluster=\"c\",member=\"a\",endpoint=\"stat\"",
        Disks = "cluster=\"c\",member=\"a\",endpoint=\"disks\"";

    [Theory]
    // A first failure of a known member: it counts as one until it is two minutes old.
    [InlineData("4m45s", "ok 0+4x60", "timeout _x12 1x48", "stat ok 32", "stat timeout 1")]
    [InlineData("5m", "ok 0+4x60", "timeout _x12 1x48", "stat ok 32", "stat timeout 0")]
    // Several failures.
    [InlineData("5m", "ok 0+4x60", "timeout _x16 1 2 3 4x40", "stat ok 32", "stat timeout 4")]
    // Member and outcome are both new, as after a restart of Prometheus: it is unknown when the failures happened.
    [InlineData("1m", "ok 1000x60", "timeout 700x60", "stat ok 0", "stat timeout 0")]
    // The exporter restarted, and counts from 0 again.
    [InlineData("5m", "ok 40+4x16 0+4x40", "timeout 7x16 _x1 2x40", "stat ok 28", "stat timeout 2")]
    public async Task AnIncreaseHasTheFirstOneIn(string at, string ok, string other, params string[] expected)
    {
        var series = new[] { ok, other }
            .Select(line => line.Split(' ', 2))
            .Select(line => ($"clustermgr_polls_total{{{Stat},outcome=\"{line[0]}\"}}", line[1]));
        await HoldsAsync(
            at,
            "cluster_member_endpoint_outcome:clustermgr_polls:increase2m",
            series,
            expected.Select(words => words.Split(' ')).Select(words => ($"{{{Stat},outcome=\"{words[1]}\"}}", words[2]))
        );
    }

    /// <summary>A leader that was never asked for disks before, and answers or fails.</summary>
    [Theory]
    [InlineData("ok")]
    [InlineData("timeout")]
    public async Task AnEndpointThatIsNewAtAMemberCountsWhole(string outcome) =>
        await HoldsAsync(
            "15m",
            "cluster_endpoint_outcome:clustermgr_polls:increase10m",
            [
                ($"clustermgr_polls_total{{{Stat},outcome=\"ok\"}}", "0+1x100"),
                ($"clustermgr_polls_total{{{Disks},outcome=\"{outcome}\"}}", "_x40 5x60"),
            ],
            [
                ($"{{cluster=\"c\",endpoint=\"stat\",outcome=\"ok\"}}", "40"),
                ($"{{cluster=\"c\",endpoint=\"disks\",outcome=\"{outcome}\"}}", "5"),
            ]
        );

    private static async Task HoldsAsync(
        string at,
        string recorded,
        IEnumerable<(string Series, string Values)> input,
        IEnumerable<(string Labels, string Value)> expected
    )
    {
        using var folder = new TempFolder();
        var text = $"""
            rule_files: ['{AlertFiles.InRepository(AlertFiles.Rules)}']
            evaluation_interval: 15s
            tests:
              - interval: 15s
                input_series:
            {string.Join('\n', input.Select(one => $"      - {{ series: '{one.Series}', values: '{one.Values}' }}"))}
                promql_expr_test:
                  - expr: round({recorded}, 0.5)
                    eval_time: {at}
                    exp_samples:
            {string.Join('\n', expected.Select(one => $"          - {{ labels: '{one.Labels}', value: {one.Value} }}"))}
            """;
        var (exit, output) = await ExternalTool.RunAsync(
            "promtool",
            ["test", "rules", folder.Write("first.test.yaml", text)],
            null,
            TestContext.Current.CancellationToken
        );
        Assert.True(exit == 0, $"{text}\n{output}");
    }
}
