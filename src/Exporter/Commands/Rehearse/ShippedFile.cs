using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>Reads the files of alerts/ that are embedded in this program, so that a rehearsal uses the shipped
/// numbers.</summary>
internal static class ShippedFile
{
    public static YamlNode Read(string name)
    {
        using var stream =
            typeof(ShippedFile).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"{name} is not built into the program");
        using var text = new StreamReader(stream);
        return Parse(text.ReadToEnd(), name);
    }

    /// <exception cref="FormatException">It is not YAML.</exception>
    public static YamlNode Parse(string text, string name)
    {
        var problems = new ConfigProblems(name);
        var root = YamlTree.Parse(text, problems);
        return root is null || problems.HasErrors
            ? throw new FormatException(string.Join('\n', problems.ToResult(null).Errors))
            : root;
    }

    public static bool Has(this YamlNode map, string key) => map.Entries.Any(entry => entry.Key.Text == key);

    public static YamlNode At(this YamlNode map, string key) =>
        map.Entries.FirstOrDefault(entry => entry.Key.Text == key).Value
        ?? throw new FormatException($"line {map.Line}: {key} is missing");

    public static TimeSpan Duration(this YamlNode text) =>
        DurationText.ParseUnbounded(text.Text)
        ?? throw new FormatException($"line {text.Line}: {text.Text} is not a duration");
}
