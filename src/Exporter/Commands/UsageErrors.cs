using System.CommandLine;
using Clustermgr.Formatting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>
/// Prints the errors of a command line that cannot be parsed: a line for each unknown word, with the nearest known one,
/// but never a flag's value, which may be a secret.
/// </summary>
internal static class UsageErrors
{
    /// <returns>The exit code.</returns>
    public static int Print(ParseResult parse)
    {
        var verb = parse.CommandResult.Command;
        var before = "";
        foreach (var word in parse.UnmatchedTokens)
        {
            var isValue = !word.StartsWith('-') && before.StartsWith('-') && !before.Contains('=');
            if (!isValue)
            {
                ProgramConsole.Error.WriteLine(Describe(word, verb));
            }
            if (!isValue && !word.StartsWith('-') && verb.Subcommands.Count > 0)
            {
                break; // what follows belongs to a verb that is not known
            }
            before = word;
        }
        if (parse.UnmatchedTokens.Count == 0)
        {
            foreach (var error in parse.Errors)
            {
                ProgramConsole.Error.WriteLine(error.Message);
            }
        }
        ProgramConsole.Error.WriteLine($"clustermgr-exporter {GetPath(verb)}--help lists all there is");
        return ExitCodes.Usage;
    }

    /// <summary>Finds the first flag that is given as --flag= without a value: the parser would take the next word for
    /// its value.</summary>
    public static string? FindFlagWithoutValue(IReadOnlyList<string> args) =>
        args.TakeWhile(word => word != "--")
            .FirstOrDefault(word =>
                word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=') == word.Length - 1
            );

    /// <inheritdoc cref="Print(ParseResult)"/>
    /// <param name="flag">What <see cref="FindFlagWithoutValue"/> found.</param>
    public static int Print(string flag)
    {
        ProgramConsole.Error.WriteLine(
            $"nothing follows {Quoted.From(flag)}; write {flag}VALUE, or leave the flag out"
        );
        return ExitCodes.Usage;
    }

    /// <summary>"" for the program itself, else "task enable ".</summary>
    private static string GetPath(Command verb) =>
        verb is RootCommand ? "" : $"{verb.Parents.OfType<Command>().Select(GetPath).FirstOrDefault()}{verb.Name} ";

    private static string Describe(string word, Command verb)
    {
        if (!word.StartsWith('-') && verb.Subcommands.Count == 0)
        {
            var flag = verb.Arguments.Count == 0 ? verb.Options.FirstOrDefault(option => !option.Hidden) : null;
            return $"{Quoted.From(word)} is one word too "
                + $"many{(flag is null ? "" : $": {GetPath(verb)}takes flags, such as {flag.Name}")}";
        }
        if (!word.StartsWith('-'))
        {
            return $"there is no verb {Quoted.From(word)} "
                + $"here{Suggestion(word, verb.Subcommands.Select(command => command.Name))}";
        }
        var unknown = word.Split('=', 2)[0];
        var names = verb.Options.Where(option => !option.Hidden).Select(option => option.Name);
        return $"there is no flag {Quoted.From(unknown)}{Suggestion(unknown, names)}";
    }

    private static string Suggestion(string word, IEnumerable<string> known) =>
        WordSuggestion.Find(word, known.Order(StringComparer.Ordinal)) is { } nearest
            ? $"; did you mean {nearest}?"
            : "";
}
