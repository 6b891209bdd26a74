using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Checks the path of the metrics.</summary>
internal static class TelemetryPath
{
    public const string Default = "/metrics";

    /// <summary>Returns "" or why the path cannot be used. The reason follows the name of the setting.</summary>
    public static string Validate(string path)
    {
        // Characters that a route would read as a pattern, or that a proxy would rewrite, are not allowed.
        var good =
            path.StartsWith('/')
            && !path.Contains("//", StringComparison.Ordinal)
            && path.All(character => char.IsAsciiLetterOrDigit(character) || "/-_.~".Contains(character));
        if (!good)
        {
            return $"{Quoted.From(path)} is not a path; write letters, digits and - _ . ~ after a slash, as {Default}";
        }
        if (path == PagePaths.Status)
        {
            return $"\"/\" is the status page; choose another path, as {Default}";
        }
        return PagePaths.IsTaken(path)
            ? $"{Quoted.From(path)} is where another page is; choose another path, as {Default}"
            : "";
    }
}
