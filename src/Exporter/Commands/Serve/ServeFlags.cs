using System.Collections.Immutable;
using System.CommandLine;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Logging;
using Serilog.Events;

namespace ClustermgrExporter.Commands;

/// <summary>The flags of serve, and of demo, which adds its own.</summary>
internal sealed class ServeFlags
{
    private readonly bool _isDemo;
    private readonly SourceFlags _source;

    private readonly ShardFlags _shards = new();

    private readonly WebFlags _web = new();

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

    private readonly Option<string> _storage = new("--storage.path")
    {
        HelpName = "DIR",
        Description =
            "Folder that keeps pending and firing alerts over restarts, where the configuration has alerting; nothing is "
            + "kept unless given. Example: --storage.path=/var/lib/clustermgr-exporter",
    };

    private readonly Option<bool> _check = new("--config.check")
    {
        Description =
            "Say whether the configuration is valid, and end: 0 valid, 1 the file is not, 2 a flag is not. "
            + "Example: --config.file=exporter.yaml --config.check",
    };

    /// <param name="isDemo">True for demo: the flags that name clusters are hidden and refused.</param>
    public ServeFlags(bool isDemo = false)
    {
        _isDemo = isDemo;
        _source = new SourceFlags(hidden: isDemo);
        _check.Hidden = isDemo;
        foreach (var option in _shards.All)
        {
            option.Hidden = isDemo;
        }
        All = [.. _source.All, .. _shards.All, .. _web.All, _storage, _logLevel, _logFormat, _check];
    }

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Option> All { get; }

    /// <param name="parse">A result without parse errors.</param>
    /// <param name="environment">Environment variables of the process.</param>
    /// <param name="machineName">Stands for a loopback host in a sidecar's member label.</param>
    public ServeOptionsResult Read(
        ParseResult parse,
        IReadOnlyDictionary<string, string> environment,
        string machineName
    )
    {
        var values = new FlagValues(parse, environment);
        var source = _isDemo ? null : _source.Read(values, machineName);
        if (_isDemo)
        {
            _source.Refuse(values);
            foreach (var option in _shards.All.Where(values.IsGiven))
            {
                values.Errors.Add(SourceFlags.DescribeMisplaced(option));
            }
        }
        else if (source is null && values.Errors.Count == 0)
        {
            values.Errors.Add(NoSource);
        }
        var shard = _isDemo ? null : _shards.Read(values, source, machineName);
        var options = new ServeOptions
        {
            Source = source is null ? null : source with { Shard = shard },
            Server = _web.Read(values, environment) with { StoragePath = Storage(values) },
            LogLevel = LogLevel(values),
            LogFormat = Format(values),
            CheckOnly = values.Switch(_check)?.Text == "true",
        };
        values.Warnings.AddRange(EnvironmentNames.FindUnknown(parse.RootCommandResult.Command, environment));
        return new(values.Errors.Count > 0 ? null : options, [.. values.Errors], [.. values.Warnings]);
    }

    /// <summary>The flags on the command line that configure serving and logging.</summary>
    public IEnumerable<string> GetServingFlags(ParseResult parse) =>
        ((Option[])[.. _web.All, _storage, _logLevel, _logFormat])
            .Where(option => parse.GetResult(option) is { Implicit: false })
            .Select(option => option.Name);

    private const string NoSource =
        "no cluster is named; give --config.file=exporter.yaml for many clusters, "
        + "--clustermgr.url=http://127.0.0.1:9998 for the member beside this process, "
        + "or run clustermgr-exporter demo to look around without a cluster";

    /// <summary>Checks that the folder can be written to, so that this does not first show in an incident.</summary>
    private string? Storage(FlagValues values)
    {
        if (values.Text(_storage) is not { } given)
        {
            return null;
        }
        var probe = Path.Combine(given.Text, $".probe-{Environment.ProcessId}");
        try
        {
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return Path.GetFullPath(given.Text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            values.Errors.Add(
                $"{given.Origin} {Quoted.From(given.Text)} is not a folder that this user may write to; make one: mkdir -p "
                    + "/var/lib/clustermgr-exporter"
            );
            return null;
        }
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

/// <summary>The options of serve and demo, from the command line and the environment.</summary>
internal sealed record ServeOptions
{
    /// <summary>Null only for demo, which brings its own clusters.</summary>
    public required ConfigSource? Source { get; init; }

    /// <summary>Where and how it serves.</summary>
    public required ServerOptions Server { get; init; }

    public required LogEventLevel LogLevel { get; init; }

    public required LogFormat LogFormat { get; init; }

    /// <summary>--config.check: validate the configuration, and exit.</summary>
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
