using System.Collections;
using System.Collections.Immutable;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>What an exporter within another program polls, and where its metrics are.</summary>
public sealed class ClustermgrExporterOptions
{
    /// <summary>A file as exporter.example.yaml shows it; null where <see cref="Members"/> has the members of one cluster.</summary>
    public string? ConfigurationFile { get; set; }

    /// <summary>scheme://host:port of each member of one cluster.</summary>
    public IList<string> Members { get; } = [];

    /// <summary>The label cluster of <see cref="Members"/>.</summary>
    public string Cluster { get; set; } = "clustermgr";

    /// <summary>Begins with a slash.</summary>
    public string TelemetryPath { get; set; } = "/metrics";

    /// <summary>Is told one line per change of state.</summary>
    public ILogger Logger { get; set; } = Log.Logger;

    /// <summary>The environment is that of the process.</summary>
    internal ConfigResult Load()
    {
        var loaded = ConfigurationFile is { } file ? ConfigLoader.Load(file, Variables()) : LoadMembers();
        return TelemetryPath.StartsWith('/') && TelemetryPath.Length > 1 ? loaded
            : loaded with { Config = null, Errors = loaded.Errors.Add($"TelemetryPath {TelemetryPath} is no path; write it as /metrics") };
    }

    private ConfigResult LoadMembers()
    {
        var problems = new Problems("");
        var members = ImmutableArray.CreateBuilder<MemberConfig>(Members.Count);
        if (Members.Count == 0) problems.Error(0, "no cluster is named; set ConfigurationFile, or add the members of one cluster to Members");
        foreach (var text in Members)
        {
            if (MemberUrl.Parse(text, out var error) is { } url) members.Add(new MemberConfig(url.Label, url.Url));
            else problems.Error(0, $"Members: {error}");
        }
        return problems.ToResult(new ExporterConfig { Clusters = [new ClusterConfig { Name = Cluster, Members = members.ToImmutable() }] });
    }

    private static Dictionary<string, string> Variables() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
