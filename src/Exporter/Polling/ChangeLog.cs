using ClustermgrExporter.Clusters;
using Serilog;

namespace ClustermgrExporter.Polling;

/// <summary>One log line per change of state, none per poll.</summary>
internal static class ChangeLog
{
    public static void Write(ILogger log, ClusterAnalysis before, ClusterAnalysis after)
    {
        foreach (var change in ClusterChanges.Between(before, after))
        {
            var line = log.ForContext("cluster", after.Snapshot.Cluster);
            if (change.Subject.Length > 0) line = line.ForContext(change.Kind, change.Subject);
            if (change.Bad) line.Warning("{Sentence:l}", change.Sentence);
            else line.Information("{Sentence:l}", change.Sentence);
        }
    }
}
