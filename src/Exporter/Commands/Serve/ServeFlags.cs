using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Logging;
using Serilog.Events;

namespace ClustermgrExporter.Commands;

/// <summary>The flags of serve, and of demo, which adds its own.</summary>
internal sealed class ServeFlags
{
    private readonly bool _ofDemo;
    private readonly SourceOptions _source;

    private readonly Option<string> _listen = new("--web.listen-address")
    {
        HelpName = "ADDRESS",
        Description =
            $"Where to listen; {ListenAddress.Default} (every address) unless given. "
            + "Example: --web.listen-address=127.0.0.1:19998",
    };

    private readonly Option<string> _telemetryPath = new("--web.telemetry-path")
    {
        HelpName = "PATH",
        Description =
            $"Where metrics are served; {Configuration.TelemetryPath.Default} unless given. "
            + "Example: --web.telemetry-path=/clustermgr/metrics",
    };

    private readonly Option<string> _webConfig = new("--web.config.file")
    {
        HelpName = "FILE",
        Description =
            "Web configuration with TLS, passwords, headers and a rate limit, in the format of Prometheus' "
            + "exporter-toolkit; read again when it changes. "
            + "Example: --web.config.file=/etc/clustermgr-exporter/web.yaml",
    };

    private readonly Option<bool> _openHealth = new("--web.health-without-auth")
    {
        Description =
            "Answer /-/healthy and /-/ready without a password, for load balancers. "
            + "Example: --web.health-without-auth",
    };

    private readonly Option<string> _logLevel = new("--log.level")
    {
        HelpName = "LEVEL",
        Description = "debug, info, warn or error; info unless given. Example: --log.level=debug",
        CompletionSources = { "debug", "info", "warn", "error" },
    };

    private readonly Option<string> _logFormat = new("--log.format")
    {
        HelpName = "FORMAT",
        Description = "logfmt or json; logfmt unless given. Example: --log.format=json",
        CompletionSources = { "logfmt", "json" },
    };

    private readonly Option<bool> _check = new("--config.check")
    {
        Description =
            "Say whether the configuration is valid, and end: 0 valid, 1 not. "
            + "Example: --config.file=exporter.yaml --config.check",
    };

    /// <param name="ofDemo">Then the flags that name clusters are not shown: demo refuses them.</param>
    public ServeFlags(bool ofDemo = false)
    {
        _ofDemo = ofDemo;
        _source = new SourceOptions(hidden: ofDemo);
        _check.Hidden = ofDemo;
        All = [.. _source.All, _listen, _telemetryPath, _webConfig, _openHealth, _logLevel, _logFormat, _check];
    }

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Option> All { get; }

    /// <param name="parse">Without parse errors of its own.</param>
    /// <param name="environment">Of the process.</param>
    /// <param name="machineName">Stands for a loopback host in a sidecar's member label.</param>
    public ServeOptionsResult Read(
        ParseResult parse,
        IReadOnlyDictionary<string, string> environment,
        string machineName
    )
    {
        var values = new FlagValues(parse, environment);
        var source = _ofDemo ? null : _source.Read(values, machineName);
        if (_ofDemo)
        {
            _source.Refuse(values);
        }
        else if (source is null && values.Errors.Count == 0)
        {
            values.Errors.Add(NoSource);
        }
        var listen = values.Text(_listen) ?? new FlagValue(ListenAddress.Default, _listen.Name, true);
        var address = ListenAddress.Parse(listen.Text, Dns.GetHostAddresses, out var error);
        if (address is null)
        {
            values.Errors.Add($"{listen.Origin} {error}");
        }
        var options = new ServeOptions
        {
            Source = source,
            Listen = address ?? new ListenAddress([], 0),
            TelemetryPath = TelemetryPath(values),
            WebConfigFile = WebConfigFile(values),
            OpenHealth = values.Switch(_openHealth)?.Text == "true",
            LogLevel = LogLevel(values),
            LogFormat = Format(values),
            CheckOnly = values.Switch(_check)?.Text == "true",
        };
        values.Warnings.AddRange(EnvironmentNames.Unknown(parse.RootCommandResult.Command, environment));
        return new(values.Errors.Count > 0 ? null : options, [.. values.Errors], [.. values.Warnings]);
    }

    /// <summary>Those on the command line that say how metrics are served and what is logged.</summary>
    public IEnumerable<string> Served(ParseResult parse) =>
        ((Option[])[_listen, _telemetryPath, _webConfig, _openHealth, _logLevel, _logFormat])
            .Where(option => parse.GetResult(option) is { Implicit: false })
            .Select(option => option.Name);

    private const string NoSource =
        "no cluster is named; give --config.file=exporter.yaml for many clusters, "
        + "--clustermgr.url=http://127.0.0.1:9998 for the member beside this process, "
        + "or run clustermgr-exporter demo to look around without a cluster";

    /// <summary>Other pages are below them.</summary>
    private string TelemetryPath(FlagValues values)
    {
        if (values.Text(_telemetryPath) is not { } given)
        {
            return Configuration.TelemetryPath.Default;
        }
        if (Configuration.TelemetryPath.Objection(given.Text) is { Length: > 0 } objection)
        {
            values.Errors.Add($"{given.Origin} {objection}");
        }
        return given.Text;
    }

    private string? WebConfigFile(FlagValues values)
    {
        if (values.Text(_webConfig) is not { } given)
        {
            return null;
        }
        if (string.IsNullOrWhiteSpace(given.Text))
        {
            values.Errors.Add($"{given.Origin} is empty; name a YAML file, as --web.config.file=web.yaml");
        }
        return given.Text;
    }

    private LogEventLevel LogLevel(FlagValues values)
    {
        var given = values.Text(_logLevel);
        switch (given?.Text)
        {
            case null or "info":
                return LogEventLevel.Information;
            case "debug":
                return LogEventLevel.Debug;
            case "warn":
                return LogEventLevel.Warning;
            case "error":
                return LogEventLevel.Error;
        }

        values.Errors.Add($"{given.Origin} is {Quoted.From(given.Text)}; write debug, info, warn or error");
        return LogEventLevel.Information;
    }

    private LogFormat Format(FlagValues values)
    {
        var given = values.Text(_logFormat);
        if (given is not null && given.Text is not ("logfmt" or "json"))
        {
            values.Errors.Add($"{given.Origin} is {Quoted.From(given.Text)}; write logfmt or json");
        }
        return given?.Text == "json" ? Logging.LogFormat.Json : Logging.LogFormat.Logfmt;
    }
}

/// <summary>What serve and demo were told on the command line and by environment.</summary>
internal sealed record ServeOptions
{
    /// <summary>Null only for demo, which brings its own clusters.</summary>
    public required ConfigSource? Source { get; init; }

    public required ListenAddress Listen { get; init; }

    /// <summary>Begins with a slash.</summary>
    public required string TelemetryPath { get; init; }

    /// <summary>Null for plain HTTP without passwords.</summary>
    public string? WebConfigFile { get; init; }

    /// <summary>/-/healthy and /-/ready are answered without a password.</summary>
    public bool OpenHealth { get; init; }

    public required LogEventLevel LogLevel { get; init; }

    public required LogFormat LogFormat { get; init; }

    /// <summary>Where it serves.</summary>
    public ServerOptions Server => new(Listen, TelemetryPath, WebConfigFile, OpenHealth);

    /// <summary>--config.check: say whether the configuration is good, and end.</summary>
    public required bool CheckOnly { get; init; }
}

/// <param name="Options">Null when there are errors.</param>
/// <param name="Errors">Whole lines.</param>
/// <param name="Warnings">Whole lines.</param>
internal sealed record ServeOptionsResult(
    ServeOptions? Options,
    ImmutableArray<string> Errors,
    ImmutableArray<string> Warnings
);
