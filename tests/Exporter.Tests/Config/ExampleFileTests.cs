using System.Text.RegularExpressions;
using Clustermgr.Analysis;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class ExampleFileTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    internal static readonly string Example = File.ReadAllText(Locate());

    private static readonly Dictionary<string, string> Environment = new() { ["CLUSTERMGR_SECRET"] = "s" };

    private static string Complete =>
        Regex.Replace(Example, @"^#(?=alerting:|links:| {2,}(?:- )?\w+:)", "", RegexOptions.Multiline);

    private static string Locate()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "exporter.example.yaml")))
        {
            directory = directory.Parent!;
        }
        return Path.Combine(directory.FullName, "exporter.example.yaml");
    }

    [Fact]
    public void TheExampleIsValidAsItStands()
    {
        var result = ConfigLoader.Load(Locate(), new Dictionary<string, string>());
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(["prod-z0", "prod-z1"], result.Config!.Clusters.Select(cluster => cluster.Name));
    }

    [Fact]
    public void ItsValuesAreTheDefaults()
    {
        var config = ConfigLoader.Load(Locate(), new Dictionary<string, string>()).Config!;
        var defaults = new ExporterConfig { Clusters = config.Clusters };
        Assert.Equal(defaults, config);
    }

    [Fact]
    public void ItIsValidWithEveryOptionalKeyTurnedOn()
    {
        Directory.CreateDirectory(folder.PathOf("secrets"));
        Directory.CreateDirectory(folder.PathOf("tls"));
        folder.Write("secrets/clustermgr", "s");
        folder.Write("secrets/alertmanager", "s");
        folder.Write("tls/ca.pem", File.ReadAllText(folder.PathOf("client.pem")));
        folder.Write("tls/client.pem", File.ReadAllText(folder.PathOf("client.pem")));
        folder.Write("tls/client.key", File.ReadAllText(folder.PathOf("client.key")));
        var result = ConfigLoader.Parse(Complete, "exporter.example.yaml", folder.Root, Environment);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.All(result.Config!.Clusters, cluster => Assert.Equal("s", cluster.Secret!.Reveal()));
        Assert.Equal("clustermgr.example.com", result.Config.Clusters[1].Tls!.ServerName);
    }

    [Fact]
    public void ItNamesEveryKeyThatThereIs() =>
        Assert.All(
            [
                .. RootReader.Keys,
                .. RootReader.LinkKeys,
                .. ClusterReader.Keys,
                .. MembersReader.Keys,
                .. AuthReader.Keys,
                .. TaskSwitches.Settable,
                .. TlsReader.Keys,
            ],
            key => Assert.Matches($@"(?m)^[# -]*{key}:", Complete)
        );
}
