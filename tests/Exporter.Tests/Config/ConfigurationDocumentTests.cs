using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Clustermgr.Configuration;
using Clustermgr.Formatting;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

/// <summary>docs/configuration.md lists every flag and every key, with the defaults of the program.</summary>
public sealed class ConfigurationDocumentTests
{
    private const string Path = "docs/configuration.md";

    private static readonly string DocumentText = File.ReadAllText(
        System.IO.Path.Combine(GoldenFile.GetRepositoryRoot(), Path)
    );

    [Fact]
    public void TheFlagsAreThoseThatAreParsed()
    {
        var table = new StringBuilder("| flag | variable | what |\n|---|---|---|\n");
        foreach (var option in new ServeFlags().All.Where(option => !option.Hidden))
        {
            var name = option.HelpName is { } value ? $"{option.Name}={value}" : option.Name;
            table.Append($"| `{name}` | `{EnvironmentNames.GetName(option)}` | {option.Description} |\n");
        }
        GoldenFile.AssertMatches(
            Path,
            Regex.Replace(
                DocumentText,
                "(?<=<!-- begin: [^\n]*-->\n).*(?=<!-- end -->)",
                table.ToString().Replace("$", "$$", StringComparison.Ordinal),
                RegexOptions.Singleline
            )
        );
    }

    [Fact]
    public void EveryKeyOfBothFilesIsThereAndNoOther()
    {
        string[] keys =
        [
            .. RootReader.Keys,
            .. ClusterReader.Keys.Select(key => $"clusters[].{key}"),
            .. WebConfigReader.Keys,
            .. ServerTlsReader.Keys,
            .. AuthReader.Keys,
            .. TlsReader.Keys,
        ];
        Assert.All(keys, key => Assert.Matches($"`\\.?{Regex.Escape(key)}`|`{Regex.Escape(key)}\\.", DocumentText));
        var documented = Regex.Matches(
            DocumentText,
            @"^\| `([a-z_]+|clusters\[\]\.[a-z]+)` \|",
            RegexOptions.Multiline
        );
        Assert.Equal(
            [],
            documented.Select(match => match.Groups[1].Value).Except([.. RootReader.Keys, .. keys]).Order()
        );
    }

    [Fact]
    public void TheDefaultsAreThoseInForce()
    {
        var config = new ExporterConfig { Clusters = [] };
        (string Key, string Default)[] defaults =
        [
            ("poll_interval", DurationText.Format(config.PollInterval)),
            ("timeout", DurationText.Format(config.Timeout)),
            ("task_interval", DurationText.Format(config.TaskInterval)),
            ("disk_interval", DurationText.Format(config.DiskInterval)),
            ("service_interval", DurationText.Format(config.ServiceInterval)),
            ("stale_after", $"{config.StaleAfter}"),
            ("max_body_bytes", $"{config.MaxBodyBytes >> 20}MiB"),
        ];
        Assert.All(defaults, entry => Assert.Contains($"| `{entry.Key}` | {entry.Default} |", DocumentText));
    }

    /// <summary>Its certificates do not exist here, and are replaced by those of the test.</summary>
    [Fact]
    public void TheHardenedSetIsTaken()
    {
        using var folder = new TempFolder();
        using var authority = new Certificates();
        using var server = authority.Sign("CN=server");
        Certificates.Write(folder.Path, "server", server);
        File.WriteAllText(System.IO.Path.Combine(folder.Path, "ca.crt"), authority.AuthorityPem);
        var yaml = Regex.Match(DocumentText, "```yaml\n(# web.yaml.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var file = System.IO.Path.Combine(folder.Path, "web.yaml");
        File.WriteAllText(file, yaml);
        var read = WebConfigReader.Load(file, TimeProvider.System);
        Assert.Empty(read.Errors);
        Assert.NotNull(read.Config!.Tls);
        Assert.NotNull(read.Config.RateLimit);
        Assert.Single(read.Config.Users);
        Assert.Single(read.Config.Headers);
    }
}
