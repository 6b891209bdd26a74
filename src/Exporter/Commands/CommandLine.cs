using System.CommandLine;
using Clustermgr.Admin;

namespace ClustermgrExporter.Commands;

/// <summary>All verbs with all their flags: the parser, the help, the completion and the manual page are made from
/// them.</summary>
internal static class CommandLine
{
    public const string ByEnvironment = """
        Every flag is also an environment variable: --web.listen-address is CLUSTERMGR_EXPORTER_WEB_LISTEN_ADDRESS. A flag
        wins; where a flag may be repeated, commas separate the values of the variable.
        """;

    private static readonly Func<VerbContext, Command>[] VerbFactories =
    [
        ServeVerb.Create,
        DemoVerb.Create,
        SimulateVerb.Create,
        StatusVerb.Create,
        RehearseVerb.Create,
        TaskVerb.Create,
        MemberVerb.Create,
        LeaderVerb.Create,
        HealthcheckVerb.Create,
        VersionVerb.Create,
        AlertingVerb.Create,
        RulesVerb.Create,
        DashboardsVerb.Create,
        CompletionVerb.Create,
        ManVerb.Create,
    ];

    public static RootCommand Create(VerbContext context)
    {
        var flags = new ServeFlags();
        var root = new Verb(
            "",
            "",
            flags.All,
            (parse, ct) => ServeVerb.RunAsync(flags, parse, context.Hangups, ct)
        ).AddTo(
            new RootCommand(
                $"""
                Prometheus exporter for the CubeFS blobstore clustermgr.

                Look around without a cluster:  clustermgr-exporter demo
                Beside one member:              clustermgr-exporter --clustermgr.url=http://127.0.0.1:9998
                Many clusters:                  clustermgr-exporter --config.file=exporter.yaml
                What is wrong now, in words:    clustermgr-exporter status --config.file=exporter.yaml
                Act on it, safely:              clustermgr-exporter task | member | leader

                {ByEnvironment}
                """
            )
        );
        foreach (var create in VerbFactories)
        {
            root.Add(create(context));
        }
        HelpText.Install(root);
        return root;
    }
}
