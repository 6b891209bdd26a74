using System.CommandLine;
using Clustermgr.Admin;
using ClustermgrExporter.Telemetry;

namespace ClustermgrExporter.Commands;

/// <summary>man: the manual page, made from the same definitions that are parsed.</summary>
internal static class ManVerb
{
    public static Command Create(Func<AdminSession> open)
    {
        var man = new Command("man", "Print the manual page. Example: clustermgr-exporter man | man -l -");
        man.SetAction(parse =>
            open()
                .Out.Write(
                    ManPage.Generate(
                        CommandTree.FromRoot((RootCommand)parse.RootCommandResult.Command),
                        BuildVersion.Current.Version,
                        EnvironmentNames.For
                    )
                )
        );
        return man;
    }
}
