using System.CommandLine;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Logging;
using ClustermgrExporter.Web;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class ServeFlagsTests
{
    internal static ServeOptionsResult Read(string[] args, params (string Name, string Value)[] environment) =>
        Read(args, needsSource: true, environment);

    private static ServeOptionsResult Read(string[] args, bool needsSource, (string Name, string Value)[] environment)
    {
        var flags = new ServeFlags(isDemo: !needsSource);
        var serve = new Command("serve");
        Array.ForEach([.. flags.All], serve.Add);
        var root = new RootCommand { serve };
        var parse = root.Parse(["serve", .. args]);
        Assert.Empty(parse.Errors);
        return flags.Read(parse, environment.ToDictionary(x => x.Name, x => x.Value), "node-7");
    }

    private static ServeOptions Good(string[] args, params (string Name, string Value)[] environment)
    {
        var result = Read(args, environment);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        return result.Options!;
    }

    [Fact]
    public void TheDefaultsAreThoseOfTheDocumentation()
    {
        var options = Good(["--config.file=exporter.yaml"]);
        Assert.Equal("exporter.yaml", options.Source!.File);
        Assert.True(options.Server.Listen[0].Any);
        Assert.Equal(19998, options.Server.Listen[0].Port);
        Assert.Equal("/metrics", options.Server.TelemetryPath);
        Assert.Equal(LogEventLevel.Information, options.LogLevel);
        Assert.Equal(LogFormat.Logfmt, options.LogFormat);
        Assert.False(options.CheckOnly);
    }

    [Fact]
    public void EveryFlagOfServeArrives()
    {
        var options = Good([
            "--config.file",
            "a.yaml",
            "--web.listen-address=127.0.0.1:0",
            "--web.telemetry-path=/cm/metrics",
            "--log.level=error",
            "--log.format=json",
            "--config.check",
        ]);
        Assert.Equal("127.0.0.1:0", Assert.Single(options.Server.Listen[0].EndPoints).ToString());
        Assert.Equal("/cm/metrics", options.Server.TelemetryPath);
        Assert.Equal(LogEventLevel.Error, options.LogLevel);
        Assert.Equal(LogFormat.Json, options.LogFormat);
        Assert.True(options.CheckOnly);
    }

    [Fact]
    public void EveryFlagIsAlsoAnEnvironmentVariable()
    {
        var options = Good(
            [],
            ("CLUSTERMGR_EXPORTER_CONFIG_FILE", "e.yaml"),
            ("CLUSTERMGR_EXPORTER_LOG_LEVEL", "debug"),
            ("CLUSTERMGR_EXPORTER_LOG_FORMAT", "json"),
            ("CLUSTERMGR_EXPORTER_WEB_LISTEN_ADDRESS", "[::1]:9"),
            ("CLUSTERMGR_EXPORTER_WEB_TELEMETRY_PATH", "/m"),
            ("CLUSTERMGR_EXPORTER_CONFIG_CHECK", "true")
        );
        Assert.Equal(
            ("e.yaml", LogEventLevel.Debug, LogFormat.Json, "[::1]:9", "/m", true),
            (
                options.Source!.File,
                options.LogLevel,
                options.LogFormat,
                options.Server.Listen[0].EndPoints[0].ToString(),
                options.Server.TelemetryPath,
                options.CheckOnly
            )
        );
    }

    [Fact]
    public void AFlagWinsOverTheEnvironment()
    {
        var options = Good(
            ["--config.file=flag.yaml", "--log.level=warn", "--config.check=false"],
            ("CLUSTERMGR_EXPORTER_CONFIG_FILE", "e.yaml"),
            ("CLUSTERMGR_EXPORTER_LOG_LEVEL", "nonsense"),
            ("CLUSTERMGR_EXPORTER_CONFIG_CHECK", "true")
        );
        Assert.Equal(
            ("flag.yaml", LogEventLevel.Warning, false),
            (options.Source!.File, options.LogLevel, options.CheckOnly)
        );
    }

    [Fact]
    public void AnEmptyVariableCountsAsUnset() =>
        Assert.Equal(
            LogEventLevel.Information,
            Good(
                ["--config.file=a"],
                ("CLUSTERMGR_EXPORTER_LOG_LEVEL", ""),
                ("CLUSTERMGR_EXPORTER_CLUSTERMGR_URL", "")
            ).LogLevel
        );

    [Fact]
    public void WithoutAnySourceTheErrorNamesAllThreeWays() =>
        Assert.Equal(
            [
                "no cluster is named; give --config.file=exporter.yaml for many clusters, "
                    + "--clustermgr.url=http://127.0.0.1:9998 for the member beside this process, "
                    + "or run clustermgr-exporter demo to look around without a cluster",
            ],
            Read([]).Errors
        );

    [Fact]
    public void AnEmptyFileNameIsAnError() =>
        Assert.Equal(
            ["--config.file is empty; name a YAML file, as --config.file=exporter.yaml"],
            Read(["--config.file= "]).Errors
        );

    [Fact]
    public void AFileAndUrlsTogetherAreAnError() =>
        Assert.Equal(
            ["--config.file and --clustermgr.url are both given; keep the file, or the URLs for a single cluster"],
            Read(["--config.file=a", "--clustermgr.url=http://h:9998"]).Errors
        );

    [Theory]
    [InlineData("--config.file=a", "CLUSTERMGR_EXPORTER_CLUSTERMGR_URL", "http://h:9998")]
    [InlineData("--clustermgr.url=http://h:9998", "CLUSTERMGR_EXPORTER_CONFIG_FILE", "a")]
    public void ASourceByFlagWinsOverTheOtherByEnvironment(string flag, string variable, string value)
    {
        var result = Read([flag], (variable, value));
        Assert.Empty(result.Errors);
        Assert.Equal([$"{variable} is ignored: the flag {flag.Split('=')[0]} wins"], result.Warnings);
        Assert.Equal(flag.StartsWith("--config", StringComparison.Ordinal), result.Options!.Source!.File is not null);
    }

    [Fact]
    public void WhatOnlyGoesWithAUrlIsRefusedBesideAFile()
    {
        var result = Read(
            ["--config.file=a", "--clustermgr.timeout=2s"],
            ("CLUSTERMGR_EXPORTER_CLUSTERMGR_CLUSTER", "c")
        );
        Assert.Equal(
            ["--clustermgr.timeout only goes with --clustermgr.url; in a file it has its own key"],
            result.Errors
        );
        Assert.Equal(
            [
                "CLUSTERMGR_EXPORTER_CLUSTERMGR_CLUSTER only goes with --clustermgr.url; in a file it has its "
                    + "own key; "
                    + "it is ignored",
            ],
            result.Warnings
        );
    }

    [Fact]
    public void AllErrorsComeAtOnceAndNameTheirOrigin()
    {
        var result = Read(
            ["--log.level=loud", "--web.telemetry-path=metrics", "--web.listen-address=19998"],
            ("CLUSTERMGR_EXPORTER_LOG_FORMAT", "xml"),
            ("CLUSTERMGR_EXPORTER_CONFIG_CHECK", "1"),
            ("CLUSTERMGR_EXPORTER_CONFIG_FILE", "a")
        );
        Assert.Equal(
            [
                "--web.listen-address \"19998\" is a port alone; write :19998 for every address",
                "--web.telemetry-path \"metrics\" is not a path; write letters, digits and - _ . ~ after a slash, as "
                    + "/metrics",
                "--log.level is \"loud\"; write debug, info, warn or error",
                "CLUSTERMGR_EXPORTER_LOG_FORMAT is \"xml\"; write logfmt or json",
                "CLUSTERMGR_EXPORTER_CONFIG_CHECK is \"1\"; set it to true or false",
            ],
            result.Errors
        );
        Assert.Null(result.Options);
    }

    [Theory]
    [InlineData("/", "\"/\" is the status page; choose another path, as /metrics")]
    [InlineData("/runbooks.md", "\"/runbooks.md\" is where another page is; choose another path, as /metrics")]
    [InlineData("/runbooks", "\"/runbooks\" is where another page is; choose another path, as /metrics")]
    [InlineData("/api/v1/clusters", "\"/api/v1/clusters\" is where another page is; choose another path, as /metrics")]
    [InlineData("/-/ready", "\"/-/ready\" is where another page is; choose another path, as /metrics")]
    [InlineData("/a?b", "\"/a?b\" is not a path; write letters, digits and - _ . ~ after a slash, as /metrics")]
    [InlineData("/{a}", "\"/{a}\" is not a path; write letters, digits and - _ . ~ after a slash, as /metrics")]
    [InlineData("//a", "\"//a\" is not a path; write letters, digits and - _ . ~ after a slash, as /metrics")]
    public void ABadTelemetryPathIsRefused(string path, string error) =>
        Assert.Equal(
            [$"--web.telemetry-path {error}"],
            Read(["--config.file=a", $"--web.telemetry-path={path}"]).Errors
        );

    [Fact]
    public void MetricsAreWhereNoOtherPageIs() =>
        Assert.All(
            PageRouter.Patterns(TelemetryPath.Default).Where(path => !path.Contains('{', StringComparison.Ordinal)),
            path => Assert.Equal(path != TelemetryPath.Default, TelemetryPath.Validate(path).Length > 0)
        );

    [Fact]
    public void ASecretByFlagIsRefusedWithoutRepeatingIt()
    {
        var error = Assert.Single(Read(["--clustermgr.url=http://h:9998", "--clustermgr.auth.secret=hunter2"]).Errors);
        Assert.Equal(
            "--clustermgr.auth.secret is refused: other users can read it in the process list; name a file by "
                + "--clustermgr.auth.secret-file or a variable by --clustermgr.auth.secret-env",
            error
        );
    }

    [Fact]
    public void AVariableThatMatchesNoFlagIsAWarningWithTheNearestName() =>
        Assert.Equal(
            [
                "the environment variable CLUSTERMGR_EXPORTER_CONFIG_FLIE matches no flag and is ignored; "
                    + "did you mean CLUSTERMGR_EXPORTER_CONFIG_FILE?",
                "the environment variable CLUSTERMGR_EXPORTER_NONSENSE_ALTOGETHER matches no flag and is ignored; "
                    + "--help lists the flags",
            ],
            Read(
                ["--config.file=a"],
                ("CLUSTERMGR_EXPORTER_NONSENSE_ALTOGETHER", "1"),
                ("CLUSTERMGR_EXPORTER_CONFIG_FLIE", "b"),
                ("CLUSTERMGR_OTHER", "c"),
                ("PATH", "/")
            ).Warnings
        );

    [Fact]
    public void VariablesThatKubernetesSetsForAServiceOfOurNameAreNoMistake() =>
        Good(
            ["--config.file=a"],
            ("CLUSTERMGR_EXPORTER_SERVICE_HOST", "10.0.0.1"),
            ("CLUSTERMGR_EXPORTER_SERVICE_PORT", "19998"),
            ("CLUSTERMGR_EXPORTER_SERVICE_PORT_HTTP", "19998"),
            ("CLUSTERMGR_EXPORTER_PORT", "tcp://10.0.0.1:19998"),
            ("CLUSTERMGR_EXPORTER_PORT_19998_TCP_ADDR", "10.0.0.1")
        );

    [Fact]
    public void TheDemoRefusesClustersByFlagAndOverlooksThoseOfTheEnvironment()
    {
        Assert.Equal(
            ["--config.file has no place here: the clusters are simulated"],
            Read(["--config.file=a"], needsSource: false, []).Errors
        );
        // The second value is invalid, but it is for another run.
        var quiet = Read(
            ["--log.level=debug"],
            needsSource: false,
            [
                ("CLUSTERMGR_EXPORTER_CONFIG_FILE", "a"),
                ("CLUSTERMGR_EXPORTER_CLUSTERMGR_TLS_INSECURE_SKIP_VERIFY", "maybe"),
            ]
        );
        Assert.Empty(quiet.Errors);
        Assert.Null(quiet.Options!.Source);
        Assert.Equal(LogEventLevel.Debug, quiet.Options.LogLevel);
    }

    [Fact]
    public void TheHelpOfEveryFlagHasAnExample()
    {
        var shown = new ServeFlags().All.Where(option => !option.Hidden).ToList();
        Assert.Equal(29, shown.Count);
        Assert.All(shown, option => Assert.Contains($"Example: ", option.Description, StringComparison.Ordinal));
        Assert.All(shown, option => Assert.Contains(option.Name, option.Description, StringComparison.Ordinal));
    }
}
