using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Clustermgr.Analysis;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Web.Api;

namespace ClustermgrExporter.Commands;

/// <summary>The JSON of status, for scripts; docs/cli.md describes it.</summary>
internal static class StatusJson
{
    /// <summary>Incremented when a field is removed or changes its meaning, not when one is added.</summary>
    public const int Version = 1;

    /// <param name="indented">True to indent; false for one line.</param>
    public static string Format(IReadOnlyCollection<StatusReport> clusters, Severity failOn, bool indented)
    {
        var document = new StatusJsonDocument(
            Version,
            JsonText.FormatTime(clusters.Max(report => (DateTimeOffset?)report.Analysis.Snapshot.WallClockAt)),
            StatusVerdict.ExitCode(clusters, failOn),
            [.. clusters.Select(report => new StatusCluster(report, failOn))]
        );
        return CommandJson.Format(document, context => context.StatusJsonDocument, indented);
    }
}

/// <param name="At">Time of the newest answer of all.</param>
internal sealed record StatusJsonDocument(
    int Version,
    string? At,
    int ExitCode,
    ImmutableArray<StatusCluster> Clusters
);

/// <summary>One cluster as in the API, without its history.</summary>
internal sealed record StatusCluster : ClusterDetail
{
    private const string Runbooks = "docs/runbooks.md";

    public StatusCluster(StatusReport report, Severity failOn)
        : base(report.Analysis, Runbooks)
    {
        ExitCode = StatusVerdict.ExitCode(report, failOn);
        Notes = [.. report.Notes];
        Without = report.Impact is { } without ? WithoutDocument.Create(without) : null;
        Alerts = report.Alerts is { At: not null } alerts ? alerts.GetAlerts(report.Analysis.Snapshot.Cluster) : null;
    }

    [JsonPropertyOrder(2)]
    public int ExitCode { get; }

    [JsonPropertyOrder(2)]
    public ImmutableArray<string> Notes { get; }

    /// <summary>Null when no removal was to be simulated, or the volumes could not be read.</summary>
    [JsonPropertyOrder(2)]
    public WithoutDocument? Without { get; }

    /// <summary>Null when no exporter was asked, or it did not know.</summary>
    [JsonPropertyOrder(2)]
    public ImmutableArray<AlertDocument>? Alerts { get; }
}

/// <summary>The effect of removing some hosts, disks or IDCs.</summary>
internal sealed record WithoutDocument(
    bool Harms,
    ImmutableArray<CodeModeImpact> Modes,
    ImmutableArray<WorstVolumeDocument> Worst
)
{
    public static WithoutDocument Create(RemovalImpact impact) =>
        new(
            impact.IsHarmful,
            [.. impact.Modes],
            [
                .. impact.Worst.Select(one => new WorstVolumeDocument(
                    JsonText.FormatId(one.Volume.Id),
                    CodeMode.GetName(one.Volume.CodeMode),
                    one.Missing
                )),
            ]
        );
}
