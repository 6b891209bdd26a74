using ClustermgrExporter.Configuration;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>Options of an exporter inside another program.</summary>
public sealed class ClustermgrExporterOptions
{
    /// <summary>Path of a configuration file (see exporter.example.yaml); null to use <see cref="Members"/>.</summary>
    public string? ConfigurationFile { get; set; }

    /// <summary>URLs (scheme://host:port) of the members of one cluster. A single URL is taken for one member of a
    /// larger cluster (sidecar), as with --clustermgr.url; a cluster with a single member needs a configuration
    /// file.</summary>
    public IList<string> Members { get; } = [];

    /// <summary>Value of the label cluster for <see cref="Members"/>.</summary>
    public string Cluster { get; set; } = "clustermgr";

    /// <summary>Path of the metrics; begins with a slash.</summary>
    public string TelemetryPath { get; set; } = Configuration.TelemetryPath.Default;

    /// <summary>Receives one line per change of state.</summary>
    public ILogger Logger { get; set; } = Log.Logger;

    /// <summary>Loads with the readers of the standalone program's file and flags, and with the environment of the
    /// process.</summary>
    internal ConfigResult Load()
    {
        var problems = new ConfigProblems("");
        if (ConfigurationFile is null && Members.Count == 0)
        {
            problems.Error(
                0,
                "no cluster is named; set ConfigurationFile, or add the members of one cluster to Members"
            );
        }
        if (ConfigurationFile is not null && Members.Count > 0)
        {
            problems.Error(
                0,
                "ConfigurationFile and Members are both set; keep the file, or the members of a single cluster"
            );
        }
        if (Configuration.TelemetryPath.Validate(TelemetryPath) is { Length: > 0 } objection)
        {
            problems.Error(0, $"TelemetryPath {objection}");
        }
        var loaded =
            ConfigurationFile is { } file ? ConfigLoader.Load(file, ProcessEnvironment.Read())
            : Members.Count > 0 ? MembersSource().Load(ProcessEnvironment.Read())
            : problems.ToResult(null);
        return problems.HasErrors
            ? loaded with
            {
                Config = null,
                Errors = [.. problems.ToResult(null).Errors.Union(loaded.Errors)],
            }
            : loaded;
    }

    private UrlSource MembersSource() =>
        new([.. Members.Select(member => Setting(member, nameof(Members)))], Environment.MachineName)
        {
            Settings = new() { ["cluster"] = Setting(Cluster, nameof(Cluster)) },
        };

    private static FlagValue Setting(string text, string name) => new(text, name, ByFlag: true);
}
