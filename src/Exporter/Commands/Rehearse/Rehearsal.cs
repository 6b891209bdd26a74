using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using Clustermgr.Timing;

namespace ClustermgrExporter.Commands;

/// <summary>What became of an alert, by the time from the beginning.</summary>
/// <param name="Sent">Null where Alertmanager did not take it, or none was to be told.</param>
internal sealed record RehearsedAlert(FiringAlert Alert, TimeSpan Fired, TimeSpan? Sent, TimeSpan? Ended);

/// <summary>A rehearsal while it runs: looks every second, says what fires, and sends it where it is to be
/// sent.</summary>
/// <param name="judge">The newest judgement of the simulated cluster.</param>
/// <param name="alertmanager">Null where a Prometheus fires the alerts.</param>
/// <param name="say">Gets a line for people.</param>
internal sealed class Rehearsal(
    Func<ClusterAnalysis> judge,
    AlertTracker tracker,
    AlertmanagerClient? alertmanager,
    Action<string> say,
    TimeProvider time
)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    /// <summary>Before Alertmanager takes a silent alert for one that has ended.</summary>
    private static readonly TimeSpan s_repeat = TimeSpan.FromSeconds(15);

    private readonly SteadyClock _clock = new(time);
    private readonly long _began = time.GetTimestamp();
    private readonly List<FiringAlert> _unsent = [],
        _unended = [];
    private readonly Dictionary<FiringAlert, RehearsedAlert> _all = new(ReferenceEqualityComparer.Instance);
    private DateTimeOffset _repeated;
    private string _complaint = "";

    /// <summary>In the order in which they fired.</summary>
    public ImmutableArray<RehearsedAlert> Alerts => [.. _all.Values.OrderBy(alert => alert.Fired)];

    /// <summary>Alertmanager took all that fired, and that it has ended.</summary>
    public bool Delivered => _all.Values.All(alert => alert.Sent is not null) && _unended.Count == 0;

    public TimeSpan Age => time.GetElapsedTime(_began);

    /// <param name="scenario">Its name, which the annotations tell.</param>
    /// <returns>Completes at the end of the time or when <paramref name="ct"/> is cancelled, once every alert was
    /// ended.</returns>
    public async Task RunAsync(string scenario, TimeSpan duration, CancellationToken ct)
    {
        try
        {
            while (Age < duration)
            {
                var (fired, ended) = tracker.Look(judge(), _clock.Now);
                Note(fired, ended);
                await SendAsync(scenario, ct);
                await Task.Delay(s_look, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // it ends as at its end
        }
        if (alertmanager is null)
        {
            return;
        }
        // What is told to end early is told to end: nobody is left to be woken by a simulation that is gone.
        Note([], [.. tracker.Firing]);
        await SendAsync(scenario, CancellationToken.None);
    }

    /// <summary>1:05.</summary>
    public static string Clock(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time.Seconds:00}");

    private void Note(ImmutableArray<FiringAlert> fired, ImmutableArray<FiringAlert> ended)
    {
        foreach (var alert in fired)
        {
            _all[alert] = new RehearsedAlert(alert, Age, null, null);
            _unsent.Add(alert);
            say(
                $"{Clock(Age)}  {alert.Rule.Name} ({alert.Rule.Severity}) "
                    + $"{(alertmanager is null ? "should fire" : "fires")}: {alert.Sentence}"
            );
        }
        foreach (var alert in ended)
        {
            _all[alert] = _all[alert] with { Ended = Age };
            if (_all[alert].Sent is not null)
            {
                _unended.Add(alert);
            }
            _unsent.Remove(alert);
            say($"{Clock(Age)}  {alert.Rule.Name} ends");
        }
    }

    private async Task SendAsync(string scenario, CancellationToken ct)
    {
        if (alertmanager is null)
        {
            _unsent.Clear();
            return;
        }
        var now = _clock.Now;
        var repeats = now - _repeated >= s_repeat;
        List<FiringAlert> firing =
        [
            .. _unsent,
            .. repeats ? tracker.Firing.Except(_unsent).Where(alert => _all[alert].Ended is null) : [],
        ];
        try
        {
            await alertmanager.SendAsync(firing, scenario, ended: false, ct);
            foreach (var alert in _unsent)
            {
                _all[alert] = _all[alert] with { Sent = Age };
            }
            _unsent.Clear();
            if (repeats)
            {
                _repeated = now;
            }
            await alertmanager.SendAsync(_unended, scenario, ended: true, ct);
            _unended.Clear();
            _complaint = "";
        }
        catch (HttpRequestException e)
        {
            // Said once; tried again at every look.
            if (_complaint != e.Message)
            {
                say($"{Clock(Age)}  not sent: {e.Message}");
            }
            _complaint = e.Message;
        }
    }
}
