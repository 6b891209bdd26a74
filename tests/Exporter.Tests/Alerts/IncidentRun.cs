using System.Net;
using System.Text.Json.Nodes;
using Clustermgr.Analysis;
using Clustermgr.Configuration;
using ClustermgrSimulator;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>How many exporters watch a cluster, and from where.</summary>
internal enum ExporterPlacement
{
    /// <summary>One for all members.</summary>
    Central,

    /// <summary>Two, each for all members, with different poll intervals.</summary>
    Twice,

    /// <summary>One beside each member, for that member only.</summary>
    Sidecars,

    /// <summary>One for all members, and one beside each member, which names the member after its host.</summary>
    Both,
}

/// <summary>A running incident: a simulated cluster, the exporters that watch it, and a clock.</summary>
internal sealed class IncidentRun : IDisposable
{
    /// <summary>promtool's clock starts in 1970, and rules compare it with our timestamps.</summary>
    private static readonly DateTimeOffset StartTime = DateTimeOffset.UnixEpoch;

    /// <summary>Rules derive the scrape interval from how often this series is scraped.</summary>
    private const string Interval = "clustermgr_exporter_build_info{";

    private readonly ManualClock _clock = new(StartTime);
    private readonly List<AnswerEdit> _edits = [];
    private readonly PriorityQueue<Action, (TimeSpan At, int Order)> _acts = new();

    private IncidentRun(
        AlertIncident incident,
        ExporterPlacement watching,
        string name,
        Func<SimulatorOptions, SimulatorOptions> shape
    )
    {
        Cluster = new SimulatedCluster(shape(incident.Shape(new SimulatorOptions { FirstLeader = 1 })), _clock);
        Watchers =
        [
            .. Configs(incident, watching, name)
                .Select(
                    (config, i) =>
                        new SimulatedExporter(
                            $"{string.Concat(name.Where(char.IsAsciiLetter))}-exporter-{i + 1}:19998",
                            config,
                            () => new EditedMembers(new SimulatorHandler([Cluster], _clock), _edits),
                            _clock
                        )
                ),
        ];
        incident.Tell(this);
    }

    public SimulatedCluster Cluster { get; }

    /// <summary>In the order of the members, if each has its own.</summary>
    public List<SimulatedExporter> Watchers { get; }

    /// <summary>Returns what Prometheus would have scraped.</summary>
    /// <param name="look">Gets each exporter's analysis of the cluster at every scrape.</param>
    public static InputSeries Play(
        AlertIncident incident,
        ExporterPlacement watching = ExporterPlacement.Central,
        string name = "prod",
        Func<SimulatorOptions, SimulatorOptions>? shape = null,
        Action<TimeSpan, IEnumerable<ClusterAnalysis>>? look = null
    )
    {
        using var story = new IncidentRun(incident, watching, name, shape ?? (options => options));
        var interval = TimeSpan.FromSeconds(incident.StepSeconds);
        var input = new InputSeries(interval);
        // A moment after the polls, so that members which are asked at the full second have answered.
        story.RunTo(TimeSpan.FromSeconds(2.5));
        for (var at = TimeSpan.Zero; at <= incident.Length; at += interval)
        {
            story.RunTo(at + TimeSpan.FromSeconds(2.5));
            var scraped = story
                .Watchers.SelectMany(watcher => watcher.Scrape())
                .Where(sample => !incident.Condensed || !sample.Key.StartsWith(Interval, StringComparison.Ordinal));
            input.Add(
                incident.LabelsClash?.Invoke(at) is true
                    ? scraped.ToDictionary(sample => Renamed(sample.Key), sample => sample.Value)
                    : scraped.ToDictionary()
            );
            look?.Invoke(at, story.Watchers.Select(watcher => watcher.Analysis).OfType<ClusterAnalysis>());
        }
        foreach (var watcher in story.Watchers)
        {
            watcher.Stop();
        }
        return input;
    }

    /// <summary>Runs an action at a time, in minutes and seconds: "2:00".</summary>
    public void At(string time, Action act) => _acts.Enqueue(act, (Time(time), _acts.Count));

    /// <summary>Changes the answers to /stat of one member (null: of all) for a time.</summary>
    public void Stat(string from, string to, ulong? member, Action<JsonNode> change) =>
        Edit(from, to, member, "/stat", change);

    /// <summary>Changes the scheduler's answers for a time.</summary>
    public void Scheduler(string from, string to, Action<JsonNode> change) =>
        Edit(from, to, null, "/stats/leader", change);

    /// <summary>Answers paths that begin with this one with a status, for a time.</summary>
    public void Fail(string from, string to, string path, HttpStatusCode status, ulong? member = null) =>
        Edit(from, to, member, path, _ => { }, status);

    public void Dispose() => Cluster.Dispose();

    /// <summary>Parses minutes and seconds, also with hours: "7:30:00".</summary>
    public static TimeSpan Time(string text) =>
        text.Split(':')
            .Aggregate(
                TimeSpan.Zero,
                (sum, part) =>
                    (sum * 60)
                    + TimeSpan.FromSeconds(double.Parse(part, System.Globalization.CultureInfo.InvariantCulture))
            );

    /// <summary>Renames labels as Prometheus does when a label of the target has the name of a label of the
    /// sample.</summary>
    private static string Renamed(string series) =>
        series
            .Replace("{cluster=", "{exported_cluster=", StringComparison.Ordinal)
            .Replace("{", "{cluster=\"fleet\",", StringComparison.Ordinal);

    private void Edit(
        string from,
        string to,
        ulong? member,
        string path,
        Action<JsonNode> change,
        HttpStatusCode? status = null
    )
    {
        var edit = new AnswerEdit(member is null ? null : $"10.0.0.{member}:9998", path, change, status);
        At(from, () => _edits.Add(edit));
        At(to, () => _edits.Remove(edit));
    }

    private void RunTo(TimeSpan time)
    {
        while (_acts.TryPeek(out var act, out var due) && due.At <= time)
        {
            _acts.Dequeue();
            Advance(due.At);
            act();
        }
        Advance(time);
    }

    private void Advance(TimeSpan to)
    {
        var by = StartTime + to - _clock.GetUtcNow();
        if (by > TimeSpan.Zero)
        {
            _clock.Advance(by);
        }
    }

    private static IEnumerable<ExporterConfig> Configs(AlertIncident incident, ExporterPlacement watching, string name)
    {
        var poll = TimeSpan.FromSeconds(incident.PollSeconds);
        MemberConfig[] members =
        [
            .. Enumerable
                .Range(1, incident.Members)
                .Select(i => new MemberConfig($"10.0.0.{i}:9998", new Uri($"http://10.0.0.{i}:9998"))),
        ];
        var defaults = new ExporterConfig { Clusters = [] };
        TimeSpan Most(TimeSpan interval, TimeSpan usual) =>
            incident.PollSeconds >= 300 && interval > usual ? interval : usual;
        ExporterConfig Config(TimeSpan interval, bool sidecar, params MemberConfig[] members) =>
            new()
            {
                PollInterval = interval,
                // In incidents of days, rare reads are made at most as often as polls.
                TaskInterval = Most(interval, defaults.TaskInterval),
                DiskInterval = Most(interval, defaults.DiskInterval),
                ServiceInterval = Most(interval, defaults.ServiceInterval),
                VolumeScanInterval = incident.VolumeScan,
                Clusters =
                [
                    new ClusterConfig
                    {
                        Name = name,
                        Members = [.. members],
                        Sidecar = sidecar,
                        Tasks = incident.Tasks,
                    },
                ],
            };
        return watching switch
        {
            ExporterPlacement.Central => [Config(poll, false, members)],
            ExporterPlacement.Twice => [Config(poll, false, members), Config(poll * 1.4, false, members)],
            ExporterPlacement.Sidecars => members.Select(member => Config(poll, true, member)),
            ExporterPlacement.Both =>
            [
                Config(poll, false, members),
                .. members.Select((member, i) => Config(poll, true, member with { Name = $"host-{i + 1}:9998" })),
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(watching), watching, null),
        };
    }
}
