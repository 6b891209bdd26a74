using System.Collections.Immutable;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using ClustermgrSimulator.Faults;
using ClustermgrSimulator.Storage;
using Xunit;

namespace ClustermgrExporter.EndToEnd.Dashboards;

/// <summary>
/// Simulated clusters, each broken in a different way, the exporters that poll them, and a Prometheus with the shipped
/// rules. To keep the tests short, elections, refreshes and polls take a second, and each `for` of the rules is divided
/// by 60.
/// </summary>
public sealed class DashboardClusters : IAsyncLifetime
{
    /// <summary>Healthy, and watched by four exporters.</summary>
    internal const string Healthy = "healthy";

    internal const string Leaderless = "leaderless";
    internal const string QuorumLost = "quorum-lost";
    internal const string Blind = "blind";
    internal const string Hung = "follower-hung";
    internal const string Repairing = "repairing";

    /// <summary>Also watched by four exporters: nothing must be counted four times.</summary>
    internal const string RepairOff = "repair-off";

    /// <summary>Its scheduler works slowly, and its volumes are scanned.</summary>
    internal const string Worked = "worked";

    /// <summary>Its scheduler finishes a job every eight seconds.</summary>
    internal const string Progressing = "progressing";

    internal const string TwoIdcs = "two-idcs";
    internal const string Filling = "filling";
    internal const string Full = "full";
    internal const string Ineffective = "ineffective";
    internal const string NoScheduler = "no-scheduler";
    internal const string Lagging = "lagging";
    internal const string Elected = "elected";
    internal const string Drifting = "drifting";
    internal const string Empty = "empty";

    /// <summary>Healthy, with a sidecar exporter beside each member.</summary>
    internal const string Beside = "beside";

    /// <summary>The first follower; followers are numbered in the order of the members.</summary>
    internal const int First = 0;

    internal const ulong Lag = 5000;
    internal const ulong Backlog = 40;
    internal const ulong Learner = 4;
    internal const double FillBytesPerSecond = 60.0 * (1L << 30);

    internal static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(1);

    /// <summary>The displayed time range.</summary>
    internal static readonly TimeSpan Range = TimeSpan.FromSeconds(20);

    private const int Divisor = 60;

    private static readonly string[] ClusterNames =
    [
        Healthy,
        Leaderless,
        QuorumLost,
        Blind,
        Hung,
        Repairing,
        RepairOff,
        Worked,
        Progressing,
        TwoIdcs,
        Filling,
        Full,
        Ineffective,
        NoScheduler,
        Lagging,
        Elected,
        Drifting,
        Empty,
    ];

    private readonly Dictionary<string, LocalCluster> _clusters = [];
    private readonly List<ExporterProcess> _exporters = [];
    private readonly TempFolder _folder = new();
    private PrometheusProcess? _prometheus;

    internal PrometheusProcess Prometheus => _prometheus!;

    internal DateTimeOffset Started { get; private set; }

    internal static ImmutableArray<string> Names => [.. ClusterNames, Beside];

    internal ImmutableDictionary<string, ImmutableArray<ulong>> Followers { get; private set; } =
        ImmutableDictionary<string, ImmutableArray<ulong>>.Empty;

    public async ValueTask InitializeAsync()
    {
        if (!Programs.Exist("prometheus"))
        {
            return;
        }
        var ct = CancellationToken.None;
        foreach (var name in Names)
        {
            _clusters[name] = LocalCluster.Start(Shape(name));
        }
        Followers = Names.ToImmutableDictionary(
            name => name,
            name => _clusters[name].Simulated.Followers.ToImmutableArray()
        );
        BreakContents();
        string[] configs =
        [
            Config(ClusterNames.Select(name => (name, _clusters[name].Members))),
            // One beside each member of one cluster; all of them also watch two other clusters.
            .. _clusters[Beside]
                .Members.Select(member =>
                    Config([
                        (Beside, [member]),
                        (Healthy, _clusters[Healthy].Members),
                        (RepairOff, _clusters[RepairOff].Members),
                    ])
                ),
        ];
        _exporters.AddRange(
            await Task.WhenAll(
                configs.Select(
                    (config, i) =>
                        ExporterProcess.StartAsync([$"--config.file={_folder.Write($"{i}.yaml", config)}"], ct)
                )
            )
        );
        await Task.WhenAll(
            _exporters.Select(exporter =>
                exporter.ScrapeUntilAsync(
                    "every member is up and every leader has told who votes",
                    page =>
                        page.All("clustermgr_up").All(up => up.Text == "1")
                        && (
                            exporter != _exporters[0]
                            || page.All("clustermgr_cluster_quorum_margin").Count() == ClusterNames.Length
                        ),
                    ct
                )
            )
        );
        BreakMembers();

        var (rules, _) = ShippedAlerts.Divide(ShippedAlerts.Rules, Divisor, "for", "keep_firing_for");
        // Evaluated every second, like everything here.
        var path = _folder.Write("rules.yaml", rules.Replace("    interval: 10s\n", "", StringComparison.Ordinal));
        Started = TimeProvider.System.GetUtcNow();
        _prometheus = await PrometheusProcess.StartAsync(
            _ =>
                $"global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}\nrule_files: "
                + $"['{path}']\nscrape_configs:\n"
                + $"- {{ job_name: any, honor_labels: true, static_configs: [{{ targets: "
                + $"[{string.Join(", ", _exporters.Select(exporter => $"'{exporter.Metrics.Authority}'"))}] }}] }}\n",
            ct
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }
        foreach (var exporter in _exporters)
        {
            await exporter.DisposeAsync();
        }
        foreach (var cluster in _clusters.Values)
        {
            await cluster.DisposeAsync();
        }
        _folder.Dispose();
    }

    /// <summary>Hands the leadership of a cluster to another member.</summary>
    internal void Elect()
    {
        if (Sim(Elected).Followers is [var follower, ..])
        {
            Sim(Elected).TransferLeadership(follower);
        }
    }

    /// <summary>The member label of a node.</summary>
    internal string Member(string cluster, ulong node) => _clusters[cluster].Label(node);

    internal string Follower(string cluster, int number) => Member(cluster, Followers[cluster][number]);

    internal ulong Leader(string cluster) =>
        new ulong[] { 1, 2, 3 }
            .Except(Followers[cluster])
            .Single();

    internal ImmutableArray<string> Members(string cluster) => _clusters[cluster].Members;

    internal IEnumerable<string> Exporters => _exporters.Select(exporter => exporter.Metrics.Authority);

    private static SimulatorOptions Shape(string name)
    {
        var options = new SimulatorOptions
        {
            Seed = (ulong)Names.IndexOf(name) + 1,
            RefreshInterval = TimeSpan.FromSeconds(1),
            Timings = new Timings
            {
                GiveUp = Delay.Between(2, 3),
                Lease = TimeSpan.FromSeconds(2),
                Campaign = Delay.Between(2, 3),
                Election = Delay.Between(0.1, 0.3),
                CheckQuorum = TimeSpan.FromSeconds(2),
                FirstCheck = Delay.Between(0.5, 2),
                HeartbeatAnswer = Delay.Exactly(0),
                LeaderReads = Delay.Between(0.1, 0.5),
                FollowerReads = Delay.Between(0, 0.5),
                ReadTimeout = TimeSpan.FromSeconds(2),
                HeartbeatInterval = TimeSpan.FromSeconds(1),
                LastHeartbeat = Delay.Between(0, 1),
                HeartbeatExpiry = TimeSpan.FromSeconds(4),
            },
        };
        return name switch
        {
            Full => options with { Fill = 0.96 },
            Healthy => options with { ShardnodesPerIdc = 1 },
            Worked => options with
            {
                SchedulersRun = true,
                Timings = options.Timings with { RepairJob = TimeSpan.FromHours(1) },
            },
            Progressing => options with
            {
                SchedulersRun = true,
                Timings = options.Timings with { RepairJob = TimeSpan.FromSeconds(8) },
            },
            Empty => Scenario.Parse("new-empty-cluster").Configure(options),
            _ => options,
        };
    }

    private static string Config(IEnumerable<(string Name, ImmutableArray<string> Members)> clusters) =>
        "poll_interval: 1s\ntimeout: 900ms\ntask_interval: 2s\ndisk_interval: 2s\nservice_interval: 2s\n"
        + "scheduler_interval: 2s\nvolume_scan_interval: 1m\nclusters:\n"
        + string.Concat(
            clusters.Select(cluster =>
                $"  - name: {cluster.Name}\n    members: "
                + $"[{string.Join(", ", cluster.Members.Select(member => $"http://{member}"))}]\n"
                + (
                    cluster.Name is RepairOff ? "    tasks: { disk_repair: enabled }\n"
                    : cluster.Name is Elected ? "    tasks: { balance: disabled }\n"
                    : ""
                )
            )
        );

    /// <summary>Faults that can exist from the start.</summary>
    private void BreakContents()
    {
        Sim(Repairing).SetDisk(5, SimulatedDiskStatus.Broken);
        Sim(Repairing).SetDisk(6, SimulatedDiskStatus.Repairing);
        Sim(Repairing).DropDisk(7);
        Sim(Worked).SetDisk(6, SimulatedDiskStatus.Repairing);
        Sim(Worked).DropDisk(7);
        foreach (var disk in (uint[])[34, 35, 36]) // all disks of one host
        {
            Sim(Worked).SetDiskUse(disk, 0.99);
        }
        Sim(Progressing).SetDisk(6, SimulatedDiskStatus.Repairing);
        Sim(RepairOff).SetDisk(5, SimulatedDiskStatus.Broken);
        Sim(RepairOff).SetSwitch("disk_repair", "false");
        Sim(TwoIdcs).KillBlobnode(Sim(TwoIdcs).Blobnodes[0]);
        Sim(TwoIdcs).KillBlobnode(Sim(TwoIdcs).Blobnodes[1]);
        Sim(TwoIdcs).SetDisk(20, SimulatedDiskStatus.Broken);
        Sim(Filling).SetFillRate(FillBytesPerSecond);
        Sim(Ineffective).SetSwitch("balance", "Enable");
        Sim(Ineffective).SetSwitch("vol_inspect", "true");
        Sim(Ineffective).SetSwitch("disk_drop", null);
        Sim(NoScheduler).SetService("SCHEDULER", online: false);
        Sim(Elected).SetSwitch("balance", "false");
    }

    /// <summary>Faults that must follow a healthy state, so that the exporters know the voters.</summary>
    private void BreakMembers()
    {
        foreach (var member in (ulong[])[1, 2, 3])
        {
            Sim(Leaderless).Isolate(member);
            Sim(Blind).Kill(member);
        }
        foreach (var follower in Followers[QuorumLost])
        {
            Sim(QuorumLost).Kill(follower);
        }
        Sim(Hung).Hang(Followers[Hung][First]);
        Sim(Lagging).Lag(Followers[Lagging][First], Lag);
        Sim(Lagging).DelayApply(Followers[Lagging][First], Backlog);
        Sim(Lagging).SetReadOnly(Followers[Lagging][First], true);
        Sim(Lagging).AddMember(Learner, "10.0.0.4:9998", "10.0.0.4:10110", learner: true);
        Sim(Drifting).SetFaults(Followers[Drifting][First], new MemberFaults { Body = BodyFault.UnknownFields });
        Sim(Drifting).SetFaults(Followers[Drifting][First + 1], new MemberFaults { RefuseTokens = true });
    }

    private SimulatedCluster Sim(string name) => _clusters[name].Simulated;
}
