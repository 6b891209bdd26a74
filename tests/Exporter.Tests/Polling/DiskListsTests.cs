using Clustermgr.Analysis;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>When the lists of disks are read, and how far.</summary>
public sealed class DiskListsTests
{
    /// <summary>The lists need a quorum and are read once a minute; the counts in /stat show when that is too
    /// late.</summary>
    [Fact]
    public void TheListsAreReadAnewAtTheNextTickOnceTheLeaderCountsOtherDisks()
    {
        var polled = new PollingFixture();
        var broken = 0;
        polled.Members.Instead = (member, path, _) =>
            path switch
            {
                "/stat" => Task.FromResult<(int, string)?>(
                    (
                        200,
                        ScriptedMembers
                            .Stat(member[0] - 'a' + 1)
                            .Replace(
                                "\"writable_space\":500,\"total_disk\":0,\"disk_stat_infos\":null",
                                $"\"writable_space\":500,\"total_disk\":0,\"disk_stat_infos\":[{Idc(broken)}]",
                                StringComparison.Ordinal
                            )
                    )
                ),
                "/disk/list?status=2&count=200" when broken > 0 => Answer(Disks(5, 1, 2), 5),
                _ => Healthy,
            };
        polled.Start().Run(10);
        Assert.Empty(polled.Analysis.Snapshot.Disks.Disks);
        var before = polled.Members.Paths("a", "/disk/droppinglist").Count();

        broken = 1;
        polled.Run(11); // one tick to see the count, one to read the lists
        Assert.Equal(5UL, polled.Analysis.Snapshot.Disks.Disks.Single().Disk.Id);
        Assert.Equal(before + 1, polled.Members.Paths("a", "/disk/droppinglist").Count());

        polled.Run(39); // the change triggers one read, not one at every tick
        Assert.Equal(before + 1, polled.Members.Paths("a", "/disk/droppinglist").Count());
    }

    [Fact]
    public void AListWhoseMarkerStandsStillMayLackRowsAndSaysSo()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, _) =>
            path.StartsWith("/disk/list?status=2", StringComparison.Ordinal) ? Answer(Disks(1, 200, 2), 0) : Healthy;
        polled.Start().Run(1);
        Assert.Equal(200, polled.Analysis.Snapshot.Disks.Disks.Length);
        Assert.True(polled.Analysis.Snapshot.Disks.Truncated);
    }

    [Fact]
    public void OneListThatHangsHidesNoOther()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, ct) =>
            path == "/disk/droppinglist" ? polled.Members.HangAsync(ct)
            : path.StartsWith("/disk/list?status=4", StringComparison.Ordinal)
            && !path.Contains("marker", StringComparison.Ordinal)
                ? Answer(Disks(7, 1, 4), 7)
            : Healthy;
        polled.Start().Run(20);
        Assert.Equal("repaired", polled.Analysis.Snapshot.Disks.Disks.Single().State);
    }

    [Fact]
    public void DisksArePagedUntilAnEmptyPageWhoseMarkerIsIgnored()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, _) =>
            path switch
            {
                "/disk/list?status=2&count=200" => Answer(Disks(1, 200, 2), 200),
                "/disk/list?status=2&count=200&marker=200" => Answer(Disks(201, 10, 2), 210),
                "/disk/list?status=2&count=200&marker=210" => Answer("null", 210),
                _ => Healthy,
            };
        polled.Start().Run(1);
        Assert.Equal(210, polled.Analysis.Snapshot.Disks.Disks.Length);
        Assert.False(polled.Analysis.Snapshot.Disks.Truncated);
    }

    [Fact]
    public void AListThatNeverEndsIsReadUpToTheBoundAndOneWhoseMarkerStandsStillOnce()
    {
        var polled = new PollingFixture();
        var next = 1;
        polled.Members.Instead = (_, path, _) =>
            path.StartsWith("/disk/list?status=2", StringComparison.Ordinal) ? Answer(Disks(next, 200, 2), next += 200)
            : path.StartsWith("/disk/list?status=3", StringComparison.Ordinal) ? Answer(Disks(9001, 1, 3), 7)
            : Healthy;
        polled.Start().Run(1);
        Assert.Equal(Thresholds.MaxDiskRows, polled.Analysis.Snapshot.Disks.Disks.Length);
        Assert.True(polled.Analysis.Snapshot.Disks.Truncated);
        Assert.Equal(3, polled.Members.Paths("a", "/disk/list?status=2").Count());
        Assert.Equal(2, polled.Members.Paths("a", "/disk/list?status=3").Count());
    }

    private static Task<(int Status, string Body)?> Healthy => Task.FromResult<(int, string)?>(null);

    private static string Idc(int broken) =>
        $$"""{"idc":"z0","total":12,"total_chunk":100,"total_free_chunk":50,"available":{{12 - broken}},"readonly":0,"expired":0,"broken":{{broken}},"repairing":0,"repaired":0,"dropping":0,"dropped":0}""";

    private static Task<(int Status, string Body)?> Answer(string disks, int marker) =>
        Task.FromResult<(int, string)?>((200, $$"""{"disks":{{disks}},"marker":{{marker}}}"""));

    private static string Disks(int first, int count, int status) =>
        "["
        + string.Join(
            ',',
            Enumerable
                .Range(first, count)
                .Select(id =>
                    $$"""{"cluster_id":1,"idc":"z0","rack":"r","host":"http://h","path":"/d{{id}}","status":{{status}},"readonly":false,"create_time":"2026-01-01T00:00:00Z","last_update_time":"2026-01-01T00:00:00Z","disk_set_id":1,"node_id":1,"disk_id":{{id}},"used":1,"free":1,"size":2,"max_chunk_cnt":1,"free_chunk_cnt":1,"used_chunk_cnt":0}"""
                )
        )
        + "]";
}
