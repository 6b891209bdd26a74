using System.Text.Json;
using Clustermgr.Analysis;
using Xunit;

namespace Clustermgr.Tests.Analysis;

/// <summary>Progress, rate and time left; no time left is shown without enough data.</summary>
public sealed class DiskProgressTests
{
    private static readonly DateTimeOffset StartTime = new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TheTimeLeftIsThatOfTheObservedRateAndNotKnownBefore()
    {
        var disk = After(null, 0, 100, 10);
        Assert.Null(disk.EstimateRemaining(At(0)));
        disk = After(disk, 30, 100, 13);
        Assert.Null(disk.EstimateRemaining(At(30))); // one step is not enough for a rate
        disk = After(disk, 60, 100, 16);
        Assert.Equal(0.1, disk.Rate(At(60)));
        Assert.Equal(TimeSpan.FromSeconds(840), disk.EstimateRemaining(At(60)));
    }

    [Fact]
    public void WhileNothingIsDoneTheRateFallsAndTheTimeLeftGrows()
    {
        var disk = After(After(After(null, 0, 100, 10), 30, 100, 13), 60, 100, 16);
        var stalled = After(disk, 600, 100, 16);
        Assert.Equal(At(60), stalled.AdvancedAt);
        Assert.Equal(0.01, stalled.Rate(At(600)));
        Assert.Equal(TimeSpan.FromSeconds(8400), stalled.EstimateRemaining(At(600)));
    }

    [Fact]
    public void WhatIsAllDoneHasNothingLeftAndIsNotYetOver()
    {
        var disk = After(After(After(null, 0, 5, 1), 60, 5, 3), 120, 5, 5);
        Assert.True(disk.IsDone);
        Assert.Null(disk.EstimateRemaining(At(120)));
    }

    [Fact]
    public void OneThatBeganAnewIsAnother()
    {
        var disk = After(After(null, 0, 100, 50), 30, 100, 3);
        Assert.Equal((3, At(0)), (disk.Done, disk.AdvancedAt)); // a restart is not progress
        Assert.Single(disk.Marks);
        var drop = DiskProgress.Update(disk, new(5, "disk_drop", new(100, 60)), Said(60))!;
        Assert.Equal(At(60), drop.AdvancedAt);
    }

    [Fact]
    public void WhatWasNotAskedForStaysForAWhileAndWhatIsNotUnderWayGoes()
    {
        var disk = After(null, 0, 100, 50);
        Assert.Same(disk, DiskProgress.Update(disk, new(5, "disk_repair", null), Said(60)));
        Assert.Null(DiskProgress.Update(disk, new(5, "disk_repair", null), Said(200)));
        Assert.Null(DiskProgress.Update(disk, new(5, "disk_repair", new(null, null)), Said(60)));
        Assert.Null(DiskProgress.Update(null, new(5, "disk_repair", null), Said(60)));
    }

    /// <summary>The marks of the last hour are kept, and there are never many.</summary>
    [Fact]
    public void TheRateIsThatOfTheLastHour()
    {
        DiskProgress? disk = null;
        for (var i = 0; i <= 200; i++)
        {
            disk = After(disk, i * 60, 1_000_000, i < 100 ? i : 100 + ((i - 100) * 10));
        }
        Assert.InRange(disk!.Marks.Length, 3, 33);
        Assert.Equal(10 / 60.0, disk.Rate(At(200 * 60))!.Value, 3);
    }

    /// <summary>A whole recorded repair: its end looks like an idle scheduler.</summary>
    [Fact]
    public void ARecordedRepairIsFollowedToItsEnd()
    {
        var seen = new List<string>();
        var disk = (DiskProgress?)null;
        foreach (
            var line in File.ReadLines(
                Path.Combine(AppContext.BaseDirectory, "Recordings/scheduler/repair-progress.jsonl")
            )
        )
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            if (
                !row.TryGetProperty("path", out var path)
                || !path.GetString()!.Contains("migrating", StringComparison.Ordinal)
            )
            {
                continue;
            }
            using var body = JsonDocument.Parse(row.GetProperty("body").GetString()!);
            MigrationReading reading =
                row.GetProperty("status").GetInt32() == 500
                    ? new(null, null)
                    : new(
                        body.RootElement.GetProperty("total_tasks_cnt").GetInt64(),
                        body.RootElement.GetProperty("migrated_tasks_cnt").GetInt64()
                    );
            disk = DiskProgress.Update(disk, new(3, "disk_repair", reading), Said(row.GetProperty("t").GetDouble()));
            seen.Add(disk is null ? "-" : $"{disk.Done}/{disk.Total}{(disk.IsDone ? " all" : "")}");
        }
        Assert.Equal(["-", "-", "0/5", "0/5", "2/5", "2/5", "5/5 all", "-"], seen);
    }

    private static DateTimeOffset At(double seconds) => StartTime + TimeSpan.FromSeconds(seconds);

    private static SchedulerAnswer Said(double seconds) =>
        new("http://s:9800", new([]), [], At(seconds))
        {
            SaidAt = At(seconds),
            Oldest = At(seconds) - TimeSpan.FromSeconds(90),
        };

    private static DiskProgress After(DiskProgress? before, double seconds, long total, long done) =>
        DiskProgress.Update(before, new(5, "disk_repair", new(total, done)), Said(seconds))!;
}
