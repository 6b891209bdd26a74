using System.Collections.Immutable;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads the labels section: the operator's labels of a cluster, besides its name.</summary>
internal static class LabelsReader
{
    private const int MaxLabels = 20,
        MaxCharacters = 200;

    /// <summary>Reserved names: the labels that Prometheus sets, and every label of a cluster's series.</summary>
    public static readonly ImmutableArray<string> Reserved =
    [
        "exported_cluster",
        "instance",
        "job",
        "le",
        "quantile",
        "cluster",
        "code_mode",
        "dialect",
        "disk_id",
        "endpoint",
        "host",
        "idc",
        "kind",
        "left",
        "member",
        "missing",
        "node_id",
        "node_type",
        "of",
        "outcome",
        "path",
        "peer",
        "rack",
        "service",
        "stage",
        "state",
        "status",
        "task",
    ];

    public static ImmutableSortedDictionary<string, string> Read(ConfigSection cluster, ConfigProblems problems)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (
            cluster.Node("labels") is not { } node
            || ConfigSection.OpenAny(node, cluster.GetPath("labels"), problems) is not { } section
        )
        {
            return labels.ToImmutable();
        }
        foreach (var name in section.Keys)
        {
            if (section.Text(name) is not { } value)
            {
                continue;
            }
            if (Validate(name, value) is { Length: > 0 } objection)
            {
                section.Error(name, $"{section.GetPath(name)} {objection}");
            }
            labels[name] = value;
        }
        if (labels.Count > MaxLabels)
        {
            problems.Error(
                section.Line,
                $"{section.Path} has {labels.Count} labels; a cluster has at most {MaxLabels}"
            );
        }
        return labels.ToImmutable();
    }

    /// <summary>Returns "" or why the name is not a valid label name. The reason follows the name of the
    /// setting.</summary>
    public static string ValidateName(string name) =>
        name.Length > 0
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
            ? ""
            : "is not a label name; write letters, digits and _, as region";

    private static string Validate(string name, string value)
    {
        if (name.StartsWith("__", StringComparison.Ordinal) || Reserved.Contains(name))
        {
            return "is a label that means something else; choose another name";
        }
        if (ValidateName(name) is { Length: > 0 } objection)
        {
            return objection;
        }
        if (value.Length is 0 or > MaxCharacters)
        {
            return $"has {value.Length} characters; write 1 to {MaxCharacters}";
        }
        return value.EnumerateRunes().All(Quoted.IsPrintable)
            ? ""
            : $"{Quoted.From(value)} holds a character that does not print; remove it";
    }
}
