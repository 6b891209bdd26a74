using System.Text.Json;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Web.Api;

/// <summary>What happened lately.</summary>
internal static class HistoryJson
{
    private const int StepSeconds = 60;

    public static void Write(Utf8JsonWriter json, ClusterHistory history)
    {
        json.WriteStartObject("history");
        json.Count("stepSeconds", StepSeconds);
        json.List(
            "points",
            history.Samples(),
            (json, sample) =>
            {
                json.Time("at", sample.At);
                json.Id("term", sample.Term);
                json.Entries("lagEntries", sample.LagEntries);
                json.Count("totalBytes", sample.TotalBytes);
                json.Count("writableBytes", sample.WritableBytes);
            }
        );
        json.WriteEndObject();
        json.List("events", history.Events().Reverse(), Write);
    }

    public static void Write(Utf8JsonWriter json, ClusterEvent entry)
    {
        json.Id("id", entry.Id);
        json.Time("at", entry.At);
        json.Text("cluster", entry.Cluster);
        json.Text("kind", entry.Change.Kind);
        json.Text("subject", entry.Change.Subject);
        json.Flag("bad", entry.Change.Bad);
        json.Text("sentence", entry.Change.Sentence);
    }
}
