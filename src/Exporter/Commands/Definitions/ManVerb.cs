using System.CommandLine;
using Clustermgr.Admin;
using ClustermgrExporter.Telemetry;

namespace ClustermgrExporter.Commands;

/// <summary>man: the manual page, made from the same definitions that are parsed.</summary>
internal static class ManVerb
{
    public static Command Of(Func<Session> open)
    {
        var man = new Command("man", "Print the manual page. Example: clustermgr-exporter man | man -l -");
        man.SetAction(parse =>
            open()
                .Out.Write(
                    ManPage.Of(
                        CommandTree.Of((RootCommand)parse.RootCommandResult.Command),
                        BuildVersion.Current.Version,
                        EnvironmentNames.Of
                    )
                )
        );
        return man;
    }
}
