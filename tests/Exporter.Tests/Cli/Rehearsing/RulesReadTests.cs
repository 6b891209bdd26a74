using Clustermgr.Formatting;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Alerts;
using Xunit;

namespace ClustermgrExporter.Tests.Cli.Rehearsing;

/// <summary>A rehearsal has no figures of its own: all come from the shipped files.</summary>
public sealed class RulesReadTests
{
    [Fact]
    public void EveryAlertOfTheFileIsReadAsAnotherReaderHasIt()
    {
        var ours = AlertRule.LoadShipped();
        Assert.Equal(
            AlertFiles.Alerts.Select(alert => alert.Text("alert")).Order(),
            ours.Keys.Select(name => "Clustermgr" + name).Order()
        );
        foreach (var alert in AlertFiles.Alerts)
        {
            var rule = ours[alert.Text("alert")["Clustermgr".Length..]];
            Assert.Equal(alert.Map("labels").Text("severity"), rule.Severity);
            Assert.Equal(
                alert.Children.ContainsKey("for") ? alert.Text("for") : "0s",
                DurationText.Format(rule.For).Replace("1d", "24h", StringComparison.Ordinal)
            );
            Assert.Equal(
                alert.Children.ContainsKey("keep_firing_for") ? alert.Text("keep_firing_for") : "0s",
                DurationText.Format(rule.KeepFiringFor)
            );
            Assert.Equal($"docs/runbooks.md#{alert.Text("alert").ToLowerInvariant()}", rule.Runbook);
        }
    }

    [Fact]
    public void TheRoutesAndInhibitionsAreThoseOfTheExample()
    {
        var routes = AlertmanagerRouting.LoadShipped();
        Assert.Equal(new GroupTiming(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1)), routes.Pages);
        Assert.Equal(new GroupTiming(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)), routes.Tickets);
        Assert.True(HeldBack("QuorumLost", "NoLeader"));
        Assert.False(HeldBack("NoLeader", "QuorumLost"));
        Assert.True(HeldBack("RepairOffWithBrokenDisks", "DiskBroken"));
        Assert.True(HeldBack("ClusterBlind", "MemberDown"));
        Assert.False(HeldBack("ClusterBlind", "StaleData"));
        bool HeldBack(string target, string by) => routes.Inhibitions.Any(rule => rule.Applies(target, by));
    }

    [Theory]
    [InlineData("0:58", "0:58", "1:08")] // the first of a group waits for others
    [InlineData("0:58", "1:08", "1:08")]
    [InlineData("0:58", "1:09", "2:08")] // later ones wait for the group's next interval
    [InlineData("0:58", "15:45", "16:08")]
    public void AGroupIsToldInItsTurns(string first, string fires, string told) =>
        Assert.Equal(
            IncidentRun.Time(told),
            AlertmanagerRouting
                .LoadShipped()
                .Pages.GetNotificationTime(IncidentRun.Time(first), IncidentRun.Time(fires))
        );

    [Fact]
    public void WhatAnotherAlertSaysIsNotTold()
    {
        var rules = AlertRule.LoadShipped();
        var expected = ExpectedAlert.FromFirings(
            [
                (rules["NoLeader"], IncidentRun.Time("1:26")),
                (rules["QuorumLost"], IncidentRun.Time("0:59")),
                (rules["MemberDown"], IncidentRun.Time("5:30")),
                (rules["MemberDown"], IncidentRun.Time("5:26")),
            ],
            AlertmanagerRouting.LoadShipped()
        );
        Assert.Equal(
            [("QuorumLost", "1:09", null), ("NoLeader", "2:09", "QuorumLost"), ("MemberDown", "10:26", null)],
            expected.Select(alert => (alert.Rule.Name, Rehearsal.Clock(alert.NotifiedAt), alert.InhibitedBy))
        );
    }
}
