using System.Collections.Immutable;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>Log messages about reloads.</summary>
internal static class ReloadText
{
    public const string NotReloaded =
        "configuration not reloaded, the previous one stays in force; fix the errors above and send SIGHUP again";

    private const string NoClusterLeft =
        "no cluster is left, which is only applied at a restart: a folder that is not mounted looks the same";

    /// <summary>Why the configuration is not applied; empty if it is valid.</summary>
    /// <param name="before">The current configuration.</param>
    /// <param name="descriptors">How many files the process may open; null for no limit.</param>
    public static ImmutableArray<string> FindErrors(ConfigResult result, ExporterConfig before, long? descriptors)
    {
        if (result.Config is not { } config)
        {
            return result.Errors;
        }
        if (config.Clusters.IsEmpty && !before.Clusters.IsEmpty)
        {
            return [NoClusterLeft];
        }
        return DescriptorBudget.FindProblem(config, descriptors) is { } objection ? [objection] : [];
    }

    /// <summary>Message after files that the configuration names were read again.</summary>
    public static string DescribeReloadedFiles(ExporterConfig config) =>
        config.ClusterFiles.IsEmpty
            ? "secrets or certificates renewed"
            : "files of clusters, secrets or certificates read again";

    /// <summary>Message after such files were read again and are invalid.</summary>
    public static string DescribeInvalidFiles(ExporterConfig config) =>
        $"a file of {(config.ClusterFiles.IsEmpty ? "a secret or certificate" : "clusters, a secret or certificate")} "
        + "has changed and cannot be used, the previous content stays in force; fix the errors above, and it is read "
        + "again within 10 s";
}

/// <summary>Logs the problems of a configuration. Problems that an automatic retry finds again are logged
/// once.</summary>
internal sealed class ReloadLog(ILogger log)
{
    private ImmutableArray<string> _lastLogged = [];

    /// <param name="isRetry">The load is an automatic retry, not a request.</param>
    /// <returns>False if the same errors were logged before; nothing is logged then.</returns>
    public bool LogProblems(ImmutableArray<string> warnings, ImmutableArray<string> errors, bool isRetry)
    {
        var known = isRetry && !errors.IsEmpty && errors.SequenceEqual(_lastLogged);
        _lastLogged = errors;
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
