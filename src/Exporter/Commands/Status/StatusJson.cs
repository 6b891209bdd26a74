using System.Buffers;
using System.Text;
using System.Text.Json;
using Clustermgr.Analysis;
using ClustermgrExporter.Documents;

namespace ClustermgrExporter.Commands;

/// <summary>status as JSON, for scripts: docs/cli.md describes it. A cluster is what the API says of it, without its
/// history.
/// </summary>
internal static class StatusJson
{
    /// <summary>Goes up when a field goes away or changes its meaning; new fields may come without.</summary>
    public const int Version = 1;

    private const string Runbooks = "docs/runbooks.md";

    /// <param name="indented">Else on one line.</param>
    public static string Format(IReadOnlyCollection<StatusReport> clusters, Severity failOn, bool indented)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = indented }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.Time("at", clusters.Max(report => (DateTimeOffset?)report.Analysis.Snapshot.WallAt));
            json.WriteNumber("exitCode", StatusVerdict.ExitCode(clusters, failOn));
            json.List(
                "clusters",
                clusters,
                (json, report) =>
                {
                    DetailJson.Write(json, report.Analysis, Runbooks);
                    json.WriteNumber("exitCode", StatusVerdict.ExitCode(report, failOn));
                    json.WriteStartArray("notes");
                    foreach (var note in report.Notes)
                    {
                        json.WriteStringValue(note);
                    }
                    json.WriteEndArray();
                }
            );
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }
}
