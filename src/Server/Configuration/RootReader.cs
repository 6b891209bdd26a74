using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads the top level of the file.</summary>
internal static class RootReader
{
    private const int MaxClusters = 10_000;

    private const int DnsPort = 53;

    public static readonly ImmutableArray<string> Keys =
    [
        "poll_interval",
        "timeout",
        "task_interval",
        "disk_interval",
        "service_interval",
        "scheduler_interval",
        "volume_scan_interval",
        "stale_after",
        "max_body_bytes",
        "dns_servers",
        "cluster_files",
        "clusters",
        "alerting",
        "links",
    ];

    public static readonly ImmutableArray<string> LinkKeys = ["grafana", "prometheus", "alertmanager"];

    /// <summary>The result is complete only if there are no errors.</summary>
    /// <param name="alerting">Null if there is no such section.</param>
    public static ExporterConfig? Read(YamlNode root, ConfigContext place, out AlertingConfig? alerting)
    {
        alerting = null;
        if (root.IsNull)
        {
            place.Problems.Error(1, "the file holds no settings; start from exporter.example.yaml");
            return null;
        }

        if (ConfigSection.Open(root, "", place.Problems, Keys) is not { } top)
        {
            return null;
        }
        var config = new ExporterConfig { Clusters = [] };
        config = config with
        {
            PollInterval = top.Duration("poll_interval") ?? config.PollInterval,
            Timeout = top.Duration("timeout") ?? config.Timeout,
            TaskInterval = top.Duration("task_interval") ?? config.TaskInterval,
            DiskInterval = top.Duration("disk_interval") ?? config.DiskInterval,
            ServiceInterval = top.Duration("service_interval") ?? config.ServiceInterval,
            SchedulerInterval = top.DurationOrOff("scheduler_interval") ?? config.SchedulerInterval,
            VolumeScanInterval = ReadVolumeScanInterval(top),
            StaleAfter = ReadStaleAfter(top, place) ?? config.StaleAfter,
            MaxBodyBytes = ReadMaxBodyBytes(top, place) ?? config.MaxBodyBytes,
            DnsServers = ReadDnsServers(top, place),
            Links = ReadLinks(top, place),
        };
        alerting = new AlertingReader(place).Read(top);
        var patterns = ClusterFiles.ReadPatterns(top, place);
        var taken = new NameRegistry();
        var own = top.Has("clusters") || patterns.IsEmpty ? ReadClusters(top, place, taken) : [];
        config = config with
        {
            ClusterFiles = patterns,
            Clusters = [.. own, .. ClusterFiles.Read(patterns, place, taken)],
        };
        if (config.Clusters.Length > MaxClusters)
        {
            place.Problems.Error(0, DescribeTooMany(config.Clusters.Length));
        }
        var line = top.GetLine(top.Has("timeout") ? "timeout" : "poll_interval");
        // A duration that could not be read has its default value here, which must not be compared.
        if (!place.Problems.HasErrors && FindTimeoutWarning(config) is { } warning)
        {
            place.Problems.Warning(line, warning);
        }
        return config;
    }

    /// <summary>Null when the timeout fits into the interval.</summary>
    public static string? FindTimeoutWarning(ExporterConfig config) =>
        config.Timeout <= config.PollInterval
            ? null
            : $"timeout {DurationText.Format(config.Timeout)} is longer than poll_interval "
                + $"{DurationText.Format(config.PollInterval)}: a member that does not answer in time skips polls; "
                + $"set timeout to {DurationText.Format(config.PollInterval)} or less";

    private static int? ReadStaleAfter(ConfigSection top, ConfigContext place)
    {
        if (top.Text("stale_after") is not { } text)
        {
            return null;
        }
        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var polls)
            && polls is >= 1 and <= 100
        )
        {
            return polls;
        }
        place.Problems.Error(
            top.GetLine("stale_after"),
            $"stale_after {Quoted.From(text)} must be a number of failed polls from 1 to 100, as 3"
        );
        return null;
    }

    private static TimeSpan ReadVolumeScanInterval(ConfigSection top)
    {
        const string Key = "volume_scan_interval";
        if (top.Text(Key) is not { } text || text is "0" or "0s")
        {
            return TimeSpan.Zero;
        }
        if (DurationText.ParseUnbounded(text) is { TotalMinutes: >= 1, TotalHours: <= 24 } interval)
        {
            return interval;
        }
        top.Error(Key, $"{Key} {Quoted.From(text)} must be from 1m to 24h, as 1h, or 0 for never");
        return TimeSpan.Zero;
    }

    private static int? ReadMaxBodyBytes(ConfigSection top, ConfigContext place)
    {
        if (top.Text("max_body_bytes") is not { } text)
        {
            return null;
        }
        var bytes = ByteSizeText.Parse(text, out var error);
        if (bytes is null)
        {
            place.Problems.Error(top.GetLine("max_body_bytes"), $"max_body_bytes {error}");
        }
        return bytes;
    }

    private static ImmutableArray<IPEndPoint> ReadDnsServers(ConfigSection top, ConfigContext place)
    {
        var servers = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (var (i, node) in (top.List("dns_servers") ?? []).Index())
        {
            var path = $"{top.GetPath("dns_servers")}[{i}]";
            if (ConfigSection.ReadText(node, path, place.Problems) is not { } text)
            {
                continue;
            }
            if (IPEndPoint.TryParse(text, out var server))
            {
                servers.Add(server.Port == 0 ? new(server.Address, DnsPort) : server);
            }
            else
            {
                place.Problems.Error(
                    node.Line,
                    $"{path} {Quoted.From(text)} is not an address; write one such as 10.0.0.53, 10.0.0.53:8600 or [fd00::53]:53"
                );
            }
        }
        return servers.ToImmutable();
    }

    private static PageLinks ReadLinks(ConfigSection top, ConfigContext place) =>
        top.Node("links") is { } node
        && ConfigSection.Open(node, top.GetPath("links"), place.Problems, LinkKeys) is { } links
            ? new PageLinks
            {
                Grafana = ReadLink(links, "grafana"),
                Prometheus = ReadLink(links, "prometheus"),
                Alertmanager = ReadLink(links, "alertmanager"),
            }
            : new PageLinks();

    /// <summary>Reads a URL to which paths are appended.</summary>
    private static Uri? ReadLink(ConfigSection links, string key)
    {
        var example = $"https://{key}.example.com";
        var url = links.HttpUrl(key, example);
        if (url is null or { Query: "", Fragment: "" })
        {
            return url;
        }
        links.Error(key, $"{links.GetPath(key)} has a query or a fragment; write it without, as {example}");
        return null;
    }

    /// <summary>The clusters of one file.</summary>
    public static ImmutableArray<ClusterConfig> ReadClusters(ConfigSection top, ConfigContext place, NameRegistry taken)
    {
        if (!top.Has("clusters"))
        {
            place.Problems.Error(top.Line, "clusters is missing; list at least one cluster with name and members");
        }
        if (top.List("clusters") is not { } nodes)
        {
            return [];
        }
        var line = top.GetLine("clusters");
        if (nodes.Count == 0)
        {
            place.Problems.Error(line, "clusters is empty; list at least one cluster with name and members");
        }
        if (nodes.Count > MaxClusters)
        {
            place.Problems.Error(line, DescribeTooMany(nodes.Count));
            return [];
        }

        var reader = new ClusterReader(place, taken);
        return [.. nodes.Select((node, i) => reader.Read(node, $"clusters[{i}]")).OfType<ClusterConfig>()];
    }

    private static string DescribeTooMany(int clusters) =>
        $"clusters has {clusters} entries; one exporter polls at most {MaxClusters}, share them out among several";
}
