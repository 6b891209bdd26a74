using System.CommandLine;
using System.CommandLine.Invocation;

namespace ClustermgrExporter.Commands;

/// <summary>A verb that hears Ctrl-C and SIGTERM from its first line on. Until an action returns its task, a signal
/// ends the process on the spot, whatever the action has begun; so it returns at once, and works after that.</summary>
/// <param name="hangups">What it does not hear; null for a verb that reloads.</param>
internal sealed class InterruptibleAction(AsynchronousCommandLineAction action, HangupSignals? hangups)
    : AsynchronousCommandLineAction
{
    public override async Task<int> InvokeAsync(ParseResult parseResult, CancellationToken cancellationToken = default)
    {
        hangups?.Release();
        await Task.Yield();
        return await action.InvokeAsync(parseResult, cancellationToken);
    }

    /// <summary>All verbs below, and this one.</summary>
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
