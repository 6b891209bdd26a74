using System.CommandLine;
using Clustermgr.Admin;

namespace ClustermgrExporter.Commands;

/// <summary>All verbs with all their flags: what is parsed, and what help, completion and the manual page are made of.
/// </summary>
internal static class CommandLine
{
    private const string ByEnvironment = """
        Every flag is also an environment variable: --web.listen-address is CLUSTERMGR_EXPORTER_WEB_LISTEN_ADDRESS. A flag
        wins; where a flag may be repeated, commas separate the values of the variable.
        """;

    /// <param name="open">What the verbs see of the world that act on a cluster.</param>
    /// <param name="hangups">By which serve reloads; null where nobody hangs up.</param>
    public static RootCommand Create(Func<AdminSession> open, HangupSignals? hangups = null)
    {
        var root = new RootCommand(
            $"""
            Prometheus exporter for the CubeFS blobstore clustermgr.

            Look around without a cluster:  clustermgr-exporter demo
            Beside one member:              clustermgr-exporter --clustermgr.url=http://127.0.0.1:9998
            Many clusters:                  clustermgr-exporter --config.file=exporter.yaml
            What is wrong now, in words:    clustermgr-exporter status --config.file=exporter.yaml
            Act on it, safely:              clustermgr-exporter task | member | leader

            {ByEnvironment}
            """
        );
        var flags = new ServeFlags();
        var serve = new Command(
            ServeVerb.Name,
            $"Poll clusters and serve their metrics (the default verb).\n\n{ByEnvironment}"
        );
        foreach (var command in new[] { root, serve })
        {
            flags.AddTo(command);
            command.SetAction((parse, ct) => ServeVerb.RunAsync(flags, parse, hangups, ct));
        }
        root.Add(serve);

        var demoFlags = new ServeFlags();
        var simulation = new SimulationFlags();
        var demo = new Command(
            "demo",
            "Simulated clusters and the exporter in one process: break them and see what shows."
        );
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

        root.Add(TaskVerb.Create(open));
        root.Add(MemberVerb.Create(open));
        root.Add(LeaderVerb.Create(open));
        root.Add(CompletionVerb.Create(open));
        root.Add(ManVerb.Create(open));
        return root;
    }
}
