using System.CommandLine;
using System.CommandLine.Invocation;
using ClustermgrExporter;
using ClustermgrExporter.Cli;
using ClustermgrExporter.Config;

var flags = new ServeFlags();
const string byEnvironment = """
    Every flag is also an environment variable: --web.listen-address is CLUSTERMGR_EXPORTER_WEB_LISTEN_ADDRESS. A flag
    wins; where a flag may be repeated, commas separate the values of the variable.
    """;
var serve = new Command("serve", $"Poll clusters and serve their metrics (the default verb).\n\n{byEnvironment}");
var root = new RootCommand($"""
    Prometheus exporter for the CubeFS blobstore clustermgr.

    Look around without a cluster:  clustermgr-exporter demo
    Beside one member:              clustermgr-exporter --clustermgr.url=http://127.0.0.1:9998
    Many clusters:                  clustermgr-exporter --config.file=exporter.yaml
    What is wrong now, in words:    clustermgr-exporter status --config.file=exporter.yaml

    {byEnvironment}
    """);
foreach (var command in new[] { root, serve })
{
    flags.AddTo(command);
    command.SetAction((parse, ct) => ServeVerb.RunAsync(flags, parse, ct));
}
root.Add(serve);

var demoFlags = new ServeFlags();
var simulation = new SimulationFlags();
var demo = new Command("demo", "Simulated clusters and the exporter in one process: break them and see what shows.");
demoFlags.AddTo(demo, ofDemo: true);
simulation.AddTo(demo, severalClusters: true);
demo.SetAction((parse, ct) => DemoVerb.RunAsync(demoFlags, simulation, parse, ct));
root.Add(demo);

var simulate = new Command("simulate", "A simulated cluster alone, its members on consecutive ports.");
new SimulateVerb().AddTo(simulate);
root.Add(simulate);

var status = new Command("status", StatusVerb.Help);
new StatusVerb().AddTo(status);
root.Add(status);

var rehearse = new Command("rehearse", RehearseVerb.Help);
new RehearseVerb().AddTo(rehearse);
root.Add(rehearse);

var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parse.Action is ParseErrorAction)
{
    var refused = Misspelt.Refuse(parse);
    return parse.CommandResult.Command == status ? StatusVerdict.CannotTell : refused; // 1 is a finding there
}
// Scrapes in flight finish first, and every poll ends at its cancellation: 5 s bound the whole.
return await parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });
