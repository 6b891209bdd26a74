using Clustermgr.Analysis;
using Xunit;

namespace Clustermgr.Tests.Analysis;

/// <summary>How many units volumes may still lose, and what they would lose with a host.</summary>
public sealed class VolumeTests
{
    /// <summary>For all code modes of CubeFS: data survives the loss of M units, writes that of
    /// N+M−PutQuorum.</summary>
    [Theory]
    [InlineData(1, "EC15P12", 12, 3)]
    [InlineData(2, "EC6P6", 6, 1)]
    [InlineData(3, "EC16P20L2", 20, 2)]
    [InlineData(4, "EC6P10L2", 10, 2)]
    [InlineData(5, "EC6P3L3", 3, 0)]
    [InlineData(8, "EC4P4L2", 4, 2)]
    [InlineData(9, "EC12P4", 4, 1)]
    [InlineData(11, "EC3P3", 3, 1)]
    [InlineData(15, "EC24P8", 8, 2)]
    [InlineData(100, "Replica3", 2, 0)]
    [InlineData(202, "Replica4TwoAZ", 3, 1)]
    public void AModeSurvivesWhatItsParitySays(int number, string name, int data, int writes)
    {
        var mode = CodeMode.Find(number)!;
        Assert.Equal((name, data, writes), (mode.Name, mode.DataLeft(0), mode.WritesLeft(0)));
        Assert.Equal(0, mode.DataLeft(data));
        Assert.Equal(-1, mode.DataLeft(data + 5));
    }

    [Fact]
    public void AModeOfTheSitesOwnIsCountedAndNotGuessed()
    {
        Assert.Null(CodeMode.Find(240));
        var scan = Scan(new(1, 240, 3), new(2, 2, 0));
        Assert.Equal((2, 1, 1), (scan.Volumes, scan.Degraded, scan.Unknown));
        Assert.Equal(0, scan.CountWithDataLeft(left => left <= 1));
    }

    [Fact]
    public void TheWorstAreThoseWithTheLeastLeftWhateverTheirCode()
    {
        var scan = Scan(new(1, 2, 3), new(2, 11, 3), new(3, 2, 7), new(4, 2, 0), new(5, 240, 9));
        Assert.Equal([3UL, 2, 1, 5], scan.Worst.Select(volume => volume.Id));
        Assert.Equal(1, scan.CountWithDataLeft(left => left < 0));
        Assert.Equal(2, scan.CountWithDataLeft(left => left <= 0));
    }

    [Fact]
    public void WithoutAHostEachOfItsUnitsIsMissingButThoseThatAreAlready()
    {
        var what = new RemovalImpact(["10.1.0.1:8889"], [], notNormal: [1]);
        what.Add(
            Page(
                // Two units on the host, one of them on a broken disk: that one is already missing.
                Row(1, 11, 1, (1, "http://10.1.0.1:8889"), (2, "http://10.1.0.1:8889/"), (9, "http://10.1.0.2:8889")),
                Row(2, 11, 0, (9, "http://10.1.0.2:8889")),
                Row(3, 11, 3, (2, "http://10.1.0.1:8889")),
                Row(4, 11, 2, (2, "http://10.1.0.1:8889"))
            )
        );
        Assert.Equal([new CodeModeImpact("EC3P3", 3, NothingLeft: 1, DataLost: 1, WritesStop: 1)], what.Modes);
        Assert.True(what.IsHarmful);
        Assert.Equal([(3UL, 4), (4UL, 3)], what.Worst.Select(one => (one.Volume.Id, one.Missing)));
        Assert.Empty(what.Unmatched);
    }

    [Fact]
    public void WhatNoUnitLiesOnIsSaid()
    {
        var what = new RemovalImpact(["10.9.9.9:1"], [7, 9], []);
        what.Add(Page(Row(1, 11, 0, (9, "http://10.1.0.2:8889"))));
        Assert.Equal(["10.9.9.9:1", "disk 7"], what.Unmatched);
        Assert.False(what.IsHarmful);
    }

    /// <summary>A tenth of the median of 100 is 10: nine are too few. Disks that take no writes do not count.</summary>
    [Fact]
    public void AHostIsShortBelowATenthOfTheMedian()
    {
        var chunks = Hosts(
            Disk(1, "a", 60),
            Disk(2, "a", 40),
            Disk(3, "b", 10),
            Disk(4, "c", 9),
            Disk(5, "c", 500) with
            {
                Readonly = true,
            },
            Disk(7, "d", 300),
            Disk(8, "e", 100)
        );
        Assert.Equal((100, 5, 7), (chunks.Median, chunks.Hosts.Count, chunks.Disks));
        Assert.Equal([new HostSpace("http://c:8889", "z0", 1, 9)], chunks.Sparse);
    }

    [Theory]
    [InlineData(9, 0)] // a tenth of it is less than one chunk
    [InlineData(10, 1)]
    public void AFullClusterHasNoHostThatIsShort(long others, int expected) =>
        Assert.Equal(expected, Hosts(Disk(1, "a", 0), Disk(2, "b", others), Disk(3, "c", others)).Sparse.Length);

    [Fact]
    public void AbsurdChunksOverflowIntoNothing()
    {
        var chunks = Hosts(Disk(1, "a", long.MaxValue), Disk(2, "a", long.MaxValue), Disk(3, "b", 1));
        Assert.Equal(1, chunks.Median);
        Assert.Equal(long.MaxValue, chunks.Hosts["http://a:8889"].Free);
        Assert.Null(new HostChunks(default, default).Complete(default).Median);
    }

    private static DiskReading Disk(ulong id, string host, long free) =>
        new(id, $"http://{host}:8889", "/data", "z0", "", DiskStatus.Normal, false) { FreeChunks = free };

    private static HostChunks Hosts(params DiskReading[] disks) =>
        new HostChunks(default, default).Add(new DiskPage([.. disks], 9), default).Complete(default);

    private static VolumeRow Row(ulong id, int mode, int missing, params (ulong Disk, string Host)[] units) =>
        new(id, mode, missing) { Units = [.. units.Select(unit => new VolumeUnit(unit.Disk, unit.Host))] };

    private static VolumePage Page(params VolumeRow[] rows) => new([.. rows], 99, 1);

    private static VolumeScan Scan(params VolumeRow[] rows) =>
        new VolumeScan(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch).Add(Page(rows), DateTimeOffset.UnixEpoch);
}
