using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>The result of one poll of a cluster.</summary>
/// <param name="Notes">Sentences about what could not be asked, and what to do.</param>
internal sealed record StatusReport(ClusterAnalysis Analysis, ImmutableArray<string> Notes)
{
    /// <summary>The effect of a removal; null when none was to be simulated.</summary>
    public RemovalImpact? Impact { get; init; }

    /// <summary>True when a removal was to be simulated and its effect is unknown: a script that uses the exit code
    /// must not go on.</summary>
    public bool IsImpactUnknown { get; init; }

    /// <summary>Alerts of a running exporter; null when none was asked.</summary>
    public ExporterAlerts? Alerts { get; init; }
}

/// <summary>The exit codes of status.</summary>
internal static class StatusVerdict
{
    /// <param name="failOn">The least severity that counts as a finding.</param>
    public static int ExitCode(StatusReport report, Severity failOn) =>
        ClusterVerdict.FromAnalysis(report.Analysis).Kind switch
        {
            VerdictKind.Unknown => ExitCodes.CannotTell,
            _ when report.IsImpactUnknown => ExitCodes.CannotTell,
            _ when report.Impact?.IsHarmful is true => ExitCodes.Findings,
            _ => report.Analysis.Findings.Any(finding => finding.Severity >= failOn)
                ? ExitCodes.Findings
                : ExitCodes.Done,
        };

    /// <summary>The highest code of several clusters, so that one that cannot be judged is not hidden by
    /// others.</summary>
    public static int ExitCode(IEnumerable<StatusReport> reports, Severity failOn) =>
        reports.Max(report => ExitCode(report, failOn));
}
