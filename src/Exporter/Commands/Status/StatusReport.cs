using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>One cluster as one poll of it found it.</summary>
/// <param name="Notes">What could not be asked, and how it could: sentences.</param>
internal sealed record StatusReport(ClusterAnalysis Analysis, ImmutableArray<string> Notes)
{
    /// <summary>What would be without something; null where nobody asked.</summary>
    public WhatIf? Without { get; init; }

    /// <summary>What would be without something was asked, and cannot be said: whoever goes by the exit code must not
    /// go on.</summary>
    public bool WithoutUnknown { get; init; }

    /// <summary>Of a running exporter; null where none was asked.</summary>
    public ExporterAlerts? Alerts { get; init; }
}

/// <summary>What one poll says of a cluster, as the exit code that a script reads.</summary>
internal static class StatusVerdict
{
    /// <param name="failOn">The least severity that counts as a finding.</param>
    public static int ExitCode(StatusReport report, Severity failOn) =>
        ClusterVerdict.FromAnalysis(report.Analysis).Kind switch
        {
            VerdictKind.Unknown => ExitCodes.CannotTell,
            _ when report.WithoutUnknown => ExitCodes.CannotTell,
            _ when report.Without?.Harms is true => ExitCodes.Findings,
            _ => report.Analysis.Findings.Any(finding => finding.Severity >= failOn)
                ? ExitCodes.Findings
                : ExitCodes.Done,
        };

    /// <summary>Of several clusters the highest: one that cannot be judged is not lost among those that can.</summary>
    public static int ExitCode(IEnumerable<StatusReport> reports, Severity failOn) =>
        reports.Max(report => ExitCode(report, failOn));
}
