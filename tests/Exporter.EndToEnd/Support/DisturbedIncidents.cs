using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>
/// Two clusters lose their quorum while their monitoring has faults too: the exporter of one fails a scrape, that of
/// the other is killed and restarted, both while the alert is pending and again after it was sent. The rule file is
/// broken during all of this.
/// </summary>
public sealed partial class DisturbedIncidents : IAsyncLifetime
{
    internal const string Flaky = "flaky";
    internal const string Restarted = "restarted";

    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<string, (ChildProcess Simulate, Keyboard Keyboard, string[] Flags)> _clusters = [];
    private ExporterProcess? _flaky;
    private ExporterProcess? _restarted;
    private ScrapeProxy? _proxy;
    private AlertChain? _chain;

    internal AlertChain Chain => _chain!;

    internal DateTimeOffset Fault { get; private set; }

    internal Task<LiveIncident> OfFlaky { get; private set; } = null!;

    internal Task<LiveIncident> OfRestarted { get; private set; } = null!;

    /// <summary>The answer of Prometheus to the broken rule file.</summary>
    internal HttpStatusCode Refusal { get; private set; }

    internal async Task<IReadOnlyList<string>> RulesAsync(CancellationToken ct) =>
        [
            .. (await Chain.Prometheus.GetAsync("/api/v1/rules", ct))["data"]!["groups"]!
                .AsArray()
                .SelectMany(group => group!["rules"]!.AsArray())
                .Select(rule => $"{rule!["name"]}: {rule["query"]}"),
        ];

    internal IReadOnlyList<string> RulesBefore { get; private set; } = [];

    /// <summary>Rules that are truncated within an alert, as by a full disk.</summary>
    internal static string CutRules()
    {
        var rules = ShippedAlerts.Rules;
        const string Alert = "- alert: ClustermgrQuorumLost\n";
        return rules[..(rules.IndexOf(Alert, StringComparison.Ordinal) + Alert.Length)];
    }

    public async ValueTask InitializeAsync()
    {
        if (!AlertChain.CanRun)
        {
            return;
        }
        var ct = _end.Token;
        foreach (var cluster in (string[])[Flaky, Restarted])
        {
            await SimulateAsync(cluster, ct);
        }
        _flaky = await ExporterProcess.StartAsync(_clusters[Flaky].Flags, ct);
        _restarted = await ExporterProcess.StartAsync(_clusters[Restarted].Flags, ct);
        _proxy = await ScrapeProxy.OpenMetricsAsync(_flaky.Metrics, ct);
        _chain = await AlertChain.StartAsync([_proxy.Url, _restarted.Metrics], ct);
        await Chain.SeesHealthAsync(2, ct);

        RulesBefore = await RulesAsync(ct);
        await File.WriteAllTextAsync(Chain.RulesPath, CutRules(), ct);
        using (var refused = await Chain.Prometheus.ReloadAsync(ct))
        {
            Refusal = refused.StatusCode;
        }
        var followers = new Dictionary<string, string[]>();
        foreach (var cluster in _clusters.Keys)
        {
            followers[cluster] = await FollowersAsync(cluster, ct);
        }
        Fault = TimeProvider.System.GetUtcNow();
        foreach (var (cluster, (_, keyboard, _)) in _clusters)
        {
            await keyboard.TypeAsync(followers[cluster].Select(member => $"kill {member}"), ct);
        }
        OfFlaky = PlayAsync(Flaky, _proxy.Url, followers[Flaky], FailScrapeAsync);
        OfRestarted = PlayAsync(Restarted, _restarted.Metrics, followers[Restarted], RestartAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_chain is not null)
        {
            await _chain.DisposeAsync();
        }
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
        foreach (var exporter in (ExporterProcess?[])[_flaky, _restarted])
        {
            if (exporter is not null)
            {
                await exporter.DisposeAsync();
            }
        }
        foreach (var (simulate, keyboard, _) in _clusters.Values)
        {
            keyboard.Dispose();
            await simulate.DisposeAsync();
        }
        _end.Dispose();
    }

    private async Task SimulateAsync(string cluster, CancellationToken ct)
    {
        var simulate = ProgramUnderTest.Start(["simulate", "--listen=127.0.0.1:0"]);
        _clusters[cluster] = (simulate, new Keyboard(simulate), []);
        var flags = await Eventually.FindAsync(
            ExporterProcess.Patience,
            "it prints what to try",
            _ =>
                Task.FromResult(Tried().Match(simulate.Output) is { Success: true } said ? said.Groups[1].Value : null),
            () => simulate,
            ct
        );
        _clusters[cluster] = _clusters[cluster] with
        {
            Flags = [.. flags.Split(' '), $"--clustermgr.cluster={cluster}"],
        };
    }

    private async Task<string[]> FollowersAsync(string cluster, CancellationToken ct)
    {
        var leader = await Chain.Prometheus.ValueAsync(
            $"max(clustermgr_raft_leader_node_id{{cluster=\"{cluster}\"}})",
            ct
        );
        return [.. ((int[])[1, 2, 3]).Where(member => member != leader).Select(member => $"{member}")];
    }

    private async Task<LiveIncident> PlayAsync(
        string cluster,
        Uri scraped,
        string[] killed,
        Func<CancellationToken, Task> disturb
    )
    {
        await Chain.SeesAsync(
            $"ALERTS{{alertname=\"ClustermgrQuorumLost\",cluster=\"{cluster}\",alertstate=\"pending\"}}",
            _end.Token
        );
        await DisturbAsync(scraped, disturb, _end.Token);
        return await LiveIncident.PlayAsync(
            Chain,
            cluster,
            Fault,
            async stop =>
            {
                await DisturbAsync(scraped, disturb, stop);
                // Enough time for the alert to end, if the disturbance ended it.
                await Chain.SeesAsync($"min_over_time(up{{instance=\"{scraped.Authority}\"}}[35s]) == 1", stop);
            },
            stop => _clusters[cluster].Keyboard.TypeAsync(killed.Select(member => $"start {member}"), stop),
            _end.Token
        );
    }

    private async Task DisturbAsync(Uri scraped, Func<CancellationToken, Task> disturb, CancellationToken ct)
    {
        await disturb(ct);
        // Prometheus has noticed a failed scrape.
        await Chain.SeesAsync($"min_over_time(up{{instance=\"{scraped.Authority}\"}}[20s]) == 0", ct);
    }

    private async Task FailScrapeAsync(CancellationToken ct)
    {
        var before = _proxy!.Failed;
        _proxy.FailOnce();
        await Eventually.HoldsAsync(
            AlertChain.Patience,
            "a scrape failed",
            _ => Task.FromResult(_proxy.Failed > before),
            () => Chain,
            ct
        );
    }

    /// <summary>Restarts it after a scrape has failed.</summary>
    private async Task RestartAsync(CancellationToken ct)
    {
        var address = _restarted!.Metrics;
        await _restarted.DisposeAsync();
        await Chain.SeesAsync($"up{{instance=\"{address.Authority}\"}} == 0", ct);
        _restarted = await ExporterProcess.StartAsync(_clusters[Restarted].Flags, ct, port: address.Port);
    }

    [GeneratedRegex(@"^  clustermgr-exporter (.+)$", RegexOptions.Multiline)]
    private static partial Regex Tried();
}
