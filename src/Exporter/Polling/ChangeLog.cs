using ClustermgrExporter.Clusters;
using Serilog;

namespace ClustermgrExporter.Polling;

/// <summary>One log line per change of state, none per poll.</summary>
internal static class ChangeLog
{
    public static void Write(ILogger log, string cluster, Change change)
    {
        var line = log.ForContext("cluster", cluster);
        if (change.Subject.Length > 0) line = line.ForContext(change.Kind, change.Subject);
        if (change.Bad) line.Warning("{Sentence:l}", change.Sentence);
        else line.Information("{Sentence:l}", change.Sentence);
    }
}
