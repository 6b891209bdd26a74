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
    /// <summary>Null where no alerts are sent.</summary>
    public AlertingConfig? Alerting { get; init; }

    /// <summary>With the clusters that nobody asked for: whose a member is shows by all. Null where
    /// <paramref name="Config"/> is all.</summary>
    public ExporterConfig? Whole { get; init; }

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
    private readonly List<ConfigErrors> _others = [];

    /// <summary>As the user named it.</summary>
    public string Source => source;

    public bool HasErrors => _errors.Count > 0 || _others.Exists(other => other.HasErrors);

    /// <summary>Of a file that this one names; told after those of this one.</summary>
    public ConfigErrors Of(string file)
    {
        var other = new ConfigErrors(file);
        _others.Add(other);
        return other;
    }

    /// <param name="line">From 1; 0 for the source as a whole.</param>
    /// <param name="message">What is wrong and what to do about it. Never holds a secret.</param>
    public void Error(int line, string message) => _errors.Add((line, message));

    /// <inheritdoc cref="Error"/>
    public void Warning(int line, string message) => _warnings.Add((line, message));

    public ConfigResult ToResult(ExporterConfig? config) => new(HasErrors ? null : config, Errors, Warnings);

    public WebConfigResult ToWebResult(WebConfig? config) => new(HasErrors ? null : config, Errors, Warnings);

    private ImmutableArray<string> Errors => [.. Lines(_errors), .. _others.SelectMany(other => other.Errors)];

    private ImmutableArray<string> Warnings => [.. Lines(_warnings), .. _others.SelectMany(other => other.Warnings)];

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
