using System.Text;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Alerting.PromQl;
using Serilog;

namespace ClustermgrExporter.Tests.Alerting;

/// <summary>Evaluates a rule of the test for one cluster, in steps of ten seconds, and records the alerts that are
/// sent.</summary>
internal sealed class AlertHarness
{
    public const string Rule = """
        groups:
        - name: test
          interval: 10s
          rules:
          - alert: ClustermgrDown
            expr: max by (cluster, member) (last_over_time(up[1m])) == 0
            for: 30s
            labels: { severity: page }
            annotations:
              summary: '{{ $labels.member }} of {{ $labels.cluster }} is down, {{ $externalLabels.site }}'
        """;

    public static readonly DateTimeOffset Start = new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);

    private readonly AlertRules _rules;
    private readonly SampleTimes _times = new();
    private readonly ClusterRuleEvaluator _cluster;
    private readonly AlertDispatcher _sending = new(new Uri("http://exporter:19998/"));
    private readonly AlertStateFile? _file;
    private int _ticks = -1;

    /// <param name="folder">Folder of the state file; null for none.</param>
    /// <param name="told">Receives the alerts.</param>
    /// <param name="wall">Wall-clock time at which the program starts.</param>
    public AlertHarness(RecordingAlertQueue told, DateTimeOffset wall, string? folder = null, string rules = Rule)
    {
        Told = told;
        Wall = wall;
        _rules = AlertRules.Parse(rules, "test");
        _cluster = new ClusterRuleEvaluator(_rules, _times, null);
        if (folder is null)
        {
            return;
        }
        _file = AlertStateFile.Open(folder, told.Log)!;
        if (_file.Load(told.Log, wall) is { } saved)
        {
            _cluster.Restore(
                saved.Alerts.Select(alert => alert.Restore(_rules, _cluster, 0, wall)).OfType<ActiveAlert>(),
                120
            );
            var sample = _times.Add(-10, _rules.MaxLookbackSeconds);
            foreach (var remembered in saved.Samples)
            {
                _cluster.RestoreSample(remembered, sample);
            }
            told.Heard.UnionWith(saved.SentKeys.GetValueOrDefault(told.Name, []));
        }
    }

    public RecordingAlertQueue Told { get; }

    /// <summary>Wall-clock time, which a test may change.</summary>
    public DateTimeOffset Wall { get; set; }

    /// <summary>Lines of the page, in addition to the series that says whether the member is up.</summary>
    public string Lines { get; set; } = "";

    public IReadOnlyCollection<ActiveAlert> Active => _cluster.Active;

    /// <summary>Advances by ten seconds.</summary>
    /// <param name="up">Whether the page says that the member is up; null if the page has no data.</param>
    /// <param name="sends">False while Prometheus scrapes.</param>
    public void Tick(bool? up, bool sends = true)
    {
        var now = ++_ticks * 10.0;
        Wall += TimeSpan.FromSeconds(10);
        var sample = _times.Add(now, _rules.MaxLookbackSeconds);
        if (up is { } known)
        {
            var page = $"up{{cluster=\"a\",member=\"m\"}} {(known ? 1 : 0)}\n{Lines}";
            _cluster.AddSamples(Encoding.UTF8.GetBytes(page), sample, "");
        }
        var at = _cluster.CreateInstant(sample, Wall);
        _cluster.Evaluate(at);
        _sending.SetScraped(sends ? null : now);
        Told.Now = Wall;
        var labels = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("site", "eu1");
        _sending.Dispatch(_cluster, at, sends, Wall, labels, [Told]);
        if (_file is not null)
        {
            _file.Save(_cluster.Active, _cluster.GetSavedSamples(), [Told], sends, now, Wall);
            _file.Written.GetAwaiter().GetResult();
        }
    }

    /// <summary>Ends like a killed process: nothing more is written, and the folder is released.</summary>
    public void Kill() => _file?.DisposeAsync().AsTask().GetAwaiter().GetResult();

    public void Ticks(int count, bool? up, bool sends = true)
    {
        for (var i = 0; i < count; i++)
        {
            Tick(up, sends);
        }
    }
}

/// <summary>Records what it receives, like an Alertmanager that always answers.</summary>
internal sealed class RecordingAlertQueue : IAlertQueue
{
    public string Name => "http://am:9093";

    public ILogger Log { get; init; } = new LoggerConfiguration().CreateLogger();

    public HashSet<string> Heard { get; } = [];

    public DateTimeOffset Now { get; set; }

    public List<(DateTimeOffset At, AlertMessage Message)> All { get; } = [];

    IReadOnlyCollection<string> IAlertQueue.SentKeys => Heard;

    public void Offer(AlertMessage message)
    {
        if (message.Resolved && !Heard.Contains(message.Key))
        {
            return;
        }
        Heard.Add(message.Key);
        All.Add((Now, message));
    }
}
