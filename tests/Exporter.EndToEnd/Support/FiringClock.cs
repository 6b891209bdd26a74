using System.Globalization;
using ClustermgrExporter.Tests.Alerts;
using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>
/// When an alert began to wait and when it fired, in seconds after the fault, by the timestamps of Prometheus'
/// evaluations: those keep their beat, however late a busy machine is with the work. What it was late with otherwise,
/// or left out, is counted from what Prometheus stored.
/// </summary>
/// <param name="Missed">Evaluations that Prometheus says it left out.</param>
/// <param name="LateScrapes">By how much successful scrapes were apart beyond their interval, until it began to
/// wait.</param>
/// <param name="LatePolls">How much older than ever on an idle machine the exporter's answers were, until it began to
/// wait.</param>
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

    /// <summary>Between two polls of the exporter, and the longest that one takes.</summary>
    private const double OldestAnswer = 5 + 3;

    private double MissedSeconds => Missed * Way.Evaluation;

    public static async Task<FiringClock> ReadAsync(
        AlertChain chain,
        Incident incident,
        string alert,
        CancellationToken ct
    )
    {
        var (prometheus, fault, now) = (
            chain.Prometheus,
            Seconds(incident.Fault),
            Seconds(TimeProvider.System.GetUtcNow())
        );
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
        var (pending, fired) = (await SinceAsync("pending"), await SinceAsync("firing"));

        // Prometheus scrapes itself, too.
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

    /// <summary>It fired as early as it must, by the clock of the evaluations and but for what the machine was late
    /// with.</summary>
    /// <param name="limit">From the fault to the receiver, in seconds.</param>
    public void AssertWithin(double limit, Way way)
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
