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
/// cluster's page with probe_success. Each selection has a compressed page of its own, as the whole page has, so that a
/// flood of scrapes of it costs no more than one.
/// </summary>
internal sealed class SelectedMetrics(ClusterRegistry registry, IOwnLines own, TimeProvider clock)
{
    /// <summary>A Prometheus asks for each cluster apart; beyond it all are made anew.</summary>
    private const int MostKept = 20_000;

    /// <summary>Before the deadline of the scrape: the answer has to travel.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromMilliseconds(500);

    /// <summary>Where the scraper does not say how long it waits.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(9.5);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, MetricsEndpoint> _kept = new(StringComparer.Ordinal);

    /// <summary>/metrics?cluster=NAME: those clusters, and the exporter's own series.</summary>
    public Task MetricsAsync(HttpContext context)
    {
        var names = context.Request.Query["cluster"];
        return Unknown(names) is { } unknown
            ? unknown.WriteAsync(context)
            : Endpoint($"m{Key(names)}", () => new MetricsEndpoint(() => Pages(names), own, clock))
                .InvokeAsync(context);
    }

    /// <summary>/probe?cluster=NAME. A cluster that was just found is waited for as long as the scrape allows.</summary>
    public async Task ProbeAsync(HttpContext context)
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
        if (Unknown(names) is { } unknown)
        {
            await unknown.WriteAsync(context);
            return;
        }
        await HeardAsync(context, names[0]!);
        var lines = new ProbeLines(() => Find(names[0]!) is { } poller && Answers(poller), own);
        await Endpoint($"p{Key(names)}", () => new MetricsEndpoint(() => Pages(names), lines, clock))
            .InvokeAsync(context);
    }

    /// <summary>At least one of its members answers for itself.</summary>
    public static bool Answers(ClusterPoller poller) =>
        poller.State.Snapshot.PolledOnce && ClusterFacts.Up(poller.State.Analysis) > 0;

    private async Task HeardAsync(HttpContext context, string name)
    {
        var began = clock.GetTimestamp();
        var patience = Patience(context.Request.Headers["X-Prometheus-Scrape-Timeout-Seconds"]);
        while (Find(name) is { PolledOnce: false } && clock.GetElapsedTime(began) < patience)
        {
            await Task.Delay(s_look, clock, context.RequestAborted);
        }
    }

    private static TimeSpan Patience(string? seconds) =>
        double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var known)
        && known is > 0 and < 3600
            ? TimeSpan.FromSeconds(known) - s_margin
            : s_patience;

    private MetricsEndpoint Endpoint(string key, Func<MetricsEndpoint> make)
    {
        if (_kept.TryGetValue(key, out var kept))
        {
            return kept;
        }
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }
        return _kept.GetOrAdd(key, _ => make());
    }

    /// <summary>In the order of the configuration, each once; one that a reload has taken away is left out.</summary>
    private ImmutableArray<ClusterPage> Pages(StringValues names) =>
        [
            .. registry
                .Clusters.Where(poller => names.Contains(poller.Cluster.Name))
                .Select(poller => poller.State.Published.Page),
        ];

    private ClusterPoller? Find(string name) => registry.Clusters.FirstOrDefault(poller => poller.Cluster.Name == name);

    /// <summary>Null where all are configured.</summary>
    private UnknownCluster? Unknown(StringValues names)
    {
        var unknown = names.FirstOrDefault(name => Find(name ?? "") is null);
        return unknown is null && names.Count > 0
            ? null
            : new UnknownCluster(
                unknown ?? "",
                NearestWord.Find(unknown ?? "", registry.Clusters.Select(poller => poller.Cluster.Name))
            );
    }

    /// <summary>The same for the same clusters in any order. No name holds a line end.</summary>
    private static string Key(StringValues names) =>
        string.Join('\n', names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

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

/// <summary>The last series of a probe's page.</summary>
/// <param name="success">Asked once for each page that is made.</param>
/// <param name="own">Is told of scrapes, as of those of the whole page.</param>
internal sealed class ProbeLines(Func<bool> success, IOwnLines own) : IOwnLines
{
    private static readonly OwnLines s_success = Make(1),
        s_failure = Make(0);

    public OwnLines Last => success() ? s_success : s_failure;

    public ValueTask<OwnLines> CurrentAsync() => ValueTask.FromResult(Last);

    public void Scraped() => own.Scraped();

    private static OwnLines Make(int value)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # HELP probe_success 1 where at least one member of the cluster answers for itself.
            # TYPE probe_success gauge
            probe_success {value}

            """
        );
        return new OwnLines(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes($"{text}# EOF\n"));
    }
}
