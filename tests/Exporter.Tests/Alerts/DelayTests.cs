using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The delays of a page in docs/alerting.md match the rules, the examples and the measurements.</summary>
public sealed class DelayTests
{
    private static readonly string[] MeasuredAlerts =
    [
        "ClusterBlind / 1: all members killed",
        "NoLeader / 1: members cut off from each other",
        "QuorumLost / 1: both followers killed",
        "ClusterBlind / 20: all members killed",
        "MemberDown / 20: a follower killed",
        "NoQuorumMargin / 20: a follower killed",
        "RepairOffWithBrokenDisks / 20: a disk breaks and repair is off",
    ];

    private static string Document => AlertFiles.Text("docs/alerting.md");

    [Fact]
    public void EveryRowOfTheTablesIsTheSumOfItsLegs() =>
        Assert.All(
            [.. AlertDelay.ToPage(Document), .. AlertDelay.ToEnd(Document)],
            way => Assert.Equal(way.Legs.Values.Aggregate((sum, leg) => sum + leg), way.Total)
        );

    [Fact]
    public void ALostQuorumIsToldWithinItsContract() =>
        Assert.InRange(
            AlertDelay.Of(AlertDelay.ToPage(Document), "QuorumLost", "").Total.To,
            0,
            MeasuredDelay.QuorumContract
        );

    [Fact]
    public void WhatRulesWaitIsInTheTablesAsTheFileHasIt()
    {
        Assert.All(
            AlertDelay.ToPage(Document),
            way =>
            {
                Assert.Equal((way.Alert, Alert(way).Text("for")), (way.Alert, way.For));
                // The alert fires at the first evaluation after its "for" time.
                Assert.Equal(Exactly(AlertDelay.Rounded(Duration(way.For))), way.Legs["for"]);
            }
        );
        Assert.All(
            AlertDelay.ToEnd(Document),
            way =>
                Assert.Equal(
                    (
                        way.Alert,
                        Exactly(
                            Alert(way).Children.TryGetValue("keep_firing_for", out var kept)
                                ? Duration(((YamlScalarNode)kept).Value!)
                                : 0
                        )
                    ),
                    (way.Alert, way.Legs["keep_firing_for"])
                )
        );
    }

    [Fact]
    public void WhatTheExamplesWaitIsInTheTablesAsTheyHaveIt()
    {
        var global = AlertFiles.Yaml("alerts/prometheus.example.yaml").Map("global");
        var tickets = AlertFiles
            .Yaml("alerts/alertmanager.example.yaml")
            .Map("route")
            .List("routes")
            .Cast<YamlMappingNode>()
            .Single();
        var pages = tickets.List("routes").Cast<YamlMappingNode>().Last();
        var scrape = UpTo(global, "scrape_interval");
        var rules = UpTo(global, "evaluation_interval");
        var turn = UpTo(pages, "group_interval");
        Assert.Equal(AlertDelay.Evaluation, rules.To);
        Assert.Equal("1h", pages.Text("repeat_interval"));

        Assert.All(
            [.. AlertDelay.ToPage(Document), .. AlertDelay.ToEnd(Document)],
            way => Assert.Equal((scrape, rules), (way.Legs["scrape"], way.Legs["rules"]))
        );
        Assert.All(AlertDelay.ToEnd(Document), way => Assert.Equal(turn, way.Legs["group_interval"]));
        Assert.All(
            AlertDelay.ToPage(Document),
            way =>
                Assert.Equal(
                    way.Alert == "RepairOffWithBrokenDisks"
                        ? turn
                        : Exactly(
                            Duration(
                                (Alert(way).Map("labels").Text("severity") == "ticket" ? tickets : pages).Text(
                                    "group_wait"
                                )
                            )
                        ),
                    way.Legs["group_wait"]
                )
        );
    }

    /// <summary>A run of the live tests writes the figures, and no two runs write the same ones. They only need to be
    /// within the bounds that the tables state.</summary>
    [Fact]
    public void EveryDelayThatWasMeasuredIsThereAndWithinTheBoundsOfItsRow()
    {
        var delays = MeasuredDelay.Read(Document);

        Assert.Equal(MeasuredAlerts, delays.Select(delay => $"{delay.Alert} / {delay.Divisor}: {delay.Fault}"));
        Assert.All(
            delays,
            delay =>
            {
                Within(AlertDelay.ToPage(Document), delay, delay.Paged);
                // The live test does not fix faults that raise only a ticket or a second alert.
                Assert.Equal(delay.Fault != "a follower killed", delay.Resolved is not null);
                if (delay.Resolved is { } resolved)
                {
                    Within(AlertDelay.ToEnd(Document), delay, resolved);
                }
            }
        );
    }

    private static void Within(IReadOnlyList<AlertDelay> ways, MeasuredDelay delay, double seconds)
    {
        var bounds = AlertDelay.Of(ways, delay.Alert, delay.Fault).Divided(delay.Divisor);
        Assert.True(bounds.From <= seconds && seconds <= bounds.To, $"{bounds.From} to {bounds.To} s, not: {delay}");
    }

    private static YamlMappingNode Alert(AlertDelay way) =>
        AlertFiles.Alerts.Single(alert => alert.Text("alert") == $"Clustermgr{way.Alert}");

    private static SecondsRange Exactly(double seconds) => new(seconds, seconds);

    private static SecondsRange UpTo(YamlMappingNode node, string key) => new(0, Duration(node.Text(key)));

    private static double Duration(string text) =>
        double.Parse(text[..^1], System.Globalization.CultureInfo.InvariantCulture)
        * text[^1] switch
        {
            's' => 1,
            'm' => 60,
            _ => 3600,
        };
}
