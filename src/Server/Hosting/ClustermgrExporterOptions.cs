using ClustermgrExporter.Configuration;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>What an exporter within another program polls, and where its metrics are.</summary>
public sealed class ClustermgrExporterOptions
{
    /// <summary>A file as exporter.example.yaml shows it; null where <see cref="Members"/> has the members of one
    /// cluster.</summary>
    public string? ConfigurationFile { get; set; }

    /// <summary>scheme://host:port of each member of one cluster. A single one is taken for a member whose others
    /// nobody named, as by the program's --clustermgr.url; a cluster of one is said in a file.</summary>
    public IList<string> Members { get; } = [];

    /// <summary>The label cluster of <see cref="Members"/>.</summary>
    public string Cluster { get; set; } = "clustermgr";

    /// <summary>Begins with a slash.</summary>
    public string TelemetryPath { get; set; } = Configuration.TelemetryPath.Default;

    /// <summary>Is told one line per change of state.</summary>
    public ILogger Logger { get; set; } = Log.Logger;

    /// <summary>By the readers of the program's own file and flags. The environment is that of the process.</summary>
    internal ConfigResult Load()
    {
        var problems = new ConfigErrors("");
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
        if (Configuration.TelemetryPath.Objection(TelemetryPath) is { Length: > 0 } objection)
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
