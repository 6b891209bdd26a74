using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>Where the configuration comes from: exactly one of the two. Loading again reads the files again, so that a
/// changed file or secret counts.</summary>
internal sealed record ConfigSource(string? File, UrlSource? Urls)
{
    /// <summary>What to call it in a sentence.</summary>
    public string Name => File ?? "the command line";

    public ConfigResult Load(IReadOnlyDictionary<string, string> environment) =>
        File is not null ? ConfigLoader.Load(File, environment) : Urls!.Load(environment);
}
