using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using Clustermgr.Admin;
using ClustermgrExporter.Telemetry;

namespace ClustermgrExporter.Commands;

/// <summary>The manual page, in roff with the man macros.</summary>
internal static class ManPage
{
    private static readonly (string Code, string Meaning)[] ExitStatuses =
    [
        ("0", "Done, and for a write seen to be done; of status: healthy."),
        ("1", "Refused or not sent, nothing has changed; of status: findings; of serve, demo and simulate: any error."),
        (
            "2",
            "Cannot tell: the command line or the file is invalid, or the cluster does not answer. Nothing was sent."
        ),
        ("3", "A write was sent, and was not seen to take effect."),
    ];

    /// <param name="verbs">The program itself first.</param>
    /// <param name="variable">Returns the environment variable of a flag.</param>
    public static string Generate(ImmutableArray<VerbText> verbs, string version, Func<string, string> variable)
    {
        var page = new StringBuilder();
        Line(page, $".TH CLUSTERMGR\\-EXPORTER 1 \"\" \"clustermgr\\-exporter {Escape(version)}\" \"User Commands\"");
        Line(page, ".ad l\n.nh"); // a flag that is broken in two cannot be pasted
        Line(page, ".SH NAME");
        Line(page, "clustermgr\\-exporter \\- metrics, alerts and administration of the CubeFS blobstore clustermgr");
        Line(page, ".SH SYNOPSIS");
        Line(page, ".B clustermgr\\-exporter\n[\\fIVERB\\fR] [\\fIFLAG\\fR...]");
        Line(page, ".SH DESCRIPTION");
        Paragraphs(page, verbs[0].Description);
        Line(page, ".SH VERBS");
        foreach (var verb in verbs.Skip(1).Where(verb => verb.Verbs.Length == 0))
        {
            Line(page, $".SS {Escape(verb.Path)}{(verb.Argument is { } argument ? $" {Escape(argument)}" : "")}");
            Paragraphs(page, verb.Description);
            if (verb.AllowedValues.Length > 0)
            {
                Line(
                    page,
                    $".PP\n{Escape(verb.Argument!)} is one of: {Escape(string.Join(", ", verb.AllowedValues))}."
                );
            }
            Line(page, $".PP\nFlags: {Escape(string.Join(", ", verb.Flags.Select(flag => flag.Name)))}.");
        }
        Line(page, ".SH FLAGS");
        foreach (
            var flags in verbs
                .SelectMany(verb => verb.Flags.Select(flag => (Flag: flag, verb.Path)))
                .GroupBy(entry => (entry.Flag.Name, entry.Flag.Description))
                .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
        )
        {
            Flag(
                page,
                flags.First().Flag,
                [.. flags.Select(entry => entry.Path).Where(path => path.Length > 0)],
                verbs.Length
            );
        }
        Line(page, ".SH EXIT STATUS");
        foreach (var (code, meaning) in ExitStatuses)
        {
            Line(page, $".TP\n.B {code}\n{Escape(meaning)}");
        }
        Line(page, ".SH ENVIRONMENT");
        Line(
            page,
            $"Every flag but \\fB\\-\\-yes\\fR and \\fB\\-\\-force\\fR is also a variable, as "
                + $"{Escape(variable("--config.file"))}. A flag wins."
        );
        return page.ToString();
    }

    private static void Flag(StringBuilder page, Flag flag, ImmutableArray<string> verbs, int all)
    {
        var names = string.Join(
            ", ",
            new[] { flag.Name }.Concat(flag.Aliases).Select(name => $"\\fB{Escape(name)}\\fR")
        );
        Line(page, $".TP\n{names}{(flag.Value is { } value ? $"=\\fI{Escape(value)}\\fR" : "")}");
        Line(page, Escape(flag.Description.ReplaceLineEndings(" ")));
        if (verbs.Length > 0 && verbs.Length < all - 1)
        {
            Line(page, $"Of {Escape(string.Join(", ", verbs))}.");
        }
    }

    private static void Paragraphs(StringBuilder page, string text)
    {
        foreach (var paragraph in text.Split("\n\n"))
        {
            // Lines that are laid out by hand keep their form: the examples with columns.
            var byHand = paragraph
                .Split('\n')
                .Any(line =>
                    line.Contains("   ", StringComparison.Ordinal)
                    || line.Contains("  clustermgr-", StringComparison.Ordinal)
                );
            Line(page, byHand ? ".PP\n.nf" : ".PP");
            foreach (var line in paragraph.Split('\n'))
            {
                Line(page, Escape(line));
            }
            if (byHand)
            {
                Line(page, ".fi");
            }
        }
    }

    private static void Line(StringBuilder page, string line) => page.Append(line).Append('\n');

    /// <summary>A line that starts with a dot or an apostrophe would be a request of roff.</summary>
    private static string Escape(string text)
    {
        var escaped = text.Replace(@"\", @"\e", StringComparison.Ordinal).Replace("-", @"\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'')
            ? string.Create(CultureInfo.InvariantCulture, $"\\&{escaped}")
            : escaped;
    }
}

/// <summary>man: the manual page, made from the same definitions that are parsed.</summary>
internal static class ManVerb
{
    public static Command Create(VerbContext context)
    {
        var man = new Command("man", "Print the manual page. Example: clustermgr-exporter man | man -l -");
        man.SetAction(parse =>
            context
                .CreateSession()
                .Out.Write(
                    ManPage.Generate(
                        CommandTree.FromRoot((RootCommand)parse.RootCommandResult.Command),
                        BuildVersion.Current.Version,
                        EnvironmentNames.GetName
                    )
                )
        );
        return man;
    }
}
