using System.CommandLine;
using System.CommandLine.Invocation;

namespace ClustermgrExporter.Commands;

/// <summary>A verb that handles Ctrl-C and SIGTERM from its start. Until an action returns its task, a signal
/// terminates the process at once, so this one yields first and then runs.</summary>
/// <param name="hangups">The handling of SIGHUP, which is released to its default; null for a verb that
/// reloads.</param>
internal sealed class InterruptibleAction(AsynchronousCommandLineAction action, HangupSignals? hangups)
    : AsynchronousCommandLineAction
{
    public override async Task<int> InvokeAsync(ParseResult parseResult, CancellationToken cancellationToken = default)
    {
        hangups?.RestoreDefault();
        await Task.Yield();
        return await action.InvokeAsync(parseResult, cancellationToken);
    }

    /// <summary>Wraps the actions of this verb and of all its subverbs.</summary>
    public static void Apply(Command verb, HangupSignals hangups)
    {
        if (verb.Action is AsynchronousCommandLineAction action)
        {
            verb.Action = new InterruptibleAction(
                action,
                verb is RootCommand || verb.Name == ServeVerb.Name ? null : hangups
            );
        }
        foreach (var below in verb.Subcommands)
        {
            Apply(below, hangups);
        }
    }
}
