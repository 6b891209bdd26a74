using Clustermgr.Analysis;
using Xunit;
using static Clustermgr.Tests.Analysis.Cluster;

namespace Clustermgr.Tests.Analysis;

public sealed class DiskRecordsTests
{
    [Fact]
    public void ADisksStateKeepsTheTimeOfItsFirstSight()
    {
        var snapshot = Healthy().Fold(DiskListKind.Broken, At(10, 5)).Fold(DiskListKind.Broken, At(70, 5));
        Assert.Equal(Start.AddSeconds(10), snapshot.Disks.Disks.Single().Since);
        var repairing = snapshot.Fold(DiskListKind.Repairing, At(130, 5));
        Assert.Equal(
            ("repairing", Start.AddSeconds(130)),
            (repairing.Disks.Disks.Single().State, repairing.Disks.Disks.Single().Since)
        );
    }

    [Fact]
    public void ADiskThatMovedBetweenTwoListsHasTheStateReadLast()
    {
        var moved = Healthy().Fold((DiskListKind.Broken, At(10, 5)), (DiskListKind.Repairing, At(11, 5)));
        Assert.Equal("repairing", moved.Disks.Disks.Single().State);
    }

    [Fact]
    public void DroppingIsAFlagSoAnyStatusWins()
    {
        var both = Healthy().Fold((DiskListKind.Broken, At(11, 5)), (DiskListKind.Dropping, At(12, 5, 6)));
        Assert.Equal(
            [(5UL, "broken"), (6UL, "dropping")],
            both.Disks.Disks.Select(record => (record.Disk.Id, record.State))
        );
    }

    [Fact]
    public void TheBoundKeepsTheWorstAndSaysThatItCut()
    {
        var many = Enumerable.Range(1, Thresholds.MaxDiskRows).Select(id => (ulong)id).ToArray();
        var full = Healthy().Fold((DiskListKind.Repaired, At(10, many)), (DiskListKind.Broken, At(11, 9000)));
        Assert.Equal(Thresholds.MaxDiskRows, full.Disks.Disks.Length);
        Assert.Contains(full.Disks.Disks, record => record is { Disk.Id: 9000, State: "broken" });
        Assert.True(full.Disks.Truncated);
    }

    [Fact]
    public void ADiskWhoseNewListCouldNotBeReadKeepsItsLastState()
    {
        var broken = Healthy().Fold(DiskListKind.Broken, At(10, 5));
        // it has moved to a list that could not be read
        var half = broken.Apply(new Dictionary<DiskListKind, DiskList> { [DiskListKind.Broken] = At(70) });
        Assert.Equal("broken", half.Disks.Disks.Single().State);
    }

    [Fact]
    public void WithoutBothListsThatMatterNothingIsSaidToBeKnown()
    {
        var half = Healthy().Apply(new Dictionary<DiskListKind, DiskList> { [DiskListKind.Repaired] = At(10, 5) });
        Assert.Null(half.Disks.ReadAt);
    }

    [Fact]
    public void AnOutageStartsNoClockAnew()
    {
        var repairing = Healthy().Fold(DiskListKind.Repairing, At(10, 5));
        var stale = repairing.Says(0, Leader(1, 5, [1, 2, 3]), at: 400);
        Assert.Empty(stale.Disks.Disks);
        Assert.Equal(Start.AddSeconds(10), stale.Fold(DiskListKind.Repairing, At(410, 5)).Disks.Disks.Single().Since);
        var gone = stale.Fold(DiskListKind.Repairing, At(410)).Fold(DiskListKind.Repairing, At(470, 5));
        Assert.Equal(Start.AddSeconds(470), gone.Disks.Disks.Single().Since);
    }

    [Fact]
    public void AnInstanceThatIsRegisteredAndNotLiveIsOffline()
    {
        ServiceInstance[] registered =
        [
            new("PROXY", "h1", "z0"),
            new("PROXY", "h2", "z0"),
            new("PROXY", "h3", "z1"),
            new("PROXY", "h3", "z1"),
        ];
        var record = ServiceRecord.Create(
            "proxy",
            registered,
            new ServicePage([new("PROXY", "h1", "z0"), new("PROXY", "h9", "z9")]),
            Start
        );
        Assert.Equal([new ServiceCount("proxy", "z0", 1, 1), new ServiceCount("proxy", "z1", 0, 1)], record.Counts);
    }

    private static DiskList At(double at, params ulong[] ids) =>
        new(
            Start.AddSeconds(at),
            [.. ids.Select(id => new DiskReading(id, "http://h", $"/d{id}", "z0", "r", DiskStatus.Unknown, false))],
            false
        );
}
