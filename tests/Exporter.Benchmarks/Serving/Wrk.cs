using System.Globalization;
using System.Text.RegularExpressions;
using ClustermgrExporter.Benchmarks.Processes;

namespace ClustermgrExporter.Benchmarks.Serving;

/// <summary>One run of the load generator wrk: 16 connections that are kept, one thread.</summary>
internal sealed partial record Wrk(double RequestsPerSecond, long Requests)
{
    public static async Task<Wrk> RunAsync(Uri url, bool gzip, TimeSpan duration, CancellationToken ct)
    {
        // wrk calls an answer after 2 s a failure; a server that compresses megabytes beside others is only slow.
        List<string> arguments =
        [
            "-t1",
            "-c16",
            "--timeout",
            "30s",
            $"-d{(int)duration.TotalSeconds}s",
            "-H",
            $"Accept: {PrometheusHeaders.Accept}",
        ];
        if (gzip)
        {
            arguments.AddRange(["-H", "Accept-Encoding: gzip"]);
        }
        var said = new List<string>();
        await using (var child = BenchmarkProcess.Start("wrk", [.. arguments, url.ToString()], said.Add))
        {
            // Also ends a run that a server leaves hanging.
            await child.ExitAsync(duration + TimeSpan.FromSeconds(30), ct);
        }
        return Read(string.Join('\n', said));
    }

    private static Wrk Read(string output)
    {
        if (Rate().Match(output) is not { Success: true } rate || Count().Match(output) is not { Success: true } count)
        {
            throw new InvalidOperationException($"wrk did not count its requests:\n{output}");
        }
        if (
            output.Contains("Non-2xx", StringComparison.Ordinal)
            || output.Contains("Socket errors", StringComparison.Ordinal)
        )
        {
            throw new InvalidOperationException($"wrk saw failures, so its rate means nothing:\n{output}");
        }
        return new Wrk(
            double.Parse(rate.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
            long.Parse(count.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        );
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"(\d+) requests in ")]
    private static partial Regex Count();
}
