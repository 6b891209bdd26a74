using System.Collections.Immutable;
using System.CommandLine;
using Clustermgr.Admin;

namespace ClustermgrExporter.Commands;

/// <summary>completion: the script of a shell, made from the same definitions that are parsed.</summary>
internal static class CompletionVerb
{
    private static readonly (string Shell, string Use, Func<ImmutableArray<VerbText>, string> Script)[] Shells =
    [
        ("bash", "source <(clustermgr-exporter completion bash)", BashScript.Generate),
        ("zsh", "source <(clustermgr-exporter completion zsh)", ZshScript.Generate),
        ("fish", "clustermgr-exporter completion fish | source", FishScript.Generate),
        (
            "powershell",
            "clustermgr-exporter completion powershell | Out-String | Invoke-Expression",
            PowerShellScript.Generate
        ),
    ];

    public static Command Create(VerbContext context)
    {
        var completion = new Command("completion", "Print the completion script of a shell.");
        foreach (var (shell, use, script) in Shells)
        {
            var command = new Command(shell, $"Print the script of {shell}. Example: {use}");
            command.SetAction(parse =>
                context
                    .CreateSession()
                    .Out.Write(script(CommandTree.FromRoot((RootCommand)parse.RootCommandResult.Command)))
            );
            completion.Add(command);
        }
        completion.Add(CompletionValues.Create(context));
        return completion;
    }
}
