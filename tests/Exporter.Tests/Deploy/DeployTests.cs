using System.Text.RegularExpressions;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Alerts;
using ClustermgrExporter.Tests.Support;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Deploy;

/// <summary>The program must accept every configuration and every command line in the files for deployment.</summary>
public sealed partial class DeployTests
{
    private static readonly string RepositoryRoot = AlertFiles.InRepository("deploy");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("compose/exporter.yaml")]
    [InlineData("kubernetes/central/exporter.yaml")]
    [InlineData("kubernetes/central-alerting/exporter.yaml")]
    [InlineData("kubernetes/sharded/exporter.yaml")]
    public void ItsConfigurationsAreValid(string file)
    {
        var loaded = ConfigLoader.Load(Path.Combine(RepositoryRoot, file), new Dictionary<string, string>());
        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        Assert.Equal(file.Contains("alerting", StringComparison.Ordinal), loaded.Alerting is not null);
    }

    [Theory]
    [InlineData("kubernetes/central/deployment.yaml", 0)]
    [InlineData("kubernetes/central-alerting/statefulset.yaml", 0)]
    [InlineData("kubernetes/sharded/statefulset.yaml", 0)]
    [InlineData("kubernetes/sidecar/statefulset-patch.yaml", 1)]
    public void TheProgramTakesTheArgumentsOfAPod(string file, int env)
    {
        var container = (YamlMappingNode)Yaml(file).Map("spec").Map("template").Map("spec").List("containers").Single();
        var arguments = container.Words("args").ToList();
        Assert.NotEmpty(arguments);
        Assert.Equal("", CommandCalls.Complaint(string.Join(' ', arguments)));
        Assert.Equal(env, container.List("env").Count());
    }

    [Fact]
    public async Task TheServicesOfComposeStartWithWhatIsThere()
    {
        var services = Yaml("compose/compose.yaml").Map("services");
        var exporter = services.Map("exporter");
        Assert.Equal("", CommandCalls.Complaint(string.Join(' ', exporter.Words("command"))));
        foreach (var (_, service) in services.Children)
        {
            foreach (var volume in ((YamlMappingNode)service).Words("volumes"))
            {
                var source = Path.Combine(RepositoryRoot, "compose", volume.Split(':')[0]);
                Assert.True(Path.Exists(source), source);
                Assert.EndsWith(":ro", volume, StringComparison.Ordinal);
            }
        }
        // In one folder, as they are mounted.
        using var folder = new TempFolder();
        File.Copy(AlertFiles.InRepository(AlertFiles.Rules), Path.Combine(folder.Path, "clustermgr.rules.yaml"));
        var prometheus = folder.Write("prometheus.yaml", Text("compose/prometheus.yaml"));
        var (exit, said) = await ExternalTool.RunAsync("promtool", ["check", "config", prometheus], null, Ct);
        Assert.True(exit == 0, said);
        var alertmanager = Path.Combine(RepositoryRoot, "compose/alertmanager.yaml");
        (exit, said) = await ExternalTool.RunAsync("amtool", ["check-config", alertmanager], null, Ct);
        Assert.True(exit == 0, said);
    }

    /// <summary>It must scrape like the example that explains the settings.</summary>
    [Fact]
    public void ThePrometheusOfComposeIsTheExamples()
    {
        var made = Yaml("compose/prometheus.yaml");
        var example = AlertFiles.Yaml("alerts/prometheus.example.yaml");
        foreach (var key in (string[])["scrape_interval", "scrape_timeout", "evaluation_interval"])
        {
            Assert.Equal(example.Map("global").Text(key), made.Map("global").Text(key));
        }
        Assert.Equal("true", ((YamlMappingNode)made.List("scrape_configs").Single()).Text("honor_labels"));
    }

    [Fact]
    public void TheProgramTakesWhatTheUnitGivesIt()
    {
        var unit = Text("systemd/clustermgr-exporter.service");
        var start = ExecStart().Match(unit).Groups[1].Value;
        Assert.Equal("", CommandCalls.Complaint(start.Replace(" $ARGS", "", StringComparison.Ordinal)));
        var examples = Arguments()
            .Matches(Text("systemd/clustermgr-exporter.default"))
            .Select(one => one.Groups[1].Value);
        Assert.Equal(2, examples.Count());
        Assert.All(examples, example => Assert.Equal("", CommandCalls.Complaint(example)));
    }

    [Fact]
    public void TheImageRunsAsNobodyOfNoteAndChecksItself()
    {
        var image = AlertFiles.Text("Dockerfile");
        Assert.Contains("\nUSER 1654:1654\n", image, StringComparison.Ordinal);
        Assert.Contains("\nENV DOTNET_EnableDiagnostics=0\n", image, StringComparison.Ordinal);
        var check = HealthCheck().Match(image).Groups[1].Value;
        Assert.Equal("", CommandCalls.Complaint(check));
        Assert.DoesNotMatch("(?m)^FROM [^ ]+(:latest)?( AS .*)?$(?<!:[0-9].*)", image);
    }

    /// <summary>All files that people copy from use the same version.</summary>
    [Fact]
    public void EveryImageHasOneVersion() =>
        Assert.Single(
            Directory
                .EnumerateFiles(RepositoryRoot, "*.yaml", SearchOption.AllDirectories)
                .SelectMany(file => Version().Matches(File.ReadAllText(file)))
                .Select(version => version.Groups[1].Value)
                .Distinct()
        );

    [Fact]
    public void TheProgramTakesEveryCallOfTheDocument()
    {
        var calls = Markdown
            .Blocks(AlertFiles.Text("docs/deploy.md").Split('\n'))
            .SelectMany(block => block.Text.Replace("\\\n", "", StringComparison.Ordinal).Split('\n'))
            .Where(line => line.StartsWith("clustermgr-exporter ", StringComparison.Ordinal))
            .SelectMany(CommandCalls.In)
            .ToList();
        Assert.True(calls.Count >= 7, $"{calls.Count} calls");
        Assert.All(calls, call => Assert.Equal("", CommandCalls.Complaint(call)));
    }

    /// <summary>Every file of this repository that the document names exists.</summary>
    [Fact]
    public void WhatTheDocumentNamesIsThere()
    {
        var named = Named().Matches(AlertFiles.Text("docs/deploy.md")).Select(one => one.Groups[1].Value).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, path => Assert.True(Path.Exists(AlertFiles.InRepository(path)), path));
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(RepositoryRoot, file));

    private static YamlMappingNode Yaml(string file) => AlertFiles.Parse(Text(file));

    [GeneratedRegex("(?m)^ExecStart=/usr/bin/clustermgr-exporter (.*)$")]
    private static partial Regex ExecStart();

    [GeneratedRegex("(?m)^#?ARGS=\"(.*)\"$")]
    private static partial Regex Arguments();

    [GeneratedRegex("""HEALTHCHECK .* CMD \["/usr/bin/clustermgr-exporter", "(\w+)"\]""")]
    private static partial Regex HealthCheck();

    [GeneratedRegex("""(?:image: .*clustermgr-exporter:|newTag: )([\w.-]+)""")]
    private static partial Regex Version();

    [GeneratedRegex("""(?<![\w/.-])((?:deploy|alerts|dashboards)/[\w/.-]*\w)""")]
    private static partial Regex Named();
}
