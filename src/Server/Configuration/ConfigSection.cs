using System.Collections.Immutable;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>One mapping of the file, with its path for messages ("" at the top, then clusters[0].auth).</summary>
internal sealed class ConfigSection : ISettings
{
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _values = [];
    private readonly ConfigProblems _problems;

    private ConfigSection(YamlNode node, string path, ConfigProblems problems)
    {
        Line = node.Line;
        Path = path;
        _problems = problems;
    }

    public int Line { get; }

    public string Path { get; }

    /// <summary>Reports unknown and duplicate keys. Returns null, with an error, if the node is not a
    /// mapping.</summary>
    /// <param name="refused">Keys that are refused, with the reason. Their values are never shown.</param>
    /// <param name="secretive">Do not quote a key that resembles no known one: in auth: { hunter2 } the key is the
    /// secret.</param>
    public static ConfigSection? Open(
        YamlNode node,
        string path,
        ConfigProblems problems,
        IReadOnlyList<string> known,
        IReadOnlyDictionary<string, string>? refused = null,
        bool secretive = false
    )
    {
        if (node.Kind != YamlKind.Map)
        {
            if (node.Kind != YamlKind.Refused)
            {
                problems.Error(node.Line, $"{Subject(path)} must be a mapping (key: value), not {DescribeKind(node)}");
            }
            return null;
        }

        var section = new ConfigSection(node, path, problems);
        foreach (var (key, value) in node.Entries)
        {
            section.Take(key, value, known, refused, secretive);
        }
        return section;
    }

    /// <summary>Opens a mapping whose keys the user chooses.</summary>
    public static ConfigSection? OpenAny(YamlNode node, string path, ConfigProblems problems) =>
        Open(node, path, problems, node.Kind == YamlKind.Map ? [.. Names(node)] : []);

    public IEnumerable<string> Keys => _values.Keys;

    public string GetName(string key) => GetPath(key);

    public void Error(string key, string sentence) => _problems.Error(GetLine(key), sentence);

    public void Warning(string key, string sentence) => _problems.Warning(GetLine(key), sentence);

    public string GetPath(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>Line to report for a key: that of its value, or of the key if the value is empty.</summary>
    public int GetLine(string key) => _values.TryGetValue(key, out var entry) ? GetReportedLine(entry) : Line;

    /// <summary>Reads an http or https URL. Returns null if there is none, or after an error.</summary>
    /// <param name="example">A valid URL, for the message.</param>
    /// <param name="secret">Do not quote the value: its path may be a password.</param>
    public Uri? HttpUrl(string key, string example, bool secret = false)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }
        if (text.Contains('@'))
        {
            Error(key, $"{GetPath(key)} holds user information (an @), which is shown to people; remove it");
        }
        else if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url.Host.Length == 0
        )
        {
            var written = secret ? "" : $" {Quoted.From(text)}";
            Error(key, $"{GetPath(key)}{written} is not an http or https URL; write one such as {example}");
        }
        else
        {
            return url;
        }
        return null;
    }

    /// <summary>Returns null if the key is absent, or, with an error, if it has no value.</summary>
    public YamlNode? Node(string key)
    {
        if (!_values.TryGetValue(key, out var entry) || entry.Value.Kind == YamlKind.Refused)
        {
            return null;
        }
        if (!entry.Value.IsNull)
        {
            return entry.Value;
        }
        _problems.Error(entry.Key.Line, $"{GetPath(key)} has no value; give it one or remove the key");
        return null;
    }

    public string? Text(string key) => Node(key) is { } node ? ReadText(node, GetPath(key), _problems) : null;

    /// <summary>Returns null, with an error, if the node is not a list.</summary>
    public IReadOnlyList<YamlNode>? List(string key)
    {
        if (Node(key) is not { } node)
        {
            return null;
        }
        if (node.Kind == YamlKind.List)
        {
            return node.Items;
        }
        _problems.Error(
            node.Line,
            $"{GetPath(key)} must be a list (lines that begin with -), not {DescribeKind(node)}"
        );
        return null;
    }

    /// <summary>A list of single values; empty when the key is absent.</summary>
    public ImmutableArray<string> Texts(string key) =>
        [.. (List(key) ?? []).Select((node, i) => ReadText(node, $"{GetPath(key)}[{i}]", _problems)).OfType<string>()];

    public static string? ReadText(YamlNode node, string path, ConfigProblems problems)
    {
        if (node.IsNull)
        {
            problems.Error(node.Line, $"{path} has no value; give it one or remove it");
        }
        else if (node.Kind == YamlKind.Text)
        {
            return node.Text;
        }
        else if (node.Kind != YamlKind.Refused)
        {
            problems.Error(node.Line, $"{path} must be a single value, not {DescribeKind(node)}");
        }
        return null;
    }

    private void Take(
        YamlNode key,
        YamlNode value,
        IReadOnlyList<string> known,
        IReadOnlyDictionary<string, string>? refused,
        bool secretive
    )
    {
        if (key.Kind != YamlKind.Text)
        {
            if (key.Kind != YamlKind.Refused)
            {
                _problems.Error(key.Line, $"a key {DescribeParent()} must be a word, not {DescribeKind(key)}");
            }
        }
        else if (refused?.GetValueOrDefault(key.Text) is { } reason)
        {
            _problems.Error(key.Line, $"{GetPath(key.Text)} {reason}");
        }
        else if (!known.Contains(key.Text))
        {
            var shown = secretive && WordSuggestion.Find(key.Text, known) is null ? "" : $" {Quoted.From(key.Text)}";
            _problems.Error(key.Line, $"unknown key{shown} {DescribeParent()}{WordSuggestion.Hint(key.Text, known)}");
        }
        else if (!_values.TryAdd(key.Text, (key, value)))
        {
            var first = _values[key.Text].Key.Line;
            _problems.Error(key.Line, $"{GetPath(key.Text)} is already set on line {first}; keep one of the two");
        }
    }

    private static IEnumerable<string> Names(YamlNode node) =>
        node.Entries.Where(entry => entry.Key.Kind == YamlKind.Text).Select(entry => entry.Key.Text);

    private string DescribeParent() => Path.Length == 0 ? "at the top level" : $"under {Path}";

    private static string Subject(string path) => path.Length == 0 ? "the file" : path;

    private static int GetReportedLine((YamlNode Key, YamlNode Value) entry) =>
        entry.Value.IsNull ? entry.Key.Line : entry.Value.Line;

    private static string DescribeKind(YamlNode node) =>
        node.Kind switch
        {
            YamlKind.List => "a list",
            YamlKind.Map => "a mapping",
            _ => node.IsNull ? "nothing" : "a single value",
        };
}
