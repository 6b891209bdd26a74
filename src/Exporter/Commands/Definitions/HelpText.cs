using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>--help: prints verbs and flags in groups, each flag with its example, wrapped to the width of the terminal.
/// Without a terminal each flag is one line, which grep finds.</summary>
internal static class HelpText
{
    private const int Indent = 2,
        MaxNameColumns = 34,
        MinTextColumns = 30;

    /// <summary>The groups in display order; a flag belongs to the first group whose prefix it has.</summary>
    private static readonly (string Title, string[] Prefixes)[] FlagGroups =
    [
        ("Flags", []),
        ("Which clusters", ["--config.file", "--clustermgr.", "--cluster=", "--shard=", "--total-shards="]),
        ("Serving", ["--web."]),
        ("Log and state", ["--log.", "--storage.", "--config.check"]),
        ("General", ["--help", "--version"]),
    ];

    private static readonly (string Title, string[] Verbs)[] VerbGroups =
    [
        ("Run it", ["serve", "healthcheck", "alerting"]),
        ("Look", ["demo", "simulate", "status", "rehearse"]),
        ("Act on a cluster", ["task", "member", "leader"]),
        ("Set up", ["rules", "dashboards", "completion", "man", "version"]),
    ];

    /// <summary>Replaces the parser's own help.</summary>
    public static void Install(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new PrintHelpAction();
        help.Description = "Show this. Example: --help";
        var version = root.Options.OfType<VersionOption>().Single();
        version.Description = "Show the version; the verb version says more. Example: --version";
    }

    /// <param name="columns">Width of the terminal; null for no wrapping.</param>
    public static string Generate(VerbText verb, int? columns)
    {
        var text = new StringBuilder();
        foreach (var line in verb.Description.Split('\n'))
        {
            // Lines that are laid out by hand fit already.
            if (columns is { } most && line.Length > most)
            {
                Wrap(text, "", line, 0, columns, indent: 0);
            }
            else
            {
                text.Append(line).Append('\n');
            }
        }
        text.Append("\nUsage:\n  clustermgr-exporter");
        text.Append(verb.Path.Length > 0 ? $" {verb.Path}" : "");
        text.Append(verb.Argument is { } argument ? $" {argument}" : "");
        text.Append(
                verb.Verbs.Length > 0
                    ? verb.Path.Length > 0
                        ? " VERB"
                        : " [VERB]"
                    : ""
            )
            .Append(" [FLAG...]\n");
        if (verb.AllowedValues.Length > 0)
        {
            text.Append($"\n{verb.Argument}:\n");
            Wrap(text, "", string.Join(", ", verb.AllowedValues), 0, columns);
        }
        foreach (var (title, verbs) in GroupVerbs(verb.Verbs, verb.Path.Length == 0))
        {
            Section(text, title, verbs, columns);
        }
        foreach (var (group, at) in FlagGroups.Select((group, at) => (group, at)))
        {
            var flags = verb
                .Flags.Where(flag => GetGroup(flag) == at)
                .Select(flag => (FormatNames(flag), flag.Description));
            Section(text, group.Title, [.. flags], columns);
        }
        return text.ToString();
    }

    private static IEnumerable<(string Title, ImmutableArray<(string, string)> Verbs)> GroupVerbs(
        ImmutableArray<(string Name, string Summary)> verbs,
        bool ofProgram
    ) =>
        ofProgram
            ? VerbGroups.Select(group =>
                (group.Title, verbs.Where(verb => group.Verbs.Contains(verb.Name)).ToImmutableArray())
            )
            : [("Verbs", verbs)];

    private static void Section(StringBuilder text, string title, ImmutableArray<(string, string)> lines, int? columns)
    {
        if (lines.IsEmpty)
        {
            return;
        }
        text.Append($"\n{title}:\n");
        var width = Math.Min(MaxNameColumns, lines.Max(line => line.Item1.Length));
        foreach (var (name, about) in lines)
        {
            Wrap(text, name, about.ReplaceLineEndings(" "), width + 2, columns);
        }
    }

    /// <summary>Appends a name with words beside it, or below it when the name is too long.</summary>
    private static void Wrap(
        StringBuilder text,
        string name,
        string words,
        int width,
        int? columns,
        int indent = Indent
    )
    {
        var room = columns is { } all ? Math.Max(MinTextColumns, all - indent - width) : int.MaxValue;
        text.Append(' ', indent).Append(name);
        var at = name.Length;
        if (at > width - 2 && columns is not null && name.Length > 0)
        {
            text.Append('\n').Append(' ', indent);
            at = 0;
        }
        text.Append(' ', Math.Max(width - at, name.Length > 0 && at > 0 ? 2 : 0));
        var used = 0;
        foreach (var word in words.Split(' '))
        {
            if (used > 0 && (used + 1 + word.Length > room || (columns is not null && width > 0 && word == "Example:")))
            {
                text.Append('\n').Append(' ', indent + width);
                used = 0;
            }
            text.Append(used > 0 ? " " : "").Append(word);
            used += word.Length + (used > 0 ? 1 : 0);
        }
        text.Append('\n');
    }

    private static int GetGroup(Flag flag)
    {
        var group = Array.FindIndex(
            FlagGroups,
            group =>
                Array.Exists(group.Prefixes, prefix => $"{flag.Name}=".StartsWith(prefix, StringComparison.Ordinal))
        );
        return Math.Max(0, group);
    }

    private static string FormatNames(Flag flag) =>
        string.Concat(flag.Aliases.Where(alias => alias != "-?").Select(alias => $"{alias}, "))
        + flag.Name
        + (flag.Value is { } value ? $"={value}" : "");

    private sealed class PrintHelpAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var asked = parseResult.CommandResult.Command;
            var path = new List<string>();
            for (var at = asked; at is not RootCommand; at = at.Parents.OfType<Command>().First())
            {
                path.Insert(0, at.Name);
            }
            var verb = CommandTree
                .FromRoot((RootCommand)parseResult.RootCommandResult.Command)
                .First(verb => verb.Path == string.Join(' ', path));
            ProgramConsole.Out.Write(Generate(verb, ProgramConsole.Size()?.Columns));
            return ExitCodes.Done;
        }
    }
}
