using System.Collections;

namespace ClustermgrExporter.Configuration;

/// <summary>The environment variables of this process.</summary>
internal static class ProcessEnvironment
{
    /// <summary>As they are now.</summary>
    public static IReadOnlyDictionary<string, string> Read() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
}
