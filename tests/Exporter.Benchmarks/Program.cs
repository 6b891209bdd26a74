using System.Globalization;
using BenchmarkDotNet.Running;
using ClustermgrExporter.Benchmarks.Checking;
using ClustermgrExporter.Benchmarks.Gauges;
using ClustermgrExporter.Benchmarks.Micro;
using ClustermgrExporter.Benchmarks.Polling;
using ClustermgrExporter.Benchmarks.Processes;
using ClustermgrExporter.Benchmarks.Scaling;
using ClustermgrExporter.Benchmarks.Scanning;
using ClustermgrExporter.Benchmarks.Serving;
using ClustermgrExporter.Benchmarks.Starting;

// A process that a benchmark starts; Ctrl-C and SIGTERM end it.
if (args is ["shard", var shard, var shards, var clusters, var real])
{
    return await ShardProcess.RunAsync(
        int.Parse(shard, CultureInfo.InvariantCulture),
        int.Parse(shards, CultureInfo.InvariantCulture),
        int.Parse(clusters, CultureInfo.InvariantCulture),
        real,
        CancellationToken.None
    )
        ? 0
        : 1;
}

// run.sh builds what is measured and calls this; docs/performance.md says what comes out.
var quick = args.Contains("--quick");
var verbs = args.Where(arg => arg is not ("--quick" or "--beside" or "--record")).ToList();
if (verbs is ["all"] or [])
{
    verbs =
    [
        "request",
        "parse",
        "render",
        "scrape",
        "gauges",
        "serve",
        "concurrent",
        "start",
        "scan",
        "poll",
        "linear",
    ];
}
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interrupted.Cancel();
};
var ct = interrupted.Token;
foreach (var verb in verbs)
{
    var passed = verb switch
    {
        "request" => Measure<RequestBenchmarks>(),
        "parse" => Measure<ParseBenchmarks>(),
        "render" => Measure<RenderBenchmarks>(),
        "scrape" => Measure<ScrapeBenchmarks>(),
        "gauges" => await GaugeBenchmark.RunAsync(quick, ct),
        "serve" => await ServeBenchmark.RunAsync(quick, ct),
        "poll" => await PollBenchmark.RunAsync(quick, ct),
        "linear" => await LinearityBenchmark.RunAsync(quick, ct),
        "concurrent" => await ConcurrentScrapeBenchmark.RunAsync(quick, ct),
        "scan" => await ScanBenchmark.RunAsync(quick, ct),
        "start" => await StartBenchmark.RunAsync(quick, ct),
        "scale" => await ScaleBenchmark.RunAsync(quick, ct),
        "check" => await RegressionGate.RunAsync(quick, args.Contains("--record"), ct),
        "fleet" => await HoldFleetAsync(ct),
        _ => Refuse(verb),
    };
    if (!passed)
    {
        return 1;
    }
}
return 0;

static bool Measure<T>() => !BenchmarkRunner.Run<T>(MicroConfig.Create()).HasCriticalValidationErrors;

// Until interrupted: what another program or a profiler looks at.
static async Task<bool> HoldFleetAsync(CancellationToken ct)
{
    await using var fleet = await SimulatedFleet.StartAsync(
        1000,
        "poll_interval: 15s\n",
        options => options with { SchedulersRun = true }
    );
    Console.WriteLine(
        $"a thousand clusters of three members are simulated, until Ctrl-C: --config.file={fleet.Config}"
    );
    try
    {
        await Task.Delay(Timeout.Infinite, ct);
    }
    catch (OperationCanceledException)
    {
        // interrupted
    }
    return true;
}

static bool Refuse(string verb)
{
    Console.Error.WriteLine(
        $"no such benchmark: {verb}; there are request, parse, render, scrape, gauges, serve, concurrent, poll, linear, "
            + "scan, scale, check, fleet and all"
    );
    return false;
}
