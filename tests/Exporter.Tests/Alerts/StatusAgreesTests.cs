using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>A person who is paged opens the status page: it must show the cause of the page, and must not show anything
/// for long for which no alert fires.</summary>
public sealed partial class StatusAgreesTests(MatrixTests.All all) : IClassFixture<MatrixTests.All>
{
    private const string Cluster = "cluster=\"prod\"";

    /// <summary>Rules look back one minute.</summary>
    private static readonly TimeSpan RuleLookback = TimeSpan.FromMinutes(1);

    /// <summary>Alerts that no page can show: the exporter that would show it is gone or stuck, sees one member of
    /// several, or would need a rate over hours.</summary>
    private static readonly ImmutableHashSet<(string Incident, string Alert)> NotOnPages =
    [
        ("a-host-is-gone-with-the-exporter-beside-it", "MemberDown"),
        ("a-host-is-gone-with-the-exporter-beside-it", "NoQuorumMargin"),
        ("a-host-is-gone-for-an-hour-with-the-exporter-beside-it", "MemberDown"),
        ("a-host-is-gone-for-an-hour-with-the-exporter-beside-it", "NoQuorumMargin"),
        ("a-host-is-gone-for-an-hour-with-the-exporter-beside-it", "VoterMismatch"),
        ("the-exporter-beside-the-leader-is-gone", "MemberDown"),
        ("the-exporter-beside-the-leader-is-gone-here-and-the-leader-elsewhere", "MemberDown"),
        ("the-exporters-beside-all-members-are-gone", "ExporterAbsent"),
        ("the-exporters-are-gone", "ExporterAbsent"),
        ("a-reload-takes-the-cluster-away-while-the-quorum-is-lost", "ClusterUnwatched"),
        ("a-reload-takes-a-cluster-away-that-is-well", "ExporterAbsent"),
        ("the-exporters-are-gone-for-long", "ExporterAbsent"),
        ("repair-is-off-and-an-exporter-cannot-read-it", "NoQuorumMargin"),
        ("an-exporter-is-stuck", "StaleData"),
        ("space-lasts-for-two-days", "WritableSpaceCritical"),
    ];

    /// <summary>Findings for which no alert fires: an exporter beside one of several members pages nobody about what it
    /// cannot see, and a float cannot represent such a term exactly.</summary>
    private static readonly ImmutableHashSet<(string Incident, string Alert)> NotInAlerts =
    [
        ("one-exporter-beside-one-of-three-members-that-dies", "ClusterBlind"),
        ("terms-beyond-2-to-the-53", "NoLeader"),
    ];

    public static TheoryData<string> Names => Incidents.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task WhatFiresStandsOnTheStatusPage(string name)
    {
        _ = all;
        var incident = Incidents.Named(name);
        var told = Matrix.Told(incident);
        var overTime = ShownOverTime();

        var timeline = await Matrix.TimelineAsync(incident);

        var silent = timeline
            .Firings.Where(IsOurs)
            .Where(firing => !overTime.Contains(firing.Alert))
            .Where(firing =>
                !told.Between(firing.From - RuleLookback, firing.From)
                    .Any(finding => finding.Name == firing.Alert && Has(firing, finding.Labels))
            );
        Assert.Equal(
            NotOnPages
                .Where(known => known.Incident == name)
                .Select(known => known.Alert)
                .Order(StringComparer.Ordinal),
            silent.Select(firing => firing.Alert).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task WhatStandsThereForLongFires(string name)
    {
        var incident = Incidents.Named(name);
        var told = Matrix.Told(incident);

        var timeline = await Matrix.TimelineAsync(incident);

        // A page that has not read anything yet shows the symptom before its cause; only the alert for the cause fires.
        var hasCause = timeline.Firings.Any(firing => IsOurs(firing) && firing.Alert == "QuorumLost");
        var lost = told.Raised.Where(alert =>
            !(hasCause && alert.Rule.Name == "NoLeader")
            && !timeline.Firings.Any(firing =>
                IsOurs(firing)
                && firing.Alert == alert.Rule.Name
                && Has(
                    firing,
                    alert
                        .Labels.Where(label => label.Key is not ("alertname" or "severity" or "rehearsal"))
                        .Select(label => (label.Key, label.Value))
                )
            )
        );
        Assert.Equal(
            NotInAlerts.Where(known => known.Incident == name).Select(known => known.Alert),
            lost.Select(alert => alert.Rule.Name).Distinct()
        );
    }

    [Fact]
    public void NoIncidentIsExcusedThatIsNot() =>
        Assert.Empty(
            NotOnPages
                .Union(NotInAlerts)
                .Select(known => known.Incident)
                .Except(Incidents.All.Select(incident => incident.Name))
        );

    /// <summary>The alerts that, according to the runbooks, no status page shows.</summary>
    private static ImmutableHashSet<string> ShownOverTime()
    {
        var text = File.ReadAllText(Path.Combine(GoldenFile.GetRepositoryRoot(), "docs/runbooks.md"));
        var list = text.Split("What shows only over time is told by alerts alone")[1].Split(", and Clustermgr")[0];
        return [.. Name().Matches(list).Select(alert => alert.Groups[1].Value)];
    }

    private static bool IsOurs(Firing firing) => firing.Labels.Contains(Cluster, StringComparison.Ordinal);

    private static bool Has(Firing firing, IEnumerable<(string Name, string Value)> labels) =>
        labels.All(label =>
            label.Value.Length == 0
            || firing.Labels.Contains($"{label.Name}=\"{label.Value}\"", StringComparison.Ordinal)
        );

    [GeneratedRegex($"{AlertTimeline.Prefix}([A-Za-z]+)")]
    private static partial Regex Name();
}
