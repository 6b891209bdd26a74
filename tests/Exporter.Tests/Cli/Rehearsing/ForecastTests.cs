using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Alerts;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Cli.Rehearsing;

/// <summary>Compares the forecast of a rehearsal with what Prometheus raises from the shipped rules and the exporter's
/// pages.</summary>
public sealed class ForecastTests(ITestOutputHelper output)
{
    private const string Lasts = "30:00";

    /// <summary>A rule sees a fault up to one scrape and one evaluation later than the exporter (15 s each here), and
    /// looks back one minute.</summary>
    private static readonly TimeSpan MaxDistance = TimeSpan.FromSeconds(60);

    /// <summary>An incident is scraped 2.5 s after the time of each step, and a forecast looks once a second.</summary>
    private static readonly TimeSpan LabelOffset = TimeSpan.FromSeconds(3);

    public static TheoryData<string> Scenarios => [.. Scenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task TheAlertsAreThoseOfTheRulesAndComeWhenTheyDo(string name)
    {
        var scenario = Scenario.Parse(name).WithoutRecovery;
        var incident = new AlertIncident($"unmended-{name}", Lasts, [], story => scenario.Play(story.Cluster))
        {
            Shape = options => scenario.Configure(AlertIncident.Quick(options)),
        };
        var fired = await Rules.Shipped.PlayAsync(IncidentRun.Play(incident), TestContext.Current.CancellationToken);

        var foretold = await Forecast.PredictAsync(
            scenario,
            incident.Shape(new SimulatorOptions { FirstLeader = 1 }),
            "prod",
            AlertRule.LoadShipped(),
            IncidentRun.Time(Lasts)
        );

        var firsts = foretold
            .GroupBy(alert => alert.Alert.Rule.Name)
            .ToDictionary(group => group.Key, group => group.Min(alert => alert.At));
        output.WriteLine($"{fired}\n{string.Join('\n', firsts.Select(alert => $"{alert.Value} {alert.Key}"))}");
        Assert.Equal(fired.Alerts, firsts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            fired
                .Firings.Select(firing => $"{firing.Alert}{{{firing.Labels}}}")
                .Distinct()
                .Order(StringComparer.Ordinal),
            foretold
                .Select(alert => $"{alert.Alert.Rule.Name}{{{Telling(alert.Alert)}}}")
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
        Assert.All(
            fired.Firings.GroupBy(firing => firing.Alert),
            firing =>
                Assert.InRange(
                    firing.Min(one => one.From) + LabelOffset,
                    firsts[firing.Key],
                    firsts[firing.Key] + MaxDistance
                )
        );
    }

    private static string Telling(FiringAlert alert) =>
        string.Join(
            ',',
            alert
                .Labels.Where(label => label.Key is not ("alertname" or "severity" or "rehearsal"))
                .Select(label => $"{label.Key}=\"{label.Value}\"")
        );
}
