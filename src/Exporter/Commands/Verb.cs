using System.CommandLine;
using System.CommandLine.Parsing;
using Clustermgr.Admin;

namespace ClustermgrExporter.Commands;

/// <summary>
/// One verb of the command line: its name, its help, its arguments and flags in the order of the help, and its action.
/// Help, completion and the manual page are made from it.
/// </summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Description">One sentence, then details; ends with the exit codes, if it has its own, and an
/// example.</param>
/// <param name="Symbols">Each flag's description ends with an example.</param>
/// <param name="RunAsync">Returns the exit code, one of <see cref="ExitCodes"/>.</param>
internal sealed record Verb(
    string Name,
    string Description,
    IReadOnlyList<Symbol> Symbols,
    Func<ParseResult, CancellationToken, Task<int>> RunAsync
)
{
    public Command ToCommand() => AddTo(new Command(Name, Description));

    /// <summary>For the root, which is the default verb.</summary>
    public T AddTo<T>(T command)
        where T : Command
    {
        foreach (var symbol in Symbols)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>A verb that only groups others.</summary>
    public static Command Group(string name, string description, params IEnumerable<Command> verbs)
    {
        var group = new Command(name, description);
        foreach (var verb in verbs)
        {
            group.Add(verb);
        }
        return group;
    }
}

/// <summary>The process as the verbs see it.</summary>
/// <param name="CreateSession">Creates the session of the verbs that act on a cluster.</param>
/// <param name="Hangups">The signals by which serve reloads; null for none.</param>
internal sealed record VerbContext(Func<AdminSession> CreateSession, HangupSignals? Hangups = null);
