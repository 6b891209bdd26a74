using ClustermgrExporter.Clusters;

namespace ClustermgrExporter.Cli;

/// <summary>What one poll says of a cluster, as the exit code that a script reads.</summary>
internal static class StatusVerdict
{
    public const int Healthy = 0, Findings = 1, CannotTell = 2;

    public static int ExitCode(ClusterAnalysis analysis) => ClusterVerdict.Of(analysis).Kind switch
    {
        VerdictKind.Healthy => Healthy,
        VerdictKind.Findings => Findings,
        _ => CannotTell,
    };
}
