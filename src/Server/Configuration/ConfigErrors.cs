using System.Collections.Immutable;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Configuration;

/// <summary>What came of reading a configuration. Errors and warnings are whole lines, sorted by where they point.
/// </summary>
/// <param name="Config">Null when there are errors.</param>
internal sealed record ConfigResult(
    ExporterConfig? Config,
    ImmutableArray<string> Errors,
    ImmutableArray<string> Warnings
)
{
    /// <summary>The same settings once more, with the secrets and certificates as their files hold them by
    /// then.</summary>
    public Func<ConfigResult>? Again { get; init; }
}

/// <summary>Gathers every problem of one source, so that one run of the program shows them all.</summary>
/// <param name="source">The file as the user named it; "" for flags, whose messages name the flag themselves.</param>
internal sealed class ConfigErrors(string source)
{
    private readonly List<(int Line, string Text)> _errors = [];
    private readonly List<(int Line, string Text)> _warnings = [];

    public bool HasErrors => _errors.Count > 0;

    /// <param name="line">From 1; 0 for the source as a whole.</param>
    /// <param name="message">What is wrong and what to do about it. Never holds a secret.</param>
    public void Error(int line, string message) => _errors.Add((line, message));

    /// <inheritdoc cref="Error"/>
    public void Warning(int line, string message) => _warnings.Add((line, message));

    public ConfigResult ToResult(ExporterConfig? config) =>
        new(HasErrors ? null : config, Lines(_errors), Lines(_warnings));

    public WebConfigResult ToWebResult(WebConfig? config) =>
        new(HasErrors ? null : config, Lines(_errors), Lines(_warnings));

    private ImmutableArray<string> Lines(List<(int Line, string Text)> problems) =>
        [.. problems.OrderBy(problem => problem.Line).Select(problem => Prefix(problem.Line) + problem.Text)];

    private string Prefix(int line) =>
        (source, line) switch
        {
            ("", _) => "",
            (_, 0) => $"{source}: ",
            _ => $"{source}:{line}: ",
        };
}
