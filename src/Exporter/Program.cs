using System.CommandLine;
using System.CommandLine.Invocation;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Terminal;

StandardWriter.Install(); // before anything else is opened
using var hangups = HangupSignals.Create();
try
{
    if (args is ["help", .. var verb])
    {
        args = [.. verb, "--help"];
    }
    if (UsageErrors.FindFlagWithoutValue(args) is { } flag)
    {
        return UsageErrors.Print(flag);
    }
    var root = CommandLine.Create(new VerbContext(ConsoleSession.Create, hangups));
    InterruptibleAction.Apply(root, hangups);
    var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
    if (parse.Action is ParseErrorAction)
    {
        return UsageErrors.Print(parse);
    }
    // Scrapes in flight finish first, and polls are cancelled: 5 s limit the whole.
    return await parse.InvokeAsync(
        new InvocationConfiguration
        {
            Output = ProgramConsole.Out,
            Error = ProgramConsole.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(5),
        }
    );
}
catch (OutputLostException e)
{
    ProgramConsole.Error.WriteLine(OutputLostException.FormatMessage(e.Message));
    return ExitCodes.CannotTell;
}
catch (OperationCanceledException)
{
    return ExitCodes.Failed;
}
catch (Exception e)
{
    ProgramConsole.Error.WriteLine($"a bug in this program; please report it: {e}");
    return ExitCodes.Failed;
}
