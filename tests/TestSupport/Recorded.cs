using System.Text;
using System.Text.Json.Nodes;

namespace ClustermgrExporter.Tests.Support;

/// <summary>An answer of a real cluster: one line of a recording, or the documented sample.</summary>
public sealed record Recorded(string File, string Path, int? Status, string Body)
{
    private static readonly string Folder = System.IO.Path.Combine(AppContext.BaseDirectory, "Recordings");

    public byte[] Utf8 => Encoding.UTF8.GetBytes(Body);

    public static string Documented =>
        System.IO.File.ReadAllText(System.IO.Path.Combine(Folder, "documented-stat.json"));

    /// <summary>Every distinct answer, to paths that start with <paramref name="path"/>.</summary>
    public static IReadOnlyList<Recorded> Answers(string path, string files = "*.jsonl") =>
        [
            .. Directory
                .EnumerateFiles(Folder, files)
                .Order()
                .SelectMany(Lines)
                .Where(line => line.Status is not null && line.Path.StartsWith(path, StringComparison.Ordinal))
                .Distinct(),
        ];

    public static IReadOnlyList<Recorded> Stats() => [.. Answers("/stat").Where(a => a.Status == 200)];

    /// <summary>A leader's /stat, with its peers, of the version that a file is from.</summary>
    public static string LeaderStat(string file) =>
        Answers("/stat", file).First(a => a.Body.Contains("\"peers\":[", StringComparison.Ordinal)).Body;

    /// <summary>master, every field of it in the answer but those that are left out when 0.</summary>
    public static string MasterStat => LeaderStat("healthy.jsonl");

    public static string ReleasedStat => LeaderStat("v3.5-healthy.jsonl");

    private static IEnumerable<Recorded> Lines(string file) =>
        from line in System.IO.File.ReadLines(file)
        let json = JsonNode.Parse(line)!
        where json["event"] is null
        select new Recorded(
            System.IO.Path.GetFileName(file),
            (string)json["path"]!,
            (int?)json["status"],
            (string?)json["body"] ?? ""
        );
}
