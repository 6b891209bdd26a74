using System.Collections.Immutable;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>What the log says of a reload.</summary>
internal static class ReloadText
{
    public const string NotReloaded =
        "configuration not reloaded, the one before stays in force; mend the errors above and send SIGHUP again";

    private const string NoClusterLeft =
        "no cluster is left, which is taken over at a restart alone: a folder that is not mounted looks the same";

    /// <summary>Why it is not taken over; empty where it is good.</summary>
    /// <param name="before">That is in force.</param>
    /// <param name="descriptors">How many files the process may open; null for no limit.</param>
    public static ImmutableArray<string> Errors(ConfigResult result, ExporterConfig before, long? descriptors)
    {
        if (result.Config is not { } config)
        {
            return result.Errors;
        }
        if (config.Clusters.IsEmpty && !before.Clusters.IsEmpty)
        {
            return [NoClusterLeft];
        }
        return FileDescriptors.Objection(config, descriptors) is { } objection ? [objection] : [];
    }

    /// <summary>Files that the configuration names were read again.</summary>
    public static string Renewed(ExporterConfig config) =>
        config.ClusterFiles.IsEmpty
            ? "secrets or certificates renewed"
            : "files of clusters, secrets or certificates read again";

    /// <summary>They were, and are no good.</summary>
    public static string NotRenewed(ExporterConfig config) =>
        $"a file of {(config.ClusterFiles.IsEmpty ? "a secret or certificate" : "clusters, a secret or certificate")} "
        + "has changed and cannot be used, what was read before stays in force; mend the errors above, and it is read "
        + "again within 10 s";
}

/// <summary>Tells what is wrong with a configuration; what is tried again every ten seconds once.</summary>
internal sealed class ReloadLog(ILogger log)
{
    private ImmutableArray<string> _told = [];

    /// <param name="again">It is tried by itself, not because somebody asked.</param>
    /// <returns>False where it was told before, and nothing is to be done.</returns>
    public bool Tell(ImmutableArray<string> warnings, ImmutableArray<string> errors, bool again)
    {
        var known = again && !errors.IsEmpty && errors.SequenceEqual(_told);
        _told = errors;
        if (known)
        {
            return false;
        }
        foreach (var warning in warnings)
        {
            log.Warning("{Warning:l}", warning);
        }
        foreach (var error in errors)
        {
            log.Error("{Error:l}", error);
        }
        return true;
    }
}
