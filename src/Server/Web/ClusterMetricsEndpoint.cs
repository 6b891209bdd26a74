using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Clustermgr.Analysis;
using Clustermgr.Formatting;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ClustermgrExporter.Web;

/// <summary>
/// Pages of metrics of some clusters: /metrics?cluster=NAME, which may be repeated, and /probe?cluster=NAME, one
/// cluster's page with probe_success. One cluster's page is compressed once for all who scrape it, like the whole page;
/// a page of several clusters is not cached, since there are more selections than memory could hold.
/// </summary>
internal sealed class ClusterMetricsEndpoint(ClusterRegistry registry, IExporterLines exporterLines, TimeProvider clock)
{
    private const int MaxNames = 100;

    /// <summary>Time before the deadline of the scrape, for the answer to arrive.</summary>
    private static readonly TimeSpan DeadlineMargin = TimeSpan.FromMilliseconds(500);

    /// <summary>Time to wait if the scraper sends no timeout.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(9.5);

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, MetricsEndpoint> _endpoints = new(StringComparer.Ordinal);

    /// <summary>/metrics?cluster=NAME: those clusters, and the exporter's own series.</summary>
    public async Task ServeMetricsAsync(HttpContext context)
    {
        var names = context.Request.Query["cluster"];
        if (names is [{ } one] && registry.Find(one) is not null)
        {
            await GetOrAddEndpoint($"m{one}", () => new MetricsEndpoint(() => Pages(names), exporterLines, clock))
                .InvokeAsync(context);
            return;
        }
        await Task.Yield(); // off the thread of the socket
        if (names.Count > MaxNames)
        {
            await PlainText.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                $"{names.Count} clusters are named; name {MaxNames} at most, or leave them out for all\n"
            );
        }
        else if (FindUnknown(names) is { } unknown)
        {
            await unknown.WriteAsync(context);
        }
        else
        {
            await new MetricsEndpoint(() => Pages(names), exporterLines, clock, compresses: false).InvokeAsync(context);
        }
    }

    /// <summary>/probe?cluster=NAME. Waits for the first poll of a new cluster as long as the scrape timeout
    /// allows.</summary>
    public async Task ServeProbeAsync(HttpContext context)
    {
        var names = context.Request.Query["cluster"];
        if (names.Count != 1)
        {
            await PlainText.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                names.Count == 0
                    ? "name the cluster to probe, as /probe?cluster=NAME; /sd lists them all\n"
                    : "name one cluster; /metrics?cluster=A&cluster=B takes several\n"
            );
            return;
        }
        if (FindUnknown(names) is { } unknown)
        {
            await unknown.WriteAsync(context);
            return;
        }
        try
        {
            await WaitForFirstPollAsync(context, names[0]!);
        }
        catch (OperationCanceledException)
        {
            return; // the scraper has disconnected
        }
        var lines = new ProbeLines(() => registry.Find(names[0]!) is { } poller && Answers(poller), exporterLines);
        await GetOrAddEndpoint($"p{names[0]}", () => new MetricsEndpoint(() => Pages(names), lines, clock))
            .InvokeAsync(context);
    }

    /// <summary>Whether at least one of its members answers for itself.</summary>
    private static bool Answers(ClusterPoller poller) =>
        poller.Publication.Snapshot.PolledOnce && ClusterFacts.Up(poller.Publication.Analysis) > 0;

    private async Task WaitForFirstPollAsync(HttpContext context, string name)
    {
        var began = clock.GetTimestamp();
        var patience = ParseTimeout(context.Request.Headers["X-Prometheus-Scrape-Timeout-Seconds"]);
        while (registry.Find(name) is { PolledOnce: false } && clock.GetElapsedTime(began) < patience)
        {
            await Task.Delay(CheckInterval, clock, context.RequestAborted);
        }
    }

    private static TimeSpan ParseTimeout(string? seconds) =>
        double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var known)
        && known is > 0 and < 3600
            ? TimeSpan.FromSeconds(known) - DeadlineMargin
            : DefaultTimeout;

    /// <summary>The cached endpoint of a key; at most two per cluster. The cache is cleared when it has too many
    /// entries of removed clusters.</summary>
    private MetricsEndpoint GetOrAddEndpoint(string key, Func<MetricsEndpoint> make)
    {
        if (_endpoints.TryGetValue(key, out var kept))
        {
            return kept;
        }
        if (_endpoints.Count > 2 * registry.Pages.Length)
        {
            _endpoints.Clear();
        }
        return _endpoints.GetOrAdd(key, _ => make());
    }

    /// <summary>The pages of the named clusters, each once, in the given order; without clusters that a reload has
    /// removed.</summary>
    private ImmutableArray<ClusterPage> Pages(StringValues names) =>
        [
            .. names
                .Distinct(StringComparer.Ordinal)
                .Select(name => registry.Find(name!)?.Publication.Page)
                .OfType<ClusterPage>(),
        ];

    /// <summary>The first unknown cluster; null if all are configured.</summary>
    private UnknownCluster? FindUnknown(StringValues names)
    {
        var unknown = names.FirstOrDefault(name => registry.Find(name ?? "") is null);
        return unknown is null && names.Count > 0
            ? null
            : new UnknownCluster(
                unknown ?? "",
                WordSuggestion.Find(unknown ?? "", registry.Clusters.Select(poller => poller.Cluster.Name))
            );
    }

    private sealed record UnknownCluster(string Name, string? Nearest)
    {
        public Task WriteAsync(HttpContext context) =>
            PlainText.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                $"no cluster {Quoted.From(Name)} is configured"
                    + (Nearest is null ? "; /sd lists them all\n" : $"; did you mean {Quoted.From(Nearest)}?\n")
            );
    }
}

/// <summary>The lines that end a probe's page: probe_success.</summary>
/// <param name="success">Evaluated once per page.</param>
/// <param name="exporterLines">Records the scrapes, as for the whole page.</param>
internal sealed class ProbeLines(Func<bool> success, IExporterLines exporterLines) : IExporterLines
{
    private static readonly ExporterLines SuccessLines = Make(1),
        FailureLines = Make(0);

    public ExporterLines Last => success() ? SuccessLines : FailureLines;

    public ValueTask<ExporterLines> CurrentAsync() => ValueTask.FromResult(Last);

    public void RecordScrape(bool whole) => exporterLines.RecordScrape(whole: false);

    private static ExporterLines Make(int value)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # HELP probe_success 1 if at least one member of the cluster answers for itself, 0 if none does.
            # TYPE probe_success gauge
            probe_success {value}

            """
        );
        return new ExporterLines(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes($"{text}# EOF\n"));
    }
}
