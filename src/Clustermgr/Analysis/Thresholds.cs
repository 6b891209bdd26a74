namespace Clustermgr.Analysis;

/// <summary>The numbers of the judgement, with where they come from. Those that an alert has too are the same in both:
/// a test compares them.</summary>
public static class Thresholds
{
    /// <summary>
    /// CheckQuorum clears a peer's active flag every election timeout and the next heartbeat answer sets it: false for
    /// one second on healthy followers, and for about 10 s after an election. Longer than that is real.
    /// </summary>
    public static readonly TimeSpan InactiveAfter = TimeSpan.FromSeconds(15);

    /// <summary>With slow polls, two short flickers in a row must not count as silence.</summary>
    public const int InactiveReadings = 3;

    /// <summary>A follower within this many entries of the leader's commit has caught up: one batch of
    /// writes.</summary>
    public const ulong CaughtUpLagEntries = 1000;

    /// <summary>Below this share of free chunks a broken disk finds no place to be repaired to.</summary>
    public const double RepairTargetShare = 0.05;

    /// <summary>Below this share of writable space writes are about to fail.</summary>
    public const double CriticalSpaceShare = 0.05;

    /// <summary>From this share of an IDC's disks without a heartbeat on, it is not single disks that fail.</summary>
    public const double ExpiredSurgeShare = 0.1;

    /// <summary>Below this share of free chunks in one IDC, while the cluster has more than
    /// <see cref="AmpleChunksShare"/>, that IDC alone limits what can be written.</summary>
    public const double BottleneckShare = 0.1;

    /// <summary>Above this share of free chunks a cluster is not full.</summary>
    public const double AmpleChunksShare = 0.2;

    /// <summary>Below this share of the median of free chunks a host is short of them.</summary>
    public const double SparseHostShare = 0.1;

    /// <summary>Number of polls after which another reason of a down member is reported.</summary>
    public const int ReportAfterPolls = 3;

    /// <summary>Maximum number of disks that are not normal that one cluster may expose.</summary>
    public const int MaxDiskRows = 500;

    /// <summary>Maximum length of one text from a member, in UTF-8 bytes. A host name has at most 253, and no text of
    /// clustermgr itself is longer.</summary>
    public const int MaxTextBytes = 256;

    /// <summary>Maximum number of IDCs in one answer. Volumes span one to three.</summary>
    public const int MaxIdcs = 64;

    /// <summary>Maximum number of services that one cluster may expose; clustermgr has five.</summary>
    public const int MaxServices = 32;

    /// <summary>Maximum number of schedulers of one cluster that are tried until one answers.</summary>
    public const int MaxSchedulerHosts = 8;

    /// <summary>A repair or drop without a finished job for this long is shown as standing still. The alert waits
    /// longer.</summary>
    public static readonly TimeSpan StalledAfter = TimeSpan.FromMinutes(10);

    /// <summary>Time after which a scheduler must have noticed a switch; it reads the switches every 15 s.</summary>
    public static readonly TimeSpan SwitchPropagation = TimeSpan.FromMinutes(1);

    /// <summary>Maximum number of blobnodes of one cluster.</summary>
    public const int MaxHosts = 100_000;

    /// <summary>Maximum number of hosts with few free chunks that one cluster may expose.</summary>
    public const int MaxSparseHosts = 64;

    /// <summary>Maximum number of IDCs, and of offline hosts, of one service.</summary>
    public const int MaxServiceRows = 64;
}
