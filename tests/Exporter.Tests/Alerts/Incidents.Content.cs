using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using ClustermgrSimulator;
using ClustermgrSimulator.Storage;

namespace ClustermgrExporter.Tests.Alerts;

internal static partial class Incidents
{
    private static IEnumerable<AlertIncident> OfDisks() =>
        [
            new(
                "a-disk-breaks-and-is-repaired",
                "20:00",
                ["DiskBroken"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.At("9:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repairing));
                    story.At("12:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repaired));
                }
            ),
            new(
                "a-disk-breaks-and-repair-is-off",
                "30:00",
                ["DiskBroken", "RepairOffWithBrokenDisks"],
                story =>
                {
                    story.At("1:00", () => story.Cluster.SetSwitch("disk_repair", "false"));
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.At("20:00", () => story.Cluster.SetSwitch("disk_repair", "true"));
                    story.At("22:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repaired));
                }
            ),
            new(
                "a-disk-breaks-and-repair-is-set-to-enable",
                "25:00",
                ["DiskBroken", "RepairOffWithBrokenDisks", "TaskSwitchIneffective"],
                story =>
                {
                    story.At("1:00", () => story.Cluster.SetSwitch("disk_repair", "Enable"));
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                }
            ),
            new(
                "repair-has-no-target",
                "35:00",
                ["DiskBroken", "RepairHasNoTarget"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.Stat("0:00", "22:00", null, stat => FreeChunks(stat, 0.049));
                }
            ),
            new(
                "disks-break-in-two-idcs",
                "25:00",
                ["DiskBroken", "BrokenInTwoIdcs"],
                story =>
                {
                    story.At("2:00", () => Break(story, SimulatedDiskStatus.Broken));
                    story.At("14:00", () => Break(story, SimulatedDiskStatus.Repaired));
                }
            ),
            new(
                "a-blobnode-dies",
                "20:00",
                ["ExpiredSurge"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.KillBlobnode(story.Cluster.Blobnodes[0]));
                    story.At("12:00", () => story.Cluster.StartBlobnode(story.Cluster.Blobnodes[0]));
                }
            ),
            // Most disks of the IDC were dropped or repaired long ago; one of the remaining eight is silent.
            new(
                "disks-are-silent-among-many-that-were-dropped",
                "20:00",
                ["ExpiredSurge"],
                story =>
                    story.Stat(
                        "2:00",
                        "20:00",
                        null,
                        stat =>
                        {
                            var idc = Idc(stat, "z0");
                            idc["total"] = 100;
                            idc["dropped"] = 60;
                            idc["repaired"] = 32;
                            idc["available"] = 8;
                            idc["expired"] = 1;
                        }
                    )
            ),
            // The exporter beside the dead member cannot read the switch; those beside the others can.
            new(
                "repair-is-off-and-an-exporter-cannot-read-it",
                "30:00",
                ["DiskBroken", "RepairOffWithBrokenDisks", "MemberDown", "NoQuorumMargin"],
                story =>
                {
                    story.At("1:00", () => story.Cluster.SetSwitch("disk_repair", "false"));
                    story.At("1:30", () => story.Cluster.Kill(3));
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                }
            )
            {
                Watching = ExporterPlacement.Sidecars,
            },
            new(
                "a-shardnode-disk-breaks-and-its-repair-is-off",
                "25:00",
                ["DiskBroken", "RepairOffWithBrokenDisks"],
                story =>
                {
                    story.At("1:00", () => story.Cluster.SetSwitch("shard_disk_repair", "false"));
                    story.Stat(
                        "2:00",
                        "25:00",
                        null,
                        stat => stat["shard_node_space_stat"]!["disk_stat_infos"]![0]!["broken"] = 1
                    );
                }
            )
            {
                Shape = WithShardnodes,
            },
            new(
                "no-repair-here-and-disks-broken-elsewhere",
                "25:00",
                ["DiskBroken"],
                story =>
                {
                    story.At("1:00", () => story.Cluster.SetSwitch("disk_repair", "false"));
                    story.At("1:00", () => story.Cluster.SetSwitch("shard_disk_repair", "false"));
                    story.Stat("1:00", "25:00", null, stat => FreeChunks(stat, 0.02));
                }
            )
            {
                Shape = WithShardnodes,
                Also = new(
                    "disks-broken-elsewhere",
                    "25:00",
                    ["DiskBroken"],
                    story =>
                    {
                        story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                        story.Stat(
                            "2:00",
                            "25:00",
                            null,
                            stat => stat["shard_node_space_stat"]!["disk_stat_infos"]![0]!["broken"] = 1
                        );
                    }
                )
                {
                    Shape = WithShardnodes,
                },
            },
            // Here it is unknown whether repair is on.
            new(
                "no-switch-can-be-read-here-and-repair-is-off-elsewhere",
                "25:00",
                ["DiskBroken", "StaleData"],
                story =>
                {
                    story.Fail("1:00", "25:00", "/config/get", HttpStatusCode.InternalServerError);
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.Stat(
                        "2:00",
                        "25:00",
                        null,
                        stat => stat["shard_node_space_stat"]!["disk_stat_infos"]![0]!["broken"] = 1
                    );
                }
            )
            {
                Shape = WithShardnodes,
                JustBelow = "RepairOffWithBrokenDisks",
                Also = new(
                    "repair-is-off-elsewhere",
                    "25:00",
                    [],
                    story =>
                        story.At(
                            "1:00",
                            () =>
                                Each(["disk_repair", "shard_disk_repair"], key => story.Cluster.SetSwitch(key, "false"))
                        )
                ),
            },
            new(
                "repair-stands-still",
                "8:00:00",
                ["DiskBroken", "RepairStalled"],
                story =>
                {
                    story.At("10:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.At("20:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repairing));
                    story.At("7:45:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repaired));
                }
            ),
            // The other cluster has the same disks in other states: a rule must not confuse the two.
            new(
                "repair-stands-still-here-and-is-done-elsewhere",
                "8:00:00",
                ["RepairStalled"],
                story =>
                {
                    story.At("10:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repairing));
                    story.At("5:00:00", () => story.Cluster.DropDisk(7));
                }
            )
            {
                Also = new(
                    "repaired-elsewhere",
                    "8:00:00",
                    [],
                    story => story.At("10:00", () => story.Cluster.SetDisk(7, SimulatedDiskStatus.Repaired))
                )
                {
                    StepSeconds = 60,
                    PollSeconds = 30,
                },
            },
            new(
                "dropping-stands-still-here-and-is-done-elsewhere",
                "8:00:00",
                ["DropStalled"],
                story =>
                {
                    story.At("10:00", () => story.Cluster.DropDisk(7));
                    story.At("5:00:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repairing));
                }
            )
            {
                Also = new(
                    "dropped-elsewhere",
                    "8:00:00",
                    [],
                    story => story.At("10:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Dropped))
                )
                {
                    StepSeconds = 60,
                    PollSeconds = 30,
                },
            },
            new(
                "tasks-are-off-here-and-stand-still-elsewhere",
                "8:00:00",
                ["RepairOffWithBrokenDisks", "RepairStalled", "DropStalled"],
                story =>
                {
                    story.At(
                        "5:00",
                        () => Each(["disk_repair", "disk_drop"], key => story.Cluster.SetSwitch(key, "false"))
                    );
                    Stuck(story);
                }
            )
            {
                Also = new("stuck-elsewhere", "8:00:00", ["RepairStalled", "DropStalled"], Stuck)
                {
                    StepSeconds = 60,
                    PollSeconds = 30,
                },
            },
            new(
                "dropping-stands-still",
                "8:00:00",
                ["DropStalled"],
                story =>
                {
                    story.At("10:00", () => story.Cluster.DropDisk(7));
                    story.At("7:45:00", () => story.Cluster.SetDisk(7, SimulatedDiskStatus.Dropped));
                }
            ),
        ];

    private static void NoVolume(JsonNode stat)
    {
        foreach (var count in stat["volume_stat"]!.AsObject().Select(entry => entry.Key).ToList())
        {
            stat["volume_stat"]![count] = 0;
        }
    }

    private static IEnumerable<AlertIncident> OfSpace() =>
        [
            new(
                "disks-and-not-one-volume",
                "45:00",
                ["NoVolumes"],
                story =>
                    story.Stat(
                        "0:00",
                        "40:00",
                        null,
                        stat =>
                        {
                            NoVolume(stat);
                            foreach (var idc in Idcs(stat))
                            {
                                idc["total"] = 3;
                                idc["available"] = 3;
                            }
                        }
                    )
            ),
            new(
                "no-volume-can-be-allocated",
                "12:00",
                ["NoAllocatableVolumes"],
                story =>
                    story.Stat(
                        "2:00",
                        "10:00",
                        null,
                        stat =>
                            (stat["volume_stat"]!["can_alloc_volume"], stat["volume_stat"]!["total_volume"]) = (0, 5)
                    )
            ),
            new(
                "space-is-nearly-gone",
                "22:00",
                ["WritableSpaceCritical"],
                story => story.Stat("2:00", "20:00", null, stat => Writable(stat, 0.049))
            ),
            new("space-lasts-for-two-days", "6:00:00", ["WritableSpaceCritical"], Filling(0.9, 0.9 / (48 * 3600))),
            new(
                "space-lasts-for-thirteen-days",
                "9:00:00",
                ["WritableSpaceRunway"],
                Filling(0.29, 0.29 / (13 * 24 * 3600))
            ),
            new(
                "one-idc-fills-first",
                "75:00",
                ["IdcBottleneck"],
                story =>
                    story.Stat(
                        "2:00",
                        "75:00",
                        null,
                        stat =>
                        {
                            FreeChunks(stat, 0.5);
                            Idc(stat, "z1")["total_free_chunk"] = (long)((long)Idc(stat, "z1")["total_chunk"]! * 0.099);
                        }
                    )
            ),
            new(
                "volumes-never-unlock",
                "75:00",
                ["VolumesStuckUnlocking"],
                story => story.Stat("2:00", "75:00", null, stat => stat["volume_stat"]!["unlocking_volume"] = 3)
            ),
        ];

    private static IEnumerable<AlertIncident> OfTasks() =>
        [
            new(
                "a-switch-is-set-to-enable",
                "17:00",
                ["TaskSwitchIneffective"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetSwitch("balance", "Enable"));
                    story.At("14:00", () => story.Cluster.SetSwitch("balance", "true"));
                }
            ),
            new(
                "vol-inspect-is-set",
                "15:00",
                ["TaskSwitchIneffective"],
                story => story.At("2:00", () => story.Cluster.SetSwitch("vol_inspect", "true"))
            ),
            new(
                "a-switch-is-not-as-configured",
                "22:00",
                ["TaskSwitchUnexpected"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetSwitch("balance", "false"));
                    story.At("19:00", () => story.Cluster.SetSwitch("balance", "true"));
                }
            )
            {
                Tasks = Expect(("balance", true)),
            },
            new("a-switch-is-on-against-the-configuration", "20:00", ["TaskSwitchUnexpected"], _ => { })
            {
                Tasks = Expect(("balance", false)),
            },
            new(
                "blob-delete-is-off-for-a-day",
                "24:45:00",
                ["TaskSwitchOff"],
                story =>
                {
                    story.At("10:00", () => story.Cluster.SetSwitch("blob_delete", "false"));
                    story.At("10:00", () => story.Cluster.SetSwitch("volume_inspect", "false"));
                    story.At("24:30:00", () => story.Cluster.SetSwitch("blob_delete", "true"));
                }
            )
            {
                StepSeconds = 300,
                PollSeconds = 60,
                Also = new(
                    "off-as-configured-elsewhere",
                    "24:45:00",
                    [],
                    story => story.At("10:00", () => story.Cluster.SetSwitch("blob_delete", "false"))
                )
                {
                    StepSeconds = 300,
                    PollSeconds = 60,
                    Tasks = Expect(("blob_delete", false)),
                },
            },
            new(
                "the-schedulers-are-gone",
                "20:00",
                ["ServiceOffline"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetService("SCHEDULER", online: false));
                    story.At("15:00", () => story.Cluster.SetService("SCHEDULER", online: true));
                }
            ),
            new(
                "disks-cannot-be-read",
                "25:00",
                ["StaleData"],
                story => story.Fail("2:00", "24:00", "/disk/", HttpStatusCode.InternalServerError)
            ),
        ];

    private static void Stuck(IncidentRun story)
    {
        story.At("10:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repairing));
        story.At("10:00", () => story.Cluster.DropDisk(7));
    }

    private static void Each<T>(IEnumerable<T> all, Action<T> act)
    {
        foreach (var one in all)
        {
            act(one);
        }
    }

    private static SimulatorOptions WithShardnodes(SimulatorOptions options) =>
        AlertIncident.Quick(options) with
        {
            ShardnodesPerIdc = 2,
        };

    private static void Break(IncidentRun story, SimulatedDiskStatus status)
    {
        story.Cluster.SetDisk(1, status);
        story.Cluster.SetDisk(story.Cluster.DiskIds[^1], status);
    }

    private static ImmutableSortedDictionary<string, bool> Expect(params (string Key, bool On)[] tasks) =>
        tasks.ToImmutableSortedDictionary(task => task.Key, task => task.On);

    private static void FreeChunks(System.Text.Json.Nodes.JsonNode stat, double share)
    {
        foreach (var row in Idcs(stat))
        {
            row["total_free_chunk"] = (long)((long)row["total_chunk"]! * share);
        }
    }

    private static void Writable(System.Text.Json.Nodes.JsonNode stat, double share) =>
        Space(stat)["writable_space"] = (long)((long)Space(stat)["total_space"]! * share);

    /// <summary>Writable space that decreases at a constant rate.</summary>
    /// <param name="from">Initial share of the total space.</param>
    /// <param name="perSecond">Share of the total space that is used up per second.</param>
    private static Action<IncidentRun> Filling(double from, double perSecond) =>
        story =>
            story.Stat(
                "0:00",
                "9:00:00",
                null,
                stat => Writable(stat, from - (perSecond * story.Cluster.Age.TotalSeconds))
            );
}
