using System.Collections.Immutable;
using ClustermgrExporter.Alerting.PromQl;
using ClustermgrExporter.Alerting.Templates;
using ClustermgrExporter.Telemetry;

namespace ClustermgrExporter.Alerting;

internal enum AlertState
{
    Pending,
    Firing,
    Resolved,
}

/// <summary>An alert, from the moment at which its rule first held. Instants are steady seconds, as those of the
/// samples.</summary>
internal sealed class ActiveAlert(Rule rule, LabelSet labels, double activeAt)
{
    public Rule Rule => rule;

    /// <summary>With alertname and those of the rule.</summary>
    public LabelSet Labels => labels;

    public AlertState State { get; set; }

    /// <summary>Value of the expression at the last instant at which it held.</summary>
    public double Value { get; set; }

    /// <summary>Since when the rule holds.</summary>
    public double ActiveAt { get; set; } = activeAt;

    public double? FiredAt { get; set; }

    public double? ResolvedAt { get; set; }

    /// <summary>Since when it keeps firing although its rule no longer holds (keep_firing_for).</summary>
    public double? KeepFiringSince { get; set; }

    /// <summary>Its rule held at the last instant.</summary>
    public bool IsActiveNow { get; set; }

    /// <summary>Whether it is from before a restart of this program.</summary>
    public bool Restored { get; init; }

    /// <summary>When it began to fire, in wall-clock time. It does not change once it was sent.</summary>
    public DateTimeOffset? StartsAt { get; set; }

    /// <summary><see cref="ActiveAt"/> in wall-clock time, as it was saved.</summary>
    public DateTimeOffset? ActiveAtWall { get; set; }

    /// <summary>When it ended, in wall-clock time.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The annotations from the last instant at which it held.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Annotations { get; set; }

    /// <summary>When it was last passed to the queues; null if never.</summary>
    public double? LastQueuedAt { get; set; }

    /// <param name="now">Steady seconds, at the same moment as <paramref name="wall"/>.</param>
    public AlertView ToView(double now, DateTimeOffset wall)
    {
        var since = wall - TimeSpan.FromSeconds(now - ActiveAt);
        return new(
            DirectRules.ShortName(Rule),
            Labels.Pairs.ToImmutableSortedDictionary(StringComparer.Ordinal),
            since,
            State == AlertState.Pending ? since + Rule.For : null
        );
    }
}

/// <summary>Evaluates rules over one store of series, at one instant after the other, with Prometheus'
/// semantics.</summary>
internal sealed class RuleEvaluator(AlertRules rules, SeriesStore store)
{
    private const string Alerts = "ALERTS";

    /// <summary>Seconds for which a resolved alert is kept and sent again.</summary>
    public const double ResolvedRetentionSeconds = 15 * 60;

    private readonly Dictionary<(Rule, LabelSet), ActiveAlert> _active = [];

    /// <summary>Pending, firing, and resolved for less than <see cref="ResolvedRetentionSeconds"/>.</summary>
    public IReadOnlyCollection<ActiveAlert> Active => _active.Values;

    /// <summary>Rules that could not be evaluated at the last instant, with the reason.</summary>
    public Dictionary<string, string> Failures { get; } = new(StringComparer.Ordinal);

    private double _restoredUntilSeconds = double.NegativeInfinity;

    /// <summary>Restores alerts that were pending or firing before a restart.</summary>
    /// <param name="until">Steady seconds until which alerts are kept although their rules do not hold, which none does
    /// before the first polls. A rule that looks back extends this by its lookback.</param>
    public void Restore(IEnumerable<ActiveAlert> alerts, double until)
    {
        _restoredUntilSeconds = until;
        foreach (var alert in alerts)
        {
            _active[(alert.Rule, alert.Labels)] = alert;
        }
    }

    /// <summary>Evaluates all rules, after the samples of the instant were added.</summary>
    public void Evaluate(Instant at)
    {
        Failures.Clear();
        foreach (var rule in rules.All)
        {
            try
            {
                var found = rule.Expression.IsScalar
                    ? [new Element(store.Labels.Empty, rule.Expression.EvaluateScalar(at))]
                    : rule.Expression.EvaluateVector(at);
                if (rule.IsAlert)
                {
                    Raise(rule, found, at);
                }
                else
                {
                    Record(rule, found, at);
                }
            }
            catch (EvaluationException e)
            {
                // Its alerts stay as they are, as Prometheus has it.
                Failures[rule.Name] = e.Message;
            }
        }
    }

    /// <summary>The annotations of an alert, rendered at this instant.</summary>
    public static IEnumerable<KeyValuePair<string, string>> RenderAnnotations(
        ActiveAlert alert,
        Instant at,
        IReadOnlyDictionary<string, string> externalLabels
    )
    {
        var context = new TemplateContext(
            alert.Labels.Pairs.ToDictionary(),
            externalLabels,
            alert.Value,
            text => Query(text, at)
        );
        foreach (var (name, template) in alert.Rule.Annotations)
        {
            yield return KeyValuePair.Create(name, Render(template, context));
        }
    }

    private static string Render(AlertTemplate template, TemplateContext context)
    {
        try
        {
            return template.Render(context);
        }
        catch (Exception e) when (e is FormatException or EvaluationException)
        {
            return $"<error expanding template: {e.Message}>"; // an alert with half a text is better than none
        }
    }

    private static List<QueryRow> Query(string text, Instant at) =>
        [
            .. PromQlParser
                .Parse(text)
                .EvaluateVector(at)
                .Select(element => new QueryRow(element.Labels.Pairs.ToDictionary(), element.Value)),
        ];

    private void Record(Rule rule, List<Element> found, Instant at)
    {
        foreach (var element in found)
        {
            store.Add(rule.Name, element.Labels, at.Sample, element.Value);
        }
    }

    private void Raise(Rule rule, List<Element> found, Instant at)
    {
        var holding = new HashSet<LabelSet>();
        foreach (var element in found)
        {
            var labels = rule
                .Labels.Append(KeyValuePair.Create("alertname", rule.Name))
                .Aggregate(element.Labels, (set, label) => set.With(label.Key, label.Value));
            if (!holding.Add(labels))
            {
                throw new EvaluationException($"two of its alerts have the labels {labels}");
            }
            if (!_active.TryGetValue((rule, labels), out var alert) || alert.State == AlertState.Resolved)
            {
                _active[(rule, labels)] = alert = new(rule, labels, at.SteadySeconds);
            }
            alert.Value = element.Value;
            alert.KeepFiringSince = null;
        }
        foreach (var alert in _active.Values.Where(alert => alert.Rule == rule).ToList())
        {
            var holds = alert.IsActiveNow = holding.Contains(alert.Labels);
            if (
                !holds
                && !(alert.Restored && at.SteadySeconds < _restoredUntilSeconds + rule.LookbackSeconds)
                && !KeepsFiring(alert, at.SteadySeconds)
            )
            {
                End(alert, at.SteadySeconds);
                continue;
            }
            if (
                holds
                && alert.State == AlertState.Pending
                && at.SteadySeconds - alert.ActiveAt >= rule.For.TotalSeconds
            )
            {
                alert.State = AlertState.Firing;
                alert.FiredAt = at.SteadySeconds;
            }
            var state = alert.State == AlertState.Firing ? "firing" : "pending";
            store.Add(Alerts, alert.Labels.With("alertstate", state), at.Sample, 1);
        }
    }

    private static bool KeepsFiring(ActiveAlert alert, double now)
    {
        if (alert.State != AlertState.Firing || alert.Rule.KeepFiringFor == TimeSpan.Zero)
        {
            return false;
        }
        alert.KeepFiringSince ??= now;
        return now - alert.KeepFiringSince < alert.Rule.KeepFiringFor.TotalSeconds;
    }

    private void End(ActiveAlert alert, double now)
    {
        if (alert.State == AlertState.Firing)
        {
            alert.State = AlertState.Resolved;
            alert.ResolvedAt = now;
        }
        else if (alert.State == AlertState.Pending || now - alert.ResolvedAt > ResolvedRetentionSeconds)
        {
            _active.Remove((alert.Rule, alert.Labels));
        }
    }
}
