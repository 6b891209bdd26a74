using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>A firing alert, as Prometheus would have it.</summary>
/// <param name="Sentence">What was seen when it began to fire.</param>
internal sealed record FiringAlert(
    AlertRule Rule,
    ImmutableSortedDictionary<string, string> Labels,
    string Sentence,
    DateTimeOffset At
);

/// <summary>Follows successive judgements and determines the firing alerts: findings that have lasted as long as their
/// rule requires.</summary>
internal sealed class AlertTracker(ImmutableDictionary<string, AlertRule> rules, string cluster)
{
    private readonly Dictionary<string, Tracked> _tracked = new(StringComparer.Ordinal);

    public IEnumerable<FiringAlert> Firing => _tracked.Values.Select(tracked => tracked.Firing).OfType<FiringAlert>();

    /// <returns>The alerts that began and that stopped to fire.</returns>
    public (ImmutableArray<FiringAlert> Fired, ImmutableArray<FiringAlert> Ended) Look(
        ClusterAnalysis analysis,
        DateTimeOffset now
    )
    {
        var fired = ImmutableArray.CreateBuilder<FiringAlert>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var finding in AlertFindings.Select(analysis))
        {
            // A firing cause suppresses its symptoms.
            if (
                !rules.TryGetValue(finding.Name, out var rule)
                || Firing.Any(other => rule.SuppressedBy.Contains(other.Rule.Name))
            )
            {
                continue;
            }
            var labels = AlertFindings.CreateLabels(finding, rule, cluster);
            var key = string.Join('\n', labels.Values);
            if (!seen.Add(key))
            {
                continue; // two findings, one alert: a disk of each kind of node
            }
            if (!_tracked.TryGetValue(key, out var tracked))
            {
                _tracked[key] = tracked = new Tracked(rule, now);
            }
            tracked.LastSeen = now;
            if (tracked.Firing is not null || now - tracked.Since < rule.For)
            {
                continue;
            }
            tracked.Firing = new FiringAlert(rule, labels, finding.Sentence, now);
            fired.Add(tracked.Firing);
        }
        var ended = _tracked.Where(entry => !seen.Contains(entry.Key) && entry.Value.IsOver(now)).ToList();
        foreach (var (key, _) in ended)
        {
            _tracked.Remove(key);
        }
        return (fired.DrainToImmutable(), [.. ended.Select(entry => entry.Value.Firing).OfType<FiringAlert>()]);
    }

    private sealed class Tracked(AlertRule rule, DateTimeOffset since)
    {
        public DateTimeOffset Since => since;

        public DateTimeOffset LastSeen { get; set; }

        public FiringAlert? Firing { get; set; }

        /// <summary>A pending alert ends at once; a firing one ends after keep_firing_for.</summary>
        public bool IsOver(DateTimeOffset now) => Firing is null || now - LastSeen >= rule.KeepFiringFor;
    }
}
