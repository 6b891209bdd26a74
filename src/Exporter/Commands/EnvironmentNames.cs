using System.CommandLine;
using System.Text.RegularExpressions;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Commands;

/// <summary>--config.file is also CLUSTERMGR_EXPORTER_CONFIG_FILE, and so is every flag.</summary>
internal static partial class EnvironmentNames
{
    private const string Prefix = "CLUSTERMGR_EXPORTER_";

    public static string GetName(Option option) => GetName(option.Name);

    /// <param name="flag">With its dashes.</param>
    public static string GetName(string flag) =>
        Prefix + flag.TrimStart('-').Replace('.', '_').Replace('-', '_').ToUpperInvariant();

    /// <summary>One warning for each variable with our prefix that is no flag of any verb, sorted.</summary>
    public static IEnumerable<string> FindUnknown(Command root, IReadOnlyDictionary<string, string> environment)
    {
        var known = ListOptions(root)
            .Where(option => option.Name is not ("--help" or "--version"))
            .Select(option => GetName(option))
            .ToHashSet(StringComparer.Ordinal);
        return environment
            .Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Where(name => !known.Contains(name) && !FromKubernetes.IsMatch(name))
            .Order(StringComparer.Ordinal)
            .Select(name =>
                $"the environment variable {name} matches no flag and is ignored; "
                + (
                    WordSuggestion.Find(name, known.Order(StringComparer.Ordinal)) is { } nearest
                        ? $"did you mean {nearest}?"
                        : "--help lists the flags"
                )
            );
    }

    private static IEnumerable<Option> ListOptions(Command command) =>
        command.Options.Concat(command.Subcommands.SelectMany(ListOptions));

    // Kubernetes sets these in every pod beside a Service that is called clustermgr-exporter.
    [GeneratedRegex("^CLUSTERMGR_EXPORTER_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)$")]
    private static partial Regex FromKubernetes { get; }
}
