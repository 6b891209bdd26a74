using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The content of alerts/ and docs/.</summary>
internal static class AlertFiles
{
    public const string Rules = "alerts/clustermgr.rules.yaml";

    /// <summary>Every alert, in the order of the file.</summary>
    public static IReadOnlyList<YamlMappingNode> Alerts => [.. Of("alert")];

    /// <summary>Names of alerts, in the order of the file.</summary>
    public static IReadOnlyList<string> AlertNames => [.. Alerts.Select(alert => alert.Text("alert"))];

    /// <summary>Every name that an expression may use: those of the metric catalogue and of the recording
    /// rules.</summary>
    public static IReadOnlySet<string> SeriesNames =>
        Catalogue
            .Cluster.Select(entry => entry.Family.Name)
            .Concat(ExporterSeries.All.Select(series => series.Name))
            .Concat(Of("record").Select(rule => rule.Text("record")))
            .ToHashSet();

    public static string InRepository(string path) => Path.Combine(GoldenFile.GetRepositoryRoot(), path);

    public static string Text(string path) => File.ReadAllText(InRepository(path));

    public static YamlMappingNode Yaml(string path) => Parse(Text(path));

    public static YamlMappingNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    public static string Text(this YamlMappingNode node, string key) => ((YamlScalarNode)node.Children[key]).Value!;

    public static YamlMappingNode Map(this YamlMappingNode node, string key) => (YamlMappingNode)node.Children[key];

    /// <summary>The elements of a list; empty if the key is missing.</summary>
    public static IEnumerable<YamlNode> List(this YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var list) ? ((YamlSequenceNode)list).Children : [];

    public static IEnumerable<string> Words(this YamlMappingNode node, string key) =>
        node.List(key).Select(word => ((YamlScalarNode)word).Value!);

    private static IEnumerable<YamlMappingNode> Of(string kind) =>
        Yaml(Rules)
            .List("groups")
            .Cast<YamlMappingNode>()
            .SelectMany(group => group.List("rules"))
            .Cast<YamlMappingNode>()
            .Where(rule => rule.Children.ContainsKey(kind));
}
