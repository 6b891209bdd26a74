using System.Globalization;
using System.Text.Json.Nodes;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>The programs between an exporter and a person: Prometheus with the shipped rules, Alertmanager with the
/// shipped routes and inhibitions, and a receiver of notifications.</summary>
internal sealed class AlertChain : IAsyncDisposable
{
    public const string Pages = "pages";
    public const string Tickets = "tickets";
    public const string Watchdog = "watchdog";

    /// <summary>Time limit for events that must happen eventually, even on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private const int ComplaintsShown = 5;
    private const int ComplaintLength = 600;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private readonly TempFolder _folder = new();
    private readonly DateTimeOffset _started = TimeProvider.System.GetUtcNow();
    private WebhookReceiver? _receiver;
    private AlertmanagerProcess? _alertmanager;
    private PrometheusProcess? _prometheus;

    private AlertChain() { }

    /// <summary>Whether Debian's programs are installed; if not, <see cref="Need"/> skips the test.</summary>
    public static bool CanRun => Programs.Exist("prometheus", AlertmanagerProcess.Program);

    public WebhookReceiver Receiver => _receiver!;

    public PrometheusProcess Prometheus => _prometheus!;

    public string RulesPath => Path.Combine(_folder.Path, "rules.yaml");

    public static void Need()
    {
        Programs.Need("prometheus", "prometheus");
        Programs.Need(AlertmanagerProcess.Program, AlertmanagerProcess.Program);
    }

    /// <param name="rules">The rules; those of alerts/ unless given.</param>
    /// <param name="routes">Changes the routes of alerts/.</param>
    public static async Task<AlertChain> StartAsync(
        IEnumerable<Uri> exporters,
        CancellationToken ct,
        string? rules = null,
        Func<string, string>? routes = null
    )
    {
        var chain = new AlertChain();
        try
        {
            chain._receiver = new WebhookReceiver();
            var shipped = ShippedAlerts.Alertmanager(chain.Receiver.Root);
            chain._alertmanager = await AlertmanagerProcess.StartAsync(routes?.Invoke(shipped) ?? shipped, ct);
            await File.WriteAllTextAsync(chain.RulesPath, rules ?? ShippedAlerts.Rules, ct);
            chain._prometheus = await PrometheusProcess.StartAsync(
                port => ShippedAlerts.Prometheus(exporters, chain._alertmanager.Url, port, chain.RulesPath),
                ct
            );
            return chain;
        }
        catch
        {
            await chain.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a query has a result.</summary>
    public Task SeesAsync(string expression, CancellationToken ct) =>
        Eventually.HoldsAsync(
            Patience,
            expression,
            async stop => (await Prometheus.QueryAsync(expression, stop)).Count > 0,
            () => this,
            ct,
            PollInterval
        );

    /// <summary>Waits until this number of clusters has a leader and three voters, according to the rules.</summary>
    public Task SeesHealthAsync(int clusters, CancellationToken ct) =>
        SeesAsync(
            $"count(cluster:clustermgr_leader_answers:bool == 1 and cluster:clustermgr_voters_following:count == 3) "
                + $"== {clusters}",
            ct
        );

    /// <summary>Waits until an alert has fired for a time, by Prometheus' own clock.</summary>
    public Task FiresForAsync(string alert, string cluster, TimeSpan time, CancellationToken ct) =>
        Eventually.HoldsAsync(
            Patience,
            $"{alert} of {cluster} fires for {time.TotalSeconds} s",
            async stop =>
                await Prometheus.ValueAsync(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"ALERTS{{alertname=\"Clustermgr{alert}\",alertstate=\"firing\",cluster=\"{cluster}\"}} and "
                            + $"ALERTS{{alertname=\"Clustermgr{alert}\",alertstate=\"firing\","
                            + $"cluster=\"{cluster}\"}} offset "
                            + $"{time.TotalSeconds:0}s"
                    ),
                    stop
                )
                    is not null,
            () => this,
            ct,
            PollInterval
        );

    /// <summary>Waits until Alertmanager inhibits the alert because of another one.</summary>
    public Task InhibitsAsync(string alert, string cluster, CancellationToken ct) =>
        Eventually.HoldsAsync(
            Patience,
            $"{alert} of {cluster} fires and is inhibited",
            async stop => (await _alertmanager!.InhibitedAsync(stop)).Contains((alert, cluster)),
            () => this,
            ct,
            PollInterval
        );

    public Task<Notification> FirstAsync(string what, Func<Notification, bool> meant, CancellationToken ct) =>
        Eventually.FindAsync(Patience, what, _ => Task.FromResult(Receiver.All.FirstOrDefault(meant)), () => this, ct);

    /// <summary>Waits for the first page of a cluster.</summary>
    public Task<Notification> PageAsync(string cluster, CancellationToken ct) =>
        FirstAsync(
            $"a page of {cluster}",
            one => one is { Receiver: Pages, Firing: true } && one.Cluster == cluster,
            ct
        );

    /// <summary>Waits for the notification that all alerts have ended.</summary>
    public Task<Notification> ResolvedAsync(string cluster, CancellationToken ct) =>
        FirstAsync(
            $"the end of the page of {cluster}",
            one => one is { Receiver: Pages, Firing: false } && one.Cluster == cluster,
            ct
        );

    /// <summary>Lists each alert of a cluster in each state, with the first and last time, in seconds after the
    /// fault.</summary>
    public async Task<string> CourseAsync(string cluster, DateTimeOffset fault, CancellationToken ct)
    {
        var query = Uri.EscapeDataString($"ALERTS{{cluster=\"{cluster}\"}}");
        var answer = await Prometheus.GetAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"/api/v1/query_range?query={query}&start={_started.ToUnixTimeSeconds()}&end={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}&step=5"
            ),
            ct
        );
        return string.Join(
            ", ",
            answer["data"]!["result"]!
                .AsArray()
                .Select(series =>
                {
                    double At(JsonNode? sample) =>
                        sample![0]!.GetValue<double>() - (fault.ToUnixTimeMilliseconds() / 1000.0);
                    var samples = series!["values"]!.AsArray();
                    return (
                        From: At(samples[0]),
                        Text: string.Create(
                            CultureInfo.InvariantCulture,
                            $"{AlertNames.Short(series["metric"]!["alertname"]!.GetValue<string>())} "
                                + $"{series["metric"]!["alertstate"]} {At(samples[0]):0}..{At(samples[^1]):0} s"
                        )
                    );
                })
                .OrderBy(entry => entry.From)
                .Select(entry => entry.Text)
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }
        if (_alertmanager is not null)
        {
            await _alertmanager.DisposeAsync();
        }
        _receiver?.Dispose();
        _folder.Dispose();
    }

    /// <summary>Shortens a line for the message of a failed test.</summary>
    private static string Shortened(string line) => line[..Math.Min(line.Length, ComplaintLength)];

    public override string ToString() =>
        $"{string.Join('\n', Receiver.All)}\n"
        + $"{string.Join('\n', Prometheus.Complaints.TakeLast(ComplaintsShown).Select(Shortened))}\n"
        + _alertmanager!.Child.Error;
}
