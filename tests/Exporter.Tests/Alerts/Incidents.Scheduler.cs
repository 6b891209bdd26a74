using System.Text.Json.Nodes;
using ClustermgrSimulator;
using ClustermgrSimulator.Storage;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Repairs and drops whose progress the cluster's scheduler reports.</summary>
internal static partial class Incidents
{
    private static IEnumerable<AlertIncident> OfScheduler() =>
        [
            new(
                "repair-stands-still-by-its-jobs",
                "2:30:00",
                ["RepairStalled"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.At("5:00", () => story.Cluster.SetRepairStalled(true));
                    story.At("2:20:00", () => story.Cluster.SetRepairStalled(false));
                }
            )
            {
                Shape = Working(60),
            },
            new(
                "dropping-stands-still-by-its-jobs",
                "2:30:00",
                ["DropStalled"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.DropDisk(7));
                    story.At("5:00", () => story.Cluster.SetRepairStalled(true));
                    story.At("2:20:00", () => story.Cluster.SetRepairStalled(false));
                }
            )
            {
                Shape = Working(60),
            },
            // The other cluster's jobs make progress: a rule must not confuse the two.
            new(
                "repair-stands-still-by-its-jobs-here-and-goes-on-elsewhere",
                "2:30:00",
                ["RepairStalled"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.At("5:00", () => story.Cluster.SetRepairStalled(true));
                }
            )
            {
                Shape = Working(60),
                Also = new(
                    "repair-goes-on-elsewhere",
                    "2:30:00",
                    [],
                    story => story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken))
                )
                {
                    Shape = Working(300),
                    StepSeconds = 60,
                    PollSeconds = 30,
                },
            },
            // One cluster's job figures say nothing about the other cluster.
            new(
                "tasks-stand-still-here-without-a-scheduler-and-go-on-elsewhere",
                "8:00:00",
                ["RepairStalled", "DropStalled"],
                Stuck
            )
            {
                StepSeconds = 300,
                PollSeconds = 60,
                Also = new("tasks-go-on-elsewhere", "8:00:00", [], Stuck)
                {
                    Shape = Working(2400),
                    StepSeconds = 300,
                    PollSeconds = 60,
                },
            },
            // One job every forty minutes, for ten hours: it makes progress, although the state of the disk does not
            // change.
            Below(
                "RepairStalled",
                "repair-takes-ten-hours-job-by-job",
                "10:00:00",
                story => story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken))
            ) with
            {
                Shape = Working(2400),
                StepSeconds = 300,
                PollSeconds = 60,
            },
            Below(
                "DropStalled",
                "dropping-takes-ten-hours-job-by-job",
                "10:00:00",
                story => story.At("2:00", () => story.Cluster.DropDisk(7))
            ) with
            {
                Shape = Working(2400),
                StepSeconds = 300,
                PollSeconds = 60,
            },
            new(
                "shard-repair-fails",
                "55:00",
                ["RepairFailing"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetRepairErrors(0.1));
                    story.At("40:00", () => story.Cluster.SetRepairErrors(0));
                }
            )
            {
                Shape = Working(2),
            },
            Below(
                "RepairFailing",
                "shard-repair-fails-for-10-minutes",
                "50:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetRepairErrors(0.1));
                    story.At("12:00", () => story.Cluster.SetRepairErrors(0));
                }
            ) with
            {
                Shape = Working(2),
            },
            new(
                "the-queues-of-repairs-and-drops-grow",
                "5:00:00",
                ["RepairQueueGrows"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.DropDisk(7));
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    foreach (var i in Enumerable.Range(1, 14))
                    {
                        story.Scheduler($"{20 * i}:00", "4:50:00", More);
                    }
                }
            )
            {
                Shape = options => Working(2400)(options) with { Volumes = 10 },
                StepSeconds = 120,
                PollSeconds = 60,
            },
            Below(
                "RepairQueueGrows",
                "the-queue-of-drops-grows-once",
                "4:00:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.DropDisk(3));
                    story.At("1:10:00", () => story.Cluster.DropDisk(9));
                    story.At("1:10:00", () => story.Cluster.DropDisk(15));
                }
            ) with
            {
                Shape = Working(600),
                StepSeconds = 120,
                PollSeconds = 60,
            },
            new(
                "a-scheduler-has-not-read-a-switch",
                "20:00",
                ["TaskSwitchIneffective"],
                story => story.Scheduler("2:00", "16:00", body => body["blobnode"]!["balance"]!["enable"] = false)
            )
            {
                Shape = Working(2),
            },
            Below(
                "TaskSwitchIneffective",
                "a-scheduler-reads-a-switch-late",
                "20:00",
                story => story.Scheduler("2:00", "9:00", body => body["blobnode"]!["balance"]!["enable"] = false)
            ) with
            {
                Shape = Working(2),
            },
            // Repair is switched off halfway: the jobs are done, but the last step waits.
            new(
                "repair-is-switched-off-in-the-middle",
                "40:00",
                ["RepairOffWithBrokenDisks"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.At("3:00", () => story.Cluster.SetSwitch("disk_repair", "false"));
                    story.At("30:00", () => story.Cluster.SetSwitch("disk_repair", "true"));
                }
            )
            {
                Shape = Working(5),
            },
        ];

    /// <summary>Incidents that last for days, in steps of five minutes.</summary>
    private static IEnumerable<AlertIncident> OfReplacements() =>
        [
            new(
                "a-repaired-disk-is-not-replaced",
                "75:00:00",
                ["DiskNotReplaced"],
                story =>
                {
                    story.At("10:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repaired));
                    story.At("12:00", () => story.Cluster.SetDisk(6, SimulatedDiskStatus.Repaired));
                    story.At("24:00:00", () => story.Cluster.ReplaceDisk(6));
                    story.At("74:00:00", () => story.Cluster.ReplaceDisk(5));
                }
            )
            {
                StepSeconds = 300,
                PollSeconds = 300,
            },
            Below(
                "DiskNotReplaced",
                "a-repaired-disk-is-replaced-on-the-third-day",
                "75:00:00",
                story =>
                {
                    story.At("10:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repaired));
                    story.At("71:30:00", () => story.Cluster.ReplaceDisk(5));
                }
            ) with
            {
                StepSeconds = 300,
                PollSeconds = 300,
            },
        ];

    /// <summary>All volumes use EC6P6, and the units of a volume are on consecutive disks.</summary>
    private static IEnumerable<AlertIncident> OfVolumes() =>
        [
            new(
                "volumes-have-nothing-left-to-lose",
                "28:00",
                ["DiskBroken", "VolumeAtRisk"],
                story =>
                {
                    story.At("2:00", () => Break(story, 6, SimulatedDiskStatus.Broken));
                    story.At("12:00", () => Break(story, 6, SimulatedDiskStatus.Normal));
                }
            )
            {
                VolumeScan = TimeSpan.FromMinutes(1),
                Also = Scanned("volumes-are-whole-elsewhere", "28:00", 0),
            },
            new(
                "volumes-may-have-lost-data",
                "14:00",
                ["DiskBroken", "VolumeAtRisk"],
                story => story.At("2:00", () => Break(story, 7, SimulatedDiskStatus.Broken))
            )
            {
                Shape = options => AlertIncident.Quick(options) with { Volumes = 20 },
                VolumeScan = TimeSpan.FromMinutes(1),
            },
            new(
                "volumes-have-one-unit-left-to-lose",
                "30:00",
                ["DiskBroken", "VolumeOneLossLeft"],
                story =>
                {
                    story.At("2:00", () => Break(story, 5, SimulatedDiskStatus.Broken));
                    story.At("24:00", () => Break(story, 5, SimulatedDiskStatus.Normal));
                }
            )
            {
                VolumeScan = TimeSpan.FromMinutes(1),
                JustBelow = "VolumeAtRisk",
            },
            new(
                "a-host-is-short-of-chunks",
                "30:00",
                ["HostShortOfChunks"],
                story =>
                {
                    story.At("2:00", () => Fill(story, 1));
                    story.At("24:00", () => Fill(story, 0.4));
                }
            )
            {
                VolumeScan = TimeSpan.FromMinutes(1),
            },
            // Slightly more than a tenth of what the others have.
            new(
                "a-host-has-a-tenth-of-the-others-chunks",
                "25:00",
                [],
                story => story.At("2:00", () => Fill(story, 0.93))
            )
            {
                VolumeScan = TimeSpan.FromMinutes(1),
                JustBelow = "HostShortOfChunks",
            },
            // Writes stopped long before.
            Scanned("volumes-have-two-units-left-to-lose", "25:00", 4, "DiskBroken") with
            {
                JustBelow = "VolumeOneLossLeft",
            },
        ];

    private static AlertIncident Scanned(string name, string lasts, int broken, params string[] raises) =>
        new(name, lasts, raises, story => story.At("2:00", () => Break(story, broken, SimulatedDiskStatus.Broken)))
        {
            VolumeScan = TimeSpan.FromMinutes(1),
        };

    /// <summary>Sets the usage of all disks of one host.</summary>
    private static void Fill(IncidentRun story, double share)
    {
        foreach (var disk in story.Cluster.DiskIds.Take(new SimulatorOptions().DisksPerBlobnode))
        {
            story.Cluster.SetDiskUse(disk, share);
        }
    }

    private static void Break(IncidentRun story, int disks, SimulatedDiskStatus status)
    {
        foreach (var disk in story.Cluster.DiskIds.Take(disks))
        {
            story.Cluster.SetDisk(disk, status);
        }
    }

    /// <summary>Reports one more job of each kind than there is.</summary>
    private static void More(JsonNode stats)
    {
        foreach (var task in (string[])["disk_repair", "disk_drop"])
        {
            var jobs = stats["blobnode"]![task]!;
            jobs["total_tasks_cnt"] = (long)jobs["total_tasks_cnt"]! + 1;
        }
    }

    /// <summary>Schedulers that run jobs.</summary>
    /// <param name="seconds">Interval between two jobs.</param>
    private static Func<SimulatorOptions, SimulatorOptions> Working(double seconds) =>
        options =>
            AlertIncident.Quick(options) with
            {
                SchedulersRun = true,
                Timings = options.Timings with { RepairJob = TimeSpan.FromSeconds(seconds) },
            };
}
