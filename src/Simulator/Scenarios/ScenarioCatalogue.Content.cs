using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator;

/// <summary>The scenarios of disks, switches, services and space.</summary>
internal static partial class ScenarioCatalogue
{
    private static readonly uint[] SixDisks = [1, 2, 3, 4, 5, 6];

    private const double FillRate = 20.0 * (1L << 40) / 60;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(10);

    public static IEnumerable<Scenario> CreateContentScenarios() =>
        [
            CreateContentScenario(
                "disk-broken",
                "a disk breaks, is repaired and stays registered as repaired",
                "broken, repairing, repaired; the free space falls by one disk",
                CreateStep(25, "disk 5 breaks", c => c.SetDisk(5, SimulatedDiskStatus.Broken)),
                CreateRecoveryStep(60, "its repair begins", c => c.SetDisk(5, SimulatedDiskStatus.Repairing)),
                CreateRecoveryStep(150, "it is repaired", c => c.SetDisk(5, SimulatedDiskStatus.Repaired))
            ),
            CreateContentScenario(
                "repair-off",
                "a disk breaks while disk_repair is off: nothing repairs it",
                "a broken disk that stays broken, and the switch that is the reason",
                CreateStep(20, "disk_repair is set to false", c => c.SetSwitch("disk_repair", "false")),
                CreateStep(30, "disk 5 breaks", c => c.SetDisk(5, SimulatedDiskStatus.Broken))
            ),
            CreateContentScenario(
                "disk-expired",
                "a blobnode dies: its disks expire, which nobody repairs by itself",
                "expired disks that still count as available, a blobnode offline",
                CreateStep(25, "a blobnode dies", c => c.KillBlobnode(c.Blobnodes[0]))
            ),
            CreateContentScenario(
                "space-running-out",
                "the disks fill: 20 TiB a minute, until nothing can be written",
                "free and writable space and free chunks falling, allocatable volumes stale high",
                CreateStep(25, "clients write 20 TiB a minute", c => c.SetFillRate(FillRate))
            ),
            CreateContentScenario(
                "switch-ineffective",
                "switches are set to Enable, and a misspelled key is set",
                "balance and disk_drop ineffective, vol_inspect set although nothing reads it",
                CreateStep(
                    25,
                    "balance and disk_drop are set to Enable",
                    c => Each(["balance", "disk_drop"], c, "Enable")
                ),
                CreateStep(40, "vol_inspect is set, which nothing reads", c => c.SetSwitch("vol_inspect", "true"))
            ),
            CreateContentScenario(
                "service-offline",
                "all schedulers and a proxy go offline",
                "schedulers offline: no background task runs, whatever its switch says",
                CreateStep(25, "the schedulers go offline", c => c.SetService("SCHEDULER", online: false)),
                CreateStep(40, "the proxy of z1 goes offline", c => c.SetService("PROXY", online: false, "z1"))
            ),
            CreateContentScenario(
                "disk-dropped",
                "an operator takes a disk out of service, as planned",
                "read-only and dropping, then dropped; no finding of a broken disk",
                CreateStep(25, "disk 7 is put into the dropping list", c => c.DropDisk(7)),
                CreateStep(90, "disk 7 is dropped", c => c.SetDisk(7, SimulatedDiskStatus.Dropped))
            ),
            CreateSchedulerScenario(
                "repair-progress",
                "a disk breaks, and the scheduler repairs it job by job",
                "jobs done of total rising, the time left, and at the end a repaired disk",
                CreateStep(25, "disk 5 breaks", c => c.SetDisk(5, SimulatedDiskStatus.Broken))
            ),
            CreateSchedulerScenario(
                "repair-stalled",
                "a repair begins, and then no job of it becomes done",
                "jobs that stand still while the switch is on",
                CreateStep(25, "disk 5 breaks", c => c.SetDisk(5, SimulatedDiskStatus.Broken)),
                CreateStep(60, "the workers stand still", c => c.SetRepairStalled(true))
            ),
            CreateSchedulerScenario(
                "repair-failing",
                "shard repair meets one error after the other",
                "errors of shard_repair rising",
                CreateStep(25, "shard repair begins to fail", c => c.SetRepairErrors(0.5))
            ),
            CreateSchedulerScenario(
                "volume-at-risk",
                "six disks break at once, and their repair stands still: volumes have nothing left to lose",
                "volumes of EC6P6 that lack six units, where a scan is configured (demo scans every minute)",
                CreateStep(
                    25,
                    "disks 1 to 6 break",
                    c => Array.ForEach(SixDisks, disk => c.SetDisk(disk, SimulatedDiskStatus.Broken))
                ),
                CreateStep(28, "the workers stand still", c => c.SetRepairStalled(true))
            ),
            new()
            {
                Name = "new-empty-cluster",
                Description = "members that were just installed: no disk, no volume, no switch, no service",
                LookFor = "no space figures rather than 0, switches unset",
                Configure = options =>
                    options with
                    {
                        BlobnodesPerIdc = 0,
                        Volumes = 0,
                        Switches = new Dictionary<string, string>(),
                        Services = [],
                        FirstIndex = 6,
                        WritesPerSecond = 0,
                    },
            },
        ];

    /// <summary>Undoes changes of disks, services and switches. Without a leader nothing is committed, and it must be
    /// called again.</summary>
    private static void RestoreContent(SimulatedCluster cluster)
    {
        foreach (var disk in cluster.DiskIds)
        {
            cluster.SetDisk(disk, SimulatedDiskStatus.Normal);
        }
        foreach (var blobnode in cluster.Blobnodes)
        {
            cluster.StartBlobnode(blobnode);
        }
        foreach (var service in ServiceList.Names)
        {
            cluster.SetService(service, online: true);
        }
        foreach (var key in (string[])["disk_repair", "balance", "disk_drop"])
        {
            cluster.SetSwitch(key, "true");
        }
        cluster.SetSwitch("vol_inspect", null);
        cluster.SetFillRate(-FillRate);
        cluster.SetRepairStalled(false);
        cluster.SetRepairErrors(0);
    }

    /// <summary>A scenario with a short refresh interval, so that a viewer need not wait five minutes; the last state
    /// stays.</summary>
    private static Scenario CreateContentScenario(
        string name,
        string description,
        string lookFor,
        params ScenarioStep[] steps
    ) =>
        new()
        {
            Name = name,
            Description = description,
            LookFor = lookFor,
            Steps = steps,
            Configure = options => options with { RefreshInterval = RefreshInterval },
        };

    /// <summary>The same, with schedulers that work.</summary>
    private static Scenario CreateSchedulerScenario(
        string name,
        string description,
        string lookFor,
        params ScenarioStep[] steps
    ) =>
        CreateContentScenario(name, description, lookFor, steps) with
        {
            Configure = options => options with { RefreshInterval = RefreshInterval, SchedulersRun = true },
        };

    private static void Each(string[] keys, SimulatedCluster cluster, string value)
    {
        foreach (var key in keys)
        {
            cluster.SetSwitch(key, value);
        }
    }
}
