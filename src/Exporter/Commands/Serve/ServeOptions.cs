using System.Collections.Immutable;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Logging;
using Serilog.Events;

namespace ClustermgrExporter.Commands;

/// <summary>What serve and demo were told on the command line and by environment.</summary>
internal sealed record ServeOptions
{
    /// <summary>Null only for demo, which brings its own clusters.</summary>
    public required ConfigSource? Source { get; init; }

    public required ListenAddress Listen { get; init; }

    /// <summary>Begins with a slash.</summary>
    public required string TelemetryPath { get; init; }

    public required LogEventLevel LogLevel { get; init; }

    public required LogFormat LogFormat { get; init; }

    /// <summary>Where it serves.</summary>
    public ServerOptions Server => new(Listen, TelemetryPath);

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
