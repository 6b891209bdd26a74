using System.Collections.Immutable;

namespace ClustermgrExporter.Configuration;

/// <summary>Paths of all pages but the metrics, whose path is a setting.</summary>
internal static class PagePaths
{
    public const string Status = "/";
    public const string Runbooks = "/runbooks";
    public const string Healthy = "/-/healthy";
    public const string Ready = "/-/ready";
    public const string Reload = "/-/reload";
    public const string Probe = "/probe";
    public const string ServiceDiscovery = "/sd";

    /// <summary>All paths below it are the API's.</summary>
    public const string Api = "/api/";

    /// <summary>The file of docs/ that <see cref="Runbooks"/> shows.</summary>
    public const string RunbooksFile = "runbooks.md";

    private const string Lifecycle = "/-/";
    private const string Assets = "/assets/";

    /// <summary>Files of docs/ that are served, each by its name at the root: links between them work as they do in the
    /// repository, and the rules link to them where an exporter is their docs_url.</summary>
    public static readonly ImmutableArray<string> Documents = [RunbooksFile, "alerting.md", "metrics.md"];

    public static readonly ImmutableArray<string> All =
    [
        Status,
        Runbooks,
        .. Documents.Select(file => $"/{file}"),
        Healthy,
        Ready,
        Reload,
        Probe,
        ServiceDiscovery,
    ];

    /// <summary>Whether another page is at the path, or may come to be.</summary>
    public static bool IsTaken(string path) =>
        All.Contains(path)
        || ((string[])[Api, Assets, Lifecycle]).Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal));
}
