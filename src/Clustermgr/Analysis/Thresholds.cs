namespace Clustermgr.Analysis;

/// <summary>The numbers of the judgement, with where they come from.</summary>
public static class Thresholds
{
    /// <summary>
    /// CheckQuorum clears a peer's active flag every election timeout and the next heartbeat answer sets it: false for
    /// one second on healthy followers, and for about 10 s after an election. Longer than that is real.
    /// </summary>
    public static readonly TimeSpan InactiveAfter = TimeSpan.FromSeconds(15);

    /// <summary>Slow polls must not take two flickers in a row for a silence.</summary>
    public const int InactiveReadings = 3;

    /// <summary>A follower within this many entries of the leader's commit has caught up: one batch of
    /// writes.</summary>
    public const ulong CaughtUpLagEntries = 1000;

    /// <summary>A member that is down for another reason than before is told after so many polls.</summary>
    public const int ToldAfter = 3;

    /// <summary>Rows of disks that are not normal that one cluster may expose.</summary>
    public const int DiskRows = 500;

    /// <summary>Of one text of a member, in UTF-8. A host name has at most 253, and nothing of clustermgr's own is
    /// longer.</summary>
    public const int TextBytes = 256;

    /// <summary>Of one answer. Volumes span one to three.</summary>
    public const int Idcs = 64;

    /// <summary>Services that one cluster may expose; clustermgr knows five.</summary>
    public const int Services = 32;

    /// <summary>Schedulers of one cluster that may be asked, one after the other until one answers.</summary>
    public const int SchedulerHosts = 8;

    /// <summary>A repair or a drop of which no job became done for so long is shown as one that stands still. The alert
    /// waits longer.</summary>
    public static readonly TimeSpan StandsStill = TimeSpan.FromMinutes(10);

    /// <summary>A scheduler reads the switches every 15 s.</summary>
    public static readonly TimeSpan SwitchHeard = TimeSpan.FromMinutes(1);

    /// <summary>Blobnodes of one cluster.</summary>
    public const int Hosts = 100_000;

    /// <summary>Hosts with few free chunks that one cluster may expose.</summary>
    public const int ShortHosts = 64;

    /// <summary>IDCs of one service, and hosts of it that are offline.</summary>
    public const int ServiceRows = 64;
}
