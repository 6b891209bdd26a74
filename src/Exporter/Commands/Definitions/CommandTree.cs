using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Completions;

namespace ClustermgrExporter.Commands;

/// <summary>The verbs of the command line as completion scripts and the manual page need them.</summary>
internal static class CommandTree
{
    /// <summary>Returns the program itself first, under the empty path; then every verb before its own verbs.</summary>
    public static ImmutableArray<VerbText> FromRoot(RootCommand root) =>
        [.. Verbs(root, "", [.. root.Options.Where(option => option.Recursive)])];

    private static IEnumerable<VerbText> Verbs(Command command, string path, ImmutableArray<Option> everywhere)
    {
        var own = command.Options.Where(option => !option.Hidden);
        yield return new VerbText(path, Text(command.Description), [.. own.Concat(everywhere).Distinct().Select(Flag)])
        {
            Verbs = [.. GetVisibleVerbs(command).Select(verb => (verb.Name, Summary(verb.Description)))],
            Argument = command.Arguments.FirstOrDefault()?.Name,
            AllowedValues = [.. command.Arguments.SelectMany(Choices)],
        };
        foreach (
            var verb in GetVisibleVerbs(command)
                .SelectMany(verb => Verbs(verb, path.Length == 0 ? verb.Name : $"{path} {verb.Name}", everywhere))
        )
        {
            yield return verb;
        }
    }

    private static IEnumerable<Command> GetVisibleVerbs(Command command) =>
        command.Subcommands.Where(verb => !verb.Hidden);

    private static Flag Flag(Option option)
    {
        var isSwitch = option.ValueType == typeof(bool) || option.ValueType == typeof(void);
        return new Flag(
            option.Name,
            [.. option.Aliases.Where(alias => alias.StartsWith('-')).Order(StringComparer.Ordinal)],
            isSwitch ? null : option.HelpName ?? "VALUE",
            Text(option.Description)
        )
        {
            Choices = isSwitch ? [] : [.. Choices(option)],
        };
    }

    private static IEnumerable<string> Choices(Symbol symbol) =>
        symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label);

    private static string Text(string? description) => (description ?? "").ReplaceLineEndings("\n").Trim();

    private static string Summary(string? description) => Text(description).Split('\n')[0];
}

/// <param name="Path">"task enable"; "" for the program itself.</param>
/// <param name="Description">Paragraphs with an empty line between them.</param>
internal sealed record VerbText(string Path, string Description, ImmutableArray<Flag> Flags)
{
    /// <summary>Its own verbs, with a one-line summary each.</summary>
    public required ImmutableArray<(string Name, string Summary)> Verbs { get; init; }

    /// <summary>The name of its argument; null without one.</summary>
    public required string? Argument { get; init; }

    /// <summary>The allowed values of its argument.</summary>
    public required ImmutableArray<string> AllowedValues { get; init; }
}

/// <param name="Name">With its dashes.</param>
/// <param name="Aliases">Short ones, with their dash.</param>
/// <param name="Value">The placeholder of its value, such as FILE; null for a switch.</param>
/// <param name="Description">Ends with an example.</param>
internal sealed record Flag(string Name, ImmutableArray<string> Aliases, string? Value, string Description)
{
    public required ImmutableArray<string> Choices { get; init; }

    public bool IsFile => Value == "FILE";

    /// <summary>True when its values are looked up during completion (<see cref="CompletionValues"/>).</summary>
    public bool HasDynamicValues => CompletionValues.Flags.Contains(Name);

    private const int MaxSummaryLength = 80;

    /// <summary>The first line of the description, without the example.</summary>
    public string Summary
    {
        get
        {
            var text = Description.Split('\n')[0];
            var end = text.IndexOf(" Example:", StringComparison.Ordinal);
            text = (end < 0 ? text : text[..end]).TrimEnd('.');
            return text.Length > MaxSummaryLength ? $"{text[..MaxSummaryLength]}…" : text;
        }
    }
}
