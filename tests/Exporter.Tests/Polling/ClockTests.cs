using System.Globalization;
using System.Text.Json;
using Clustermgr.Timing;
using ClustermgrExporter.Web.Api;
using ClustermgrExporter.Web.Html;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>The wall clock is changed while clusters are polled.</summary>
public sealed class ClockTests
{
    private const string BrokenDisk =
        """{"disks":[{"disk_id":7,"status":2,"host":"h","path":"/p","idc":"z0","rack":"r0","cluster_id":"""
        + """1,"readonly":false,"dropping":false}],"marker":7}""";

    private readonly PollingFixture _polled = new();

    [Theory]
    [InlineData(-3600)]
    [InlineData(-86_400 * 365)]
    [InlineData(3600)]
    public void WhatNobodyAnswersGoesAtItsTime(int seconds)
    {
        _polled.Start().Run(70);
        Assert.All(_polled.Analysis.Snapshot.Switches, entry => Assert.NotNull(entry.Reading));
        Assert.Contains("clustermgr_service_instances", _polled.Page, StringComparison.Ordinal);
        _polled.Clock.Set(TimeSpan.FromSeconds(seconds));
        _polled.Members.Instead = (_, _, _) => throw ScriptedMembers.Refused;
        _polled.Run(30);
        // but not before its time
        Assert.Contains("clustermgr_service_instances", _polled.Page, StringComparison.Ordinal);
        _polled.Run(170);
        Assert.All(_polled.Analysis.Snapshot.Switches, entry => Assert.Null(entry.Reading));
        Assert.DoesNotContain("clustermgr_service_instances{", _polled.Page, StringComparison.Ordinal);
        Assert.Null(_polled.Analysis.Snapshot.Disks.ReadAt);
    }

    /// <summary>The clock moves ten years ahead: a time that still shows the first year was not converted to wall-clock
    /// time.</summary>
    [Fact]
    public void WhatIsShownIsTheTimeOfTheWall()
    {
        _polled.Members.Instead = (member, path, _) =>
            Task.FromResult<(int, string)?>(
                path.StartsWith("/disk/", StringComparison.Ordinal)
                && path.Contains("status=2", StringComparison.Ordinal)
                && !path.Contains("marker=7", StringComparison.Ordinal)
                    ? (200, BrokenDisk)
                    : null
            );
        _polled.Start().Run(70);
        var before = Shown();
        Assert.Contains("2026-", before, StringComparison.Ordinal);
        Assert.Contains(Epoch(2026), before, StringComparison.Ordinal);
        _polled.Clock.Set(new DateTime(2036, 1, 1) - new DateTime(2026, 1, 1));
        _polled.Run(5);
        var after = Shown();
        Assert.Contains("2036-", after, StringComparison.Ordinal);
        Assert.Contains(Epoch(2036), after, StringComparison.Ordinal);
        Assert.DoesNotContain("2026-", after, StringComparison.Ordinal);
        Assert.DoesNotContain(Epoch(2026), _polled.Page, StringComparison.Ordinal); // event IDs are not times
    }

    [Fact]
    public void AClockThatTremblesIsNotFollowed()
    {
        var clock = new SteadyClock(_polled.Clock);
        _polled.Clock.Set(TimeSpan.FromSeconds(0.9));
        Assert.Equal(TimeSpan.Zero, clock.WallClockOffset);
        _polled.Clock.Set(TimeSpan.FromSeconds(0.2));
        Assert.Equal(TimeSpan.FromSeconds(1.1), clock.WallClockOffset);
        _polled.Clock.Set(TimeSpan.FromSeconds(-0.9));
        Assert.Equal(TimeSpan.FromSeconds(1.1), clock.WallClockOffset);
    }

    /// <summary>The first digits of all Unix times in January of that year.</summary>
    private static string Epoch(int year) =>
        new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero)
            .ToUnixTimeSeconds()
            .ToString(CultureInfo.InvariantCulture)[..5];

    private string Shown()
    {
        var analysis = _polled.Analysis;
        var history = _polled.Registry.Clusters.First().Publication.History;
        var json = JsonSerializer.Serialize(
            new ClusterPageDocument("", 1, new ClusterWithHistory(analysis, history, runbooks: "")),
            ApiJsonContext.Default.ClusterPageDocument
        );
        return _polled.Page
            + json
            + DetailView.Render(analysis, history, alone: true, PlotRange.Parse(""))
            + ListView.Render([analysis], new("", false, 1));
    }
}
