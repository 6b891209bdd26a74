using System.Collections.Immutable;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads cluster_files: files that hold clusters, given by path or by a pattern in the last part of a
/// path.</summary>
internal static class ClusterFiles
{
    private const int MaxBytes = 16 << 20;

    private static readonly string[] Keys = ["clusters"];

    /// <summary>The files that match a pattern, sorted by name; the path itself if it is not a pattern.</summary>
    /// <param name="pattern">Absolute.</param>
    public static IEnumerable<string> Expand(string pattern)
    {
        if (!IsPattern(pattern))
        {
            return [pattern];
        }
        try
        {
            return Directory
                .EnumerateFiles(Path.GetDirectoryName(pattern)!, Path.GetFileName(pattern))
                .Order(StringComparer.Ordinal)
                .ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return []; // missing or unreadable folder: an error when the configuration is read
        }
    }

    /// <summary>All files that a configuration depends on besides its own. Files that appear or disappear count
    /// too.</summary>
    public static IEnumerable<string> ListWatchedFiles(ExporterConfig config) =>
        config.SecretFiles().Concat(config.ClusterFiles.SelectMany(Expand));

    public static bool IsPattern(string path) => Path.GetFileName(path).AsSpan().ContainsAny('*', '?');

    /// <summary>The patterns, as absolute paths.</summary>
    public static ImmutableArray<string> ReadPatterns(ConfigSection top, ConfigContext place)
    {
        var patterns = ImmutableArray.CreateBuilder<string>();
        foreach (var (i, node) in (top.List("cluster_files") ?? []).Index())
        {
            var path = $"{top.GetPath("cluster_files")}[{i}]";
            if (ConfigSection.ReadText(node, path, place.Problems) is not { } text)
            {
                continue;
            }
            if (Path.GetDirectoryName(text) is { } folder && folder.AsSpan().ContainsAny('*', '?'))
            {
                place.Problems.Error(
                    node.Line,
                    $"{path} {Quoted.From(text)} has a pattern in a folder; only the last part may have one, as "
                        + "clusters.d/*.yaml"
                );
            }
            else if (Path.GetFileName(text).Length == 0)
            {
                place.Problems.Error(
                    node.Line,
                    $"{path} {Quoted.From(text)} names no file; write one, as clusters.d/*.yaml"
                );
            }
            else
            {
                var full = Path.Combine(place.Folder, text);
                patterns.Add(full);
                if (IsPattern(full) && ValidatePattern(full) is { Length: > 0 } objection)
                {
                    place.Problems.Error(node.Line, $"{path} {Quoted.From(text)} {objection}");
                }
                else if (IsPattern(full) && !Expand(full).Any())
                {
                    place.Problems.Warning(node.Line, $"{path} {Quoted.From(text)} matches no file yet");
                }
            }
        }
        return patterns.ToImmutable();
    }

    /// <summary>Returns "" or why the folder cannot be read, which must not look like a folder without files.</summary>
    private static string ValidatePattern(string pattern)
    {
        try
        {
            _ = Directory.EnumerateFiles(Path.GetDirectoryName(pattern)!, Path.GetFileName(pattern)).Any();
            return "";
        }
        catch (DirectoryNotFoundException)
        {
            return "is in a folder that is not there; make it first";
        }
        catch (UnauthorizedAccessException)
        {
            return "is in a folder that this user may not read";
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return $"cannot be looked for ({e.GetType().Name})";
        }
    }

    /// <summary>The clusters of all files. A file that several patterns match is read once.</summary>
    public static IEnumerable<ClusterConfig> Read(
        ImmutableArray<string> patterns,
        ConfigContext place,
        NameRegistry taken
    )
    {
        var clusters = new List<ClusterConfig>();
        foreach (var file in patterns.SelectMany(Expand).Distinct(StringComparer.Ordinal))
        {
            var problems = place.Problems.ForFile(file);
            var read = FileText.Read(file, MaxBytes);
            if (read.Text is not { } text)
            {
                problems.Error(0, $"{read.Problem}; it is named by cluster_files of {place.Problems.Source}");
                continue;
            }
            var here = place with { Folder = Path.GetDirectoryName(file) ?? "/", Problems = problems };
            if (YamlTree.Parse(text, problems) is { } root && ConfigSection.Open(root, "", problems, Keys) is { } top)
            {
                clusters.AddRange(RootReader.ReadClusters(top, here, taken));
            }
        }
        return clusters;
    }
}
