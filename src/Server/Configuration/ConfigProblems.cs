using System.Collections.Immutable;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Configuration;

/// <summary>The result of reading a configuration. Errors and warnings are complete lines, sorted by
/// position.</summary>
/// <param name="Config">Null when there are errors.</param>
internal sealed record ConfigResult(
    ExporterConfig? Config,
    ImmutableArray<string> Errors,
    ImmutableArray<string> Warnings
)
{
    /// <summary>Null if alerting is off.</summary>
    public AlertingConfig? Alerting { get; init; }

    /// <summary>The configuration with all clusters, which shows the owner of a member. Null if
    /// <paramref name="Config"/> has all clusters.</summary>
    public ExporterConfig? AllClusters { get; init; }

    /// <summary>Loads the same settings again, with the then current secrets and certificates.</summary>
    public Func<ConfigResult>? Reload { get; init; }
}

/// <summary>Gathers every problem of one source, so that one run of the program shows them all.</summary>
/// <param name="source">The file as the user named it; "" for flags, whose messages name the flag themselves.</param>
internal sealed class ConfigProblems(string source)
{
    private readonly List<(int Line, string Text)> _errors = [];
    private readonly List<(int Line, string Text)> _warnings = [];
    private readonly List<ConfigProblems> _others = [];

    /// <summary>As the user named it.</summary>
    public string Source => source;

    public bool HasErrors => _errors.Count > 0 || _others.Exists(other => other.HasErrors);

    /// <summary>Collects the problems of a file that this one names; they are listed after those of this one.</summary>
    public ConfigProblems ForFile(string file)
    {
        var other = new ConfigProblems(file);
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
