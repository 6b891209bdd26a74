using ClustermgrExporter.Clusters;
using ClustermgrExporter.Config;

namespace ClustermgrExporter.Cli;

/// <summary>What one poll says of a cluster, for a script and for people.</summary>
internal sealed record StatusVerdict(int ExitCode, string Words)
{
    public const int Healthy = 0, Findings = 1, CannotTell = 2;

    /// <summary>Reads the findings, and judges nothing itself.</summary>
    public static StatusVerdict Of(ClusterAnalysis analysis)
    {
        var (findings, sidecar) = (analysis.Findings, analysis.Snapshot.Rules.Sidecar);
        if (findings.Any(finding => finding.Name == "ClusterBlind"))
            return new(CannotTell, $"cannot tell, {(sidecar ? "the member does not answer" : "no member answers")} for itself");
        if (!analysis.Snapshot.PolledOnce) return new(CannotTell, "cannot tell, not every member could be asked in time");
        if (findings.IsEmpty)
        {
            return new(Healthy, sidecar
                ? "no finding at the one member that was asked; what only the others know is not judged"
                : "healthy");
        }
        var pages = findings.Count(finding => finding.Severity == Severity.Page);
        string[] counts = [Some(pages, "page"), Some(findings.Length - pages, "ticket")];
        return new(Findings, $"not healthy, {string.Join(" and ", counts.Where(count => count.Length > 0))}");
    }

    private static string Some(int number, string noun) => number == 0 ? "" : Counted.Of(number, noun);
}
