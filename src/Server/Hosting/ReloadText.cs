using Clustermgr.Configuration;

namespace ClustermgrExporter.Hosting;

/// <summary>What the log says of a reload.</summary>
internal static class ReloadText
{
    public const string NotReloaded =
        "configuration not reloaded, the one before stays in force; mend the errors above and send SIGHUP again";

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
