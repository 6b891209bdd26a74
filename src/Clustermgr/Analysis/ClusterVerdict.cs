using Clustermgr.Formatting;

namespace Clustermgr.Analysis;

/// <summary>What the findings come to.</summary>
internal enum VerdictKind
{
    Healthy,
    Findings,

    /// <summary>Not every member was polled yet, or none answers.</summary>
    Unknown,
}

/// <summary>One cluster in a word for scripts and in words for people.</summary>
internal sealed record ClusterVerdict(VerdictKind Kind, string Words)
{
    /// <summary>Reads the findings, and judges nothing itself.</summary>
    public static ClusterVerdict FromAnalysis(ClusterAnalysis analysis)
    {
        var (findings, sidecar) = (analysis.Findings, analysis.Snapshot.Rules.Sidecar);
        if (findings.Any(finding => finding.Name == "ClusterBlind"))
        {
            return new(
                VerdictKind.Unknown,
                $"cannot tell, {(sidecar ? "the member does not answer" : "no member answers")} for itself"
            );
        }
        if (!analysis.Snapshot.PolledOnce)
        {
            return new(VerdictKind.Unknown, "cannot tell, not every member could be asked in time");
        }
        if (findings.IsEmpty)
        {
            return new(VerdictKind.Healthy, sidecar ? NoFindingAt(analysis.Snapshot.Members.Length) : "healthy");
        }
        var pages = findings.Count(finding => finding.Severity == Severity.Page);
        string[] counts = [Some(pages, "page"), Some(findings.Length - pages, "ticket")];
        return new(
            VerdictKind.Findings,
            $"not healthy, {string.Join(" and ", counts.Where(count => count.Length > 0))}"
        );
    }

    private static string NoFindingAt(int asked) =>
        $"no finding at the {(asked == 1 ? "one member that was" : $"{asked} members that were")} asked; what only "
        + $"the others know is not judged";

    private static string Some(int number, string noun) => number == 0 ? "" : Pluralizer.Count(number, noun);
}
