using System.Collections.Immutable;
using Clustermgr.Analysis;
using ClustermgrExporter.Commands;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The status pages of an incident's exporters, scrape by scrape.</summary>
internal sealed class StatusStory
{
    private readonly AlertTracker _tracker = new(AlertRule.LoadShipped(), "prod");
    private readonly Dictionary<TimeSpan, ImmutableArray<Finding>> _findings = [];
    private readonly List<FiringAlert> _raised = [];

    /// <summary>What a rehearsal would have sent; empty with several exporters, which a rehearsal never has.</summary>
    public IReadOnlyList<FiringAlert> Raised => _raised;

    public void Look(TimeSpan at, ImmutableArray<ClusterAnalysis> exporters)
    {
        _findings[at] = [.. exporters.SelectMany(exporter => ClusterFacts.Findings(exporter))];
        if (exporters is [var only])
        {
            _raised.AddRange(_tracker.Look(only, DateTimeOffset.UnixEpoch + at).Fired);
        }
    }

    /// <summary>Findings on any of the pages between two times, both included.</summary>
    public IEnumerable<Finding> Between(TimeSpan from, TimeSpan to) =>
        _findings.Where(page => page.Key >= from && page.Key <= to).SelectMany(page => page.Value);
}
