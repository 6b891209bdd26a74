using System.Collections.Immutable;
using Clustermgr.Formatting;
using ClustermgrExporter.Alerting.PromQl;
using ClustermgrExporter.Alerting.Templates;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Alerting;

/// <summary>A recording or alerting rule, as in Prometheus.</summary>
/// <param name="Name">Name of the series, or of the alert with its prefix.</param>
/// <param name="For">How long it must hold before it fires.</param>
/// <param name="KeepFiringFor">How long it keeps firing after its expression no longer holds.</param>
internal sealed record Rule(
    string Name,
    bool IsAlert,
    Expression Expression,
    TimeSpan For,
    TimeSpan KeepFiringFor,
    ImmutableArray<KeyValuePair<string, string>> Labels,
    ImmutableArray<KeyValuePair<string, AlertTemplate>> Annotations
)
{
    /// <summary>How far back its expression looks, in seconds.</summary>
    public double LookbackSeconds { get; } =
        Expression
            .All()
            .Select(part =>
                part switch
                {
                    RangeExpression range => range.LookbackSeconds,
                    Selector selector => selector.OffsetSeconds,
                    _ => 0,
                }
            )
            .DefaultIfEmpty()
            .Max();

    /// <summary>Metrics that its expression reads.</summary>
    public IEnumerable<string> Metrics => Expression.All().OfType<Selector>().Select(selector => selector.Metric);
}

/// <summary>The rules of a file, in file order.</summary>
internal sealed class AlertRules
{
    /// <summary>Shortest lookback in seconds: an instant selector needs only the newest sample, with room for a late
    /// one.</summary>
    private const double MinLookbackSeconds = 60;

    /// <summary>Lookback in seconds for metrics that annotations query.</summary>
    private const double AnnotationLookbackSeconds = 300;

    private readonly Dictionary<string, double> _lookbackSeconds = new(StringComparer.Ordinal);
    private readonly ILookup<string, Selector> _selectors;
    private readonly HashSet<string> _annotationMetrics;

    private AlertRules(ImmutableArray<Rule> all)
    {
        All = all;
        SelfReferencing =
        [
            .. all.Where(rule => !rule.IsAlert && rule.Metrics.Contains(rule.Name)).Select(rule => rule.Name),
        ];
        _selectors = all.SelectMany(rule => rule.Expression.All())
            .OfType<Selector>()
            .ToLookup(selector => selector.Metric, StringComparer.Ordinal);
        _annotationMetrics = [.. all.SelectMany(rule => rule.Annotations).SelectMany(text => text.Value.Metrics)];
        foreach (var metric in _annotationMetrics)
        {
            ExtendLookback(metric, AnnotationLookbackSeconds);
        }
        foreach (var expression in all.SelectMany(rule => rule.Expression.All()))
        {
            switch (expression)
            {
                case RangeExpression range:
                    ExtendLookback(range.Parts.OfType<Selector>().First().Metric, range.LookbackSeconds);
                    break;
                case Selector selector:
                    ExtendLookback(selector.Metric, selector.OffsetSeconds);
                    break;
            }
        }
    }

    public ImmutableArray<Rule> All { get; }

    /// <summary>Recording rules that read their own previous values, which nothing else knows.</summary>
    public ImmutableArray<string> SelfReferencing { get; }

    /// <summary>Whether any rule reads it.</summary>
    public bool UsesMetric(string metric) => _lookbackSeconds.ContainsKey(metric);

    /// <summary>Whether any rule reads a series of it with these labels.</summary>
    public bool UsesSeries(string metric, LabelSet labels) =>
        _annotationMetrics.Contains(metric) || _selectors[metric].Any(selector => selector.Matches(labels));

    /// <summary>How far back they look at a metric, in seconds.</summary>
    public double GetLookbackSeconds(string metric) =>
        _lookbackSeconds.GetValueOrDefault(metric, MinLookbackSeconds) + MinLookbackSeconds;

    /// <summary>The longest lookback of all metrics.</summary>
    public double MaxLookbackSeconds => _lookbackSeconds.Values.DefaultIfEmpty().Max() + MinLookbackSeconds;

    public AlertRules Where(Func<Rule, bool> predicate) => new([.. All.Where(predicate)]);

    /// <exception cref="FormatException">It is not a file of rules, or uses something that is not supported; the
    /// message says what.</exception>
    public static AlertRules Parse(string text, string name)
    {
        var problems = new ConfigProblems(name);
        var root = YamlTree.Parse(text, problems);
        if (root is null || problems.HasErrors)
        {
            throw new FormatException(string.Join('\n', problems.ToResult(null).Errors));
        }
        return new([
            .. GetRequired(root, "groups")
                .Items.SelectMany(group => GetRequired(group, "rules").Items)
                .Select(rule => Read(rule, name)),
        ]);
    }

    private static Rule Read(YamlNode rule, string name)
    {
        var isAlert = GetOptional(rule, "alert") is not null;
        var called = GetRequired(rule, isAlert ? "alert" : "record").Text;
        try
        {
            return new(
                called,
                isAlert,
                PromQlParser.Parse(GetRequired(rule, "expr").Text),
                Duration(rule, "for"),
                Duration(rule, "keep_firing_for"),
                [.. Pairs(rule, "labels")],
                [
                    .. Pairs(rule, "annotations")
                        .Select(pair => KeyValuePair.Create(pair.Key, AlertTemplate.Parse(pair.Value))),
                ]
            );
        }
        catch (FormatException e)
        {
            throw new FormatException($"{name}:{rule.Line}: {called}: {e.Message}", e);
        }
    }

    private void ExtendLookback(string metric, double seconds) =>
        _lookbackSeconds[metric] = Math.Max(_lookbackSeconds.GetValueOrDefault(metric), seconds);

    private static YamlNode? GetOptional(YamlNode map, string key) =>
        map.Entries.FirstOrDefault(entry => entry.Key.Text == key).Value;

    private static YamlNode GetRequired(YamlNode map, string key) =>
        GetOptional(map, key) ?? throw new FormatException($"line {map.Line}: {key} is missing");

    private static TimeSpan Duration(YamlNode rule, string key) =>
        GetOptional(rule, key) is not { } text ? TimeSpan.Zero
        : DurationText.ParseUnbounded(text.Text) is { } duration ? duration
        : throw new FormatException($"{key} {text.Text} is not a duration");

    private static IEnumerable<KeyValuePair<string, string>> Pairs(YamlNode rule, string key) =>
        (GetOptional(rule, key)?.Entries ?? []).Select(entry => KeyValuePair.Create(entry.Key.Text, entry.Value.Text));
}
