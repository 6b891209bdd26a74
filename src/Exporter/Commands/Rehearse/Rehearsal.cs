using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using Clustermgr.Timing;

namespace ClustermgrExporter.Commands;

/// <summary>The course of an alert, with times from the start.</summary>
/// <param name="Sent">Null when Alertmanager did not accept it, or when none is used.</param>
internal sealed record RehearsedAlert(FiringAlert Alert, TimeSpan Fired, TimeSpan? Sent, TimeSpan? Ended);

/// <summary>A running rehearsal: checks every second which alerts fire, prints them, and sends them to
/// Alertmanager.</summary>
/// <param name="judge">Returns the newest judgement of the simulated cluster.</param>
/// <param name="alertmanager">Null when a Prometheus fires the alerts.</param>
/// <param name="say">Prints a line for people.</param>
internal sealed class Rehearsal(
    Func<ClusterAnalysis> judge,
    AlertTracker tracker,
    AlertmanagerClient? alertmanager,
    Action<string> say,
    TimeProvider time
)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>Short enough that Alertmanager does not resolve an alert that is not sent again.</summary>
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(15);

    private readonly SteadyClock _clock = new(time);
    private readonly long _began = time.GetTimestamp();
    private readonly List<FiringAlert> _unsent = [],
        _unended = [];
    private readonly Dictionary<FiringAlert, RehearsedAlert> _all = new(ReferenceEqualityComparer.Instance);
    private DateTimeOffset _repeated;
    private string _complaint = "";

    /// <summary>In the order in which they fired.</summary>
    public ImmutableArray<RehearsedAlert> Alerts => [.. _all.Values.OrderBy(alert => alert.Fired)];

    /// <summary>True when Alertmanager accepted all alerts and their ends.</summary>
    public bool Delivered => _all.Values.All(alert => alert.Sent is not null) && _unended.Count == 0;

    public TimeSpan Age => time.GetElapsedTime(_began);

    /// <param name="scenario">Name of the scenario, for the annotations.</param>
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
                await Task.Delay(CheckInterval, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // stopped early, which ends it as usual
        }
        if (alertmanager is null)
        {
            return;
        }
        // All alerts are ended, also when it was stopped early, so that none outlives the simulation.
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
        var repeats = now - _repeated >= RepeatInterval;
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
            // Printed once; retried at every check.
            if (_complaint != e.Message)
            {
                say($"{Clock(Age)}  not sent: {e.Message}");
            }
            _complaint = e.Message;
        }
    }
}
