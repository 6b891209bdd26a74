using System.Collections.Immutable;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Dashboards;

/// <summary>Checks the dashboards with the types that Grafana publishes; tests/web/dashboards/typed.ts describes what
/// those cannot check.</summary>
public sealed class PublishedTypesTests
{
    private const string Newest = "@grafana/schema";

    private static readonly string WebFolder = Path.Combine(GoldenFile.GetRepositoryRoot(), "tests", "web");

    /// <summary>Texts that are in cluster.json, each with a typical mistake.</summary>
    private static readonly ImmutableArray<(string Right, string Wrong)> Slips =
    [
        ("\"type\": \"stat\"", "\"type\": \"stats\""),
        ("\"graphMode\": \"none\"", "\"graphMode\": \"nothing\""),
        ("\"decimals\": 1", "\"decimal\": 1"),
        ("\"colorMode\"", "\"colourMode\""),
        ("\"gridPos\"", "\"gridpos\""),
        ("\"refresh\": 2", "\"refresh\": 5"),
        ("\"lineWidth\"", "\"linewidth\""),
        ("\"keepTime\": true", "\"keepTime\": \"yes\""),
        ("\"mode\": \"absolute\"", "\"mode\": \"absolutely\""),
        ("\"unit\": \"none\"", "\"units\": \"none\""),
        ("\"schemaVersion\": 39", "\"schemaVersion\": \"39\""),
        ("\"type\": \"value\"", "\"type\": \"values\""),
        ("\"inspect\": false", "\"inspects\": false"),
        ("\"instant\": true", "\"instant\": 1"),
        ("\"iconColor\"", "\"iconColour\""),
    ];

    /// <summary>The newest minor version of each major version that the dashboards support. The dashboards use no
    /// property that one of these does not know.</summary>
    [Theory]
    [InlineData("grafana-schema-10", "node10")]
    [InlineData("grafana-schema-11", "node10")]
    [InlineData("grafana-schema-12", "bundler")]
    [InlineData(Newest, "bundler")]
    public async Task EveryDashboardIsOfThePublishedType(string package, string resolution)
    {
        var (exit, said) = await CheckAsync(
            Dashboard.Names.Select(name =>
                (name, File.ReadAllText(Dashboard.PathOf(GoldenFile.GetRepositoryRoot(), name)))
            ),
            package,
            resolution
        );

        Assert.Equal((0, ""), (exit, said));
    }

    [Fact]
    public async Task ADashboardWithASlipIsNot()
    {
        var cluster = await File.ReadAllTextAsync(
            Dashboard.PathOf(GoldenFile.GetRepositoryRoot(), "cluster"),
            TestContext.Current.CancellationToken
        );
        Assert.All(Slips, slip => Assert.Contains(slip.Right, cluster, StringComparison.Ordinal));

        var (_, said) = await CheckAsync(
            Slips.Select((slip, i) => ($"slip{i}", Once(cluster, slip.Right, slip.Wrong)))
        );

        Assert.All(
            Enumerable.Range(0, Slips.Length),
            i => Assert.Contains($"slip{i}.ts(", said, StringComparison.Ordinal)
        );
    }

    /// <summary>Runs tsc on the dashboards as values of the published type.</summary>
    /// <param name="package">The package to use as @grafana/schema.</param>
    private static async Task<(int Exit, string Said)> CheckAsync(
        IEnumerable<(string Name, string Json)> dashboards,
        string package = Newest,
        string resolution = "bundler"
    )
    {
        var modules = Path.Combine(WebFolder, "node_modules");
        var tsc = Path.Combine(modules, "typescript", "bin", "tsc");
        Assert.SkipUnless(
            File.Exists(tsc),
            "tests/web/node_modules is missing; tests/run-all.sh installs it, or npm ci in tests/web"
        );
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "node_modules", "@grafana"));
        Directory.CreateSymbolicLink(
            Path.Combine(folder.Path, "node_modules", "@grafana", "schema"),
            Path.Combine(modules, package)
        );
        folder.Write(
            "typed.ts",
            await File.ReadAllTextAsync(
                Path.Combine(WebFolder, "dashboards", "typed.ts"),
                TestContext.Current.CancellationToken
            )
        );
        var files = dashboards
            .Select(dashboard =>
                folder.Write(
                    $"{dashboard.Name}.ts",
                    $"import type {{ TypedDashboard }} from './typed';\nexport const dashboard: TypedDashboard = "
                        + $"{dashboard.Json};\n"
                )
            )
            .ToList();
        return await ExternalTool.RunAsync(
            "node",
            [
                tsc,
                "--noEmit",
                "--strict",
                "--skipLibCheck",
                "--preserveSymlinks",
                "--target",
                "es2022",
                "--module",
                "esnext",
                "--moduleResolution",
                resolution,
                .. files,
            ],
            null,
            TestContext.Current.CancellationToken
        );
    }

    private static string Once(string text, string what, string by)
    {
        var at = text.IndexOf(what, StringComparison.Ordinal);
        return string.Concat(text.AsSpan(0, at), by, text.AsSpan(at + what.Length));
    }
}
