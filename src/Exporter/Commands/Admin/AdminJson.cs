using System.Text;
using System.Text.Json;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>What a verb shows, for scripts. Ids, terms and indexes are strings: a number of JavaScript ends at
/// 2^53.</summary>
internal static class AdminJson
{
    /// <summary>Of all shapes; counts up when a field goes or changes its meaning, not when one comes.</summary>
    public const int Version = 1;

    public static string Format(ClusterAnalysis analysis, Action<Utf8JsonWriter> rest)
    {
        var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("cluster", analysis.Snapshot.Cluster);
            rest(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }
}
