using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Where metrics may be served.</summary>
internal static class TelemetryPath
{
    public const string Default = "/metrics";

    /// <summary>Those of other pages.</summary>
    private static readonly string[] s_taken = ["/api/", "/assets/", "/-/"];

    /// <summary>Why a path cannot be it, to stand behind its origin; "" where it can.</summary>
    public static string Objection(string path)
    {
        // What a route would read as a pattern, or a proxy would rewrite, has no place in a path that everyone types.
        var good =
            path.StartsWith('/')
            && !path.Contains("//", StringComparison.Ordinal)
            && path.All(character => char.IsAsciiLetterOrDigit(character) || "/-_.~".Contains(character));
        if (!good)
        {
            return $"{Quoted.From(path)} is no path; write letters, digits and - _ . ~ after a slash, as {Default}";
        }
        if (path == "/")
        {
            return $"\"/\" is the status page; choose another path, as {Default}";
        }
        var taken =
            path is "/runbooks" or "/runbooks.md" or "/alerting.md" or "/metrics.md" or "/probe" or "/sd"
            || s_taken.Any(other => path.StartsWith(other, StringComparison.Ordinal));
        return taken ? $"{Quoted.From(path)} is where another page is; choose another path, as {Default}" : "";
    }
}
