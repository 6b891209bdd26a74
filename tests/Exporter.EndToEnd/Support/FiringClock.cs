using System.Globalization;
using ClustermgrExporter.Tests.Alerts;
using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>
/// When an alert became pending and when it fired, in seconds after the fault, by the timestamps of Prometheus'
/// evaluations: these are regular, even if a busy machine evaluates late. Other delays and missed evaluations are taken
/// from the data that Prometheus stored.
/// </summary>
/// <param name="Missed">Evaluations that Prometheus reports as missed.</param>
/// <param name="LateScrapes">Total time between successful scrapes beyond their interval, until the alert became
/// pending.</param>
/// <param name="LatePolls">How much older the exporter's answers were than the maximum on an idle machine, until the
/// alert became pending.</param>
internal sealed record FiringClock(
    string Alert,
    double Pending,
    double Fired,
    double Missed,
    double LateScrapes,
    double LatePolls
)
{
    private const double ScrapeInterval = 10;

    /// <summary>The poll interval of the exporter plus the longest duration of a poll.</summary>
    private const double OldestAnswer = 5 + 3;

    private double MissedSeconds => Missed * AlertDelay.Evaluation;

    public static async Task<FiringClock> ReadAsync(
        AlertChain chain,
        LiveIncident incident,
        string alert,
        CancellationToken ct
    )
    {
        var prometheus = chain.Prometheus;
        var fault = Seconds(incident.Fault);
        var now = Seconds(TimeProvider.System.GetUtcNow());
        async Task<double> SinceAsync(string state) =>
            (
                await prometheus.SamplesAsync(
                    $"ALERTS{{alertname=\"{AlertNames.Long(alert)}\",cluster=\"{incident.Cluster}\","
                        + $"alertstate=\"{state}\"}}",
                    fault,
                    now,
                    ct
                )
            )
                .SelectMany(series => series)
                .Min(sample => sample.At);
        var pending = await SinceAsync("pending");
        var fired = await SinceAsync("firing");

        // Prometheus also scrapes itself.
        var missed = await prometheus.SamplesAsync(
            "prometheus_rule_group_iterations_missed_total{rule_group=~\".+;clustermgr-pages\"}",
            fault - ScrapeInterval,
            fired + ScrapeInterval,
            ct
        );
        var scrapes = await prometheus.SamplesAsync(
            "up{job=\"clustermgr\"}",
            fault - (2 * ScrapeInterval),
            pending,
            ct
        );
        const string Answer = "clustermgr_poll_last_success_timestamp_seconds{endpoint=\"stat\"}";
        var oldest = await prometheus.ValueAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"max_over_time((max((timestamp({Answer}) - {Answer}) and on (instance, cluster, member) "
                    + $"clustermgr_up == 1))[{Math.Ceiling(pending - fault)}s:1s] @ {pending:0.000})"
            ),
            ct
        );
        return new FiringClock(
            alert,
            pending - fault,
            fired - fault,
            missed.Single()[^1].Value - missed.Single()[0].Value,
            scrapes.Max(target =>
                Late([.. target.Where(scrape => scrape.Value == 1).Select(scrape => scrape.At), pending])
            ),
            Math.Max(0, oldest!.Value - OldestAnswer)
        );
    }

    /// <summary>Asserts that it fired in time, by the timestamps of the evaluations, excluding delays of the
    /// machine.</summary>
    /// <param name="limit">Maximum time from the fault to the receiver, in seconds.</param>
    public void AssertWithin(double limit, AlertDelay way)
    {
        Assert.True(Fired - Pending <= way.Legs["for"].To + MissedSeconds, $"not after its time: {this}");
        Assert.True(
            Fired + way.Legs["group_wait"].To <= limit + MissedSeconds + LateScrapes + LatePolls,
            $"not within {limit} s: {this}"
        );
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Alert} waits from {Pending:0.0} s, fires at {Fired:0.0} s; {Missed:0} evaluations missed, scrapes "
                + $"{LateScrapes:0.0} s late, polls {LatePolls:0.0} s"
        );

    private static double Late(IReadOnlyList<double> times) =>
        times.Zip(times.Skip(1), (one, next) => Math.Max(0, next - one - ScrapeInterval)).Sum();

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
