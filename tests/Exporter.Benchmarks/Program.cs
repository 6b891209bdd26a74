using BenchmarkDotNet.Running;
using ClustermgrExporter.Benchmarks.Micro;
using ClustermgrExporter.Benchmarks.Polling;
using ClustermgrExporter.Benchmarks.Serving;
using ClustermgrExporter.Benchmarks.Starting;

// run.sh builds what is measured and calls this; docs/performance.md says what comes out.
var quick = args.Contains("--quick");
var verbs = args.Where(arg => arg != "--quick").ToList();
if (verbs is ["all"] or []) verbs = ["parse", "render", "scrape", "serve", "start", "poll"];
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
        "parse" => Measure<ParseBenchmarks>(),
        "render" => Measure<RenderBenchmarks>(),
        "scrape" => Measure<ScrapeBenchmarks>(),
        "serve" => await ServeBenchmark.RunAsync(quick, ct),
        "poll" => await PollBenchmark.RunAsync(quick, ct),
        "start" => await StartBenchmark.RunAsync(quick, ct),
        _ => Refuse(verb),
    };
    if (!passed) return 1;
}
return 0;

static bool Measure<T>() => !BenchmarkRunner.Run<T>(MicroConfig.Create()).HasCriticalValidationErrors;

static bool Refuse(string verb)
{
    Console.Error.WriteLine($"no such benchmark: {verb}; there are parse, render, scrape, serve, poll, start and all");
    return false;
}
