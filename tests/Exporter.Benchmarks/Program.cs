using BenchmarkDotNet.Running;
using ClustermgrExporter.Benchmarks.Gauges;
using ClustermgrExporter.Benchmarks.Micro;
using ClustermgrExporter.Benchmarks.Polling;
using ClustermgrExporter.Benchmarks.Scanning;
using ClustermgrExporter.Benchmarks.Serving;
using ClustermgrExporter.Benchmarks.Starting;

// run.sh builds what is measured and calls this; docs/performance.md says what comes out.
var quick = args.Contains("--quick");
var verbs = args.Where(arg => arg is not ("--quick" or "--beside")).ToList();
if (verbs is ["all"] or [])
{
    verbs = ["request", "parse", "render", "scrape", "gauges", "serve", "start", "scan", "poll"];
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
        "scan" => await ScanBenchmark.RunAsync(quick, ct),
        "start" => await StartBenchmark.RunAsync(quick, ct),
        _ => Refuse(verb),
    };
    if (!passed)
    {
        return 1;
    }
}
return 0;

static bool Measure<T>() => !BenchmarkRunner.Run<T>(MicroConfig.Create()).HasCriticalValidationErrors;

static bool Refuse(string verb)
{
    Console.Error.WriteLine(
        $"no such benchmark: {verb}; there are request, parse, render, scrape, gauges, serve, poll, start, scan and all"
    );
    return false;
}
