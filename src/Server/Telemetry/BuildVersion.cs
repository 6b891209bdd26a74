using System.Reflection;

namespace ClustermgrExporter.Telemetry;

/// <summary>Version and revision of this build.</summary>
internal static class BuildVersion
{
    public static readonly (string Version, string Revision) Current = Parse(
        typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? ""
    );

    /// <summary>Splits 0.1.0+revision, as the build writes it; a missing part is "unknown".</summary>
    public static (string Version, string Revision) Parse(string informational)
    {
        var plus = informational.IndexOf('+', StringComparison.Ordinal);
        var version = plus < 0 ? informational : informational[..plus];
        var revision = plus < 0 ? "" : informational[(plus + 1)..];
        return (version == "" ? "unknown" : version, revision == "" ? "unknown" : revision);
    }
}
