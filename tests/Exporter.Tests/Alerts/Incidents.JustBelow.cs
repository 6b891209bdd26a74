using ClustermgrSimulator;
using ClustermgrSimulator.Storage;

namespace ClustermgrExporter.Tests.Alerts;

internal static partial class Incidents
{
    /// <summary>Incidents with the same causes, but just too small or too short.</summary>
    private static IEnumerable<AlertIncident> JustBelow() =>
        [
            Below(
                "NoLeader",
                "cut-off-for-30-seconds",
                "6:00",
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Isolate));
                    story.At("2:35", () => Each(story, story.Cluster.Heal));
                }
            ),
            Below("LabelClash", "labels-clash-for-5-minutes", "14:00", _ => { }) with
            {
                LabelsClash = at => at >= TimeSpan.FromMinutes(2) && at < TimeSpan.FromMinutes(6),
            },
            Below(
                "LeaderFlapping",
                "two-failovers-in-ten-minutes",
                "16:00",
                story =>
                {
                    foreach (var (killed, started) in ((string, string)[])[("2:00", "4:00"), ("6:00", "8:00")])
                    {
                        story.At(killed, () => KillLeader(story));
                        story.At(started, () => StartAll(story));
                    }
                }
            ),
            Below("NoVolumes", "neither-volumes-nor-disks", "40:00", _ => { }) with
            {
                Shape = Scenario.Parse("new-empty-cluster").Configure,
            },
            Below(
                "NoVolumes",
                "no-volume-for-28-minutes",
                "36:00",
                story => story.Stat("0:00", "28:00", null, NoVolume)
            ),
            Below(
                "QuorumLost",
                "followers-killed-for-8-seconds",
                "6:00",
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3));
                    story.At("2:08", () => Each(story, story.Cluster.Start, 2, 3));
                }
            ),
            Below(
                "ClusterBlind",
                "killed-for-45-seconds",
                "6:00",
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill));
                    story.At("2:40", () => Each(story, story.Cluster.Start));
                }
            ),
            Below(
                "NoQuorumMargin",
                "a-follower-killed-for-9-minutes",
                "14:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.Kill(3));
                    story.At("11:00", () => story.Cluster.Start(3));
                }
            ) with
            {
                Raises = ["MemberDown"],
            },
            Below(
                "NoQuorumMargin",
                "one-of-five-killed",
                "16:00",
                story => story.At("2:00", () => story.Cluster.Kill(5))
            ) with
            {
                Raises = ["MemberDown"],
                Members = 5,
                Shape = options => AlertIncident.Quick(options) with { Members = 5 },
            },
            Below(
                "MemberDown",
                "a-follower-killed-for-4-minutes",
                "9:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.Kill(3));
                    story.At("6:00", () => story.Cluster.Start(3));
                }
            ),
            Below(
                "LeaderDisagreement",
                "another-leader-named-for-40-seconds",
                "5:00",
                story => story.Stat("2:00", "2:40", 2, stat => Raft(stat)["leader"] = 3)
            ),
            // 64-bit floats cannot distinguish two such terms.
            Below(
                "LeaderDisagreement",
                "terms-beyond-2-to-the-53",
                "5:00",
                story =>
                {
                    story.Stat("0:00", "5:00", null, stat => Raft(stat)["term"] = (1UL << 60) + 1);
                    story.Stat(
                        "2:00",
                        "5:00",
                        2,
                        stat => (Raft(stat)["leader"], Raft(stat)["term"]) = (2, (1UL << 60) + 2)
                    );
                }
            ),
            Below(
                "TwoLeadersInOneTerm",
                "a-deposed-leader-goes-on-in-its-old-term",
                "6:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.Isolate(1));
                    story.At("3:30", () => story.Cluster.Heal(1));
                }
            ),
            Below(
                "CommitWentBack",
                "commit-falls-and-recovers",
                "5:00",
                story =>
                    story.Stat("2:00", "2:40", 3, stat => Raft(stat)["commit"] = (ulong)Raft(stat)["commit"]! - 5000)
            ),
            Below(
                "ApplyStalled",
                "apply-is-slow-and-moves",
                "14:00",
                story => story.At("2:00", () => story.Cluster.DelayApply(3, 500))
            ),
            Below(
                "TermChurn",
                "three-transfers",
                "22:00",
                story =>
                {
                    for (var i = 0; i < 3; i++)
                    {
                        var target = (ulong)(2 + (i % 2));
                        story.At($"{2 + (2 * i)}:00", () => story.Cluster.TransferLeadership(target));
                    }
                }
            ),
            Below(
                "TransferStuck",
                "a-transfer-of-40-seconds",
                "5:00",
                story => story.Stat("2:00", "2:40", 1, stat => Raft(stat)["transferee"] = 3)
            ),
            Below(
                "MemberIsolated",
                "cut-off-for-90-seconds",
                "8:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.Isolate(2));
                    story.At("3:30", () => story.Cluster.Heal(2));
                }
            ),
            Below(
                "PeerLagging",
                "a-lag-of-900-entries",
                "16:00",
                story =>
                    story.Stat(
                        "2:00",
                        "16:00",
                        null,
                        stat => Peer(stat, 3, row => row["match"] = (ulong)row["match"]! - 900)
                    )
            ),
            Below(
                "PeerNotReplicating",
                "probed-for-9-minutes",
                "16:00",
                story => story.Stat("2:00", "11:00", null, stat => Peer(stat, 3, row => row["state"] = "StateProbe"))
            ),
            Below(
                "PeerSnapshot",
                "a-snapshot-of-9-minutes",
                "16:00",
                story => story.Stat("2:00", "11:00", null, stat => Peer(stat, 3, row => row["state"] = "StateSnapshot"))
            ),
            Below(
                "LearnerStuck",
                "a-learner-catches-up",
                "16:00",
                story =>
                {
                    story.At(
                        "2:00",
                        () => story.Cluster.AddMember(4, "10.0.0.4:9998", "10.0.0.4:10110", learner: true)
                    );
                    story.At("10:00", () => story.Cluster.Start(4));
                }
            ),
            Below(
                "MemberForwarding",
                "forwarding-for-4-minutes",
                "9:00",
                story => Faulty(story, "2:00", "6:00", new() { ForwardAsSick = true })
            ),
            Below(
                "MemberAuthRefused",
                "refused-for-4-minutes",
                "9:00",
                story => Faulty(story, "2:00", "6:00", new() { RefuseTokens = true })
            ),
            Below(
                "SchemaDrift",
                "unknown-fields-for-4-minutes",
                "9:00",
                story =>
                    Faulty(story, "2:00", "6:00", new() { Body = ClustermgrSimulator.Faults.BodyFault.UnknownFields })
            ),
            Below(
                "ReadOnlyMember",
                "read-only-for-9-minutes",
                "14:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetReadOnly(2, true));
                    story.At("11:00", () => story.Cluster.SetReadOnly(2, false));
                }
            ),
            Below(
                "VoterMismatch",
                "a-voter-unwatched-for-28-minutes",
                "40:00",
                story =>
                {
                    Added(story, 4, learner: false);
                    story.At("28:00", () => story.Cluster.RemoveMember(4));
                }
            ),
            Below("VoterMismatch", "learners-are-watched-too", "40:00", Learners) with
            {
                Members = 5,
            },
            Below("VoterMismatch", "one-exporter-beside-a-follower", "40:00", _ => { }) with
            {
                Members = 1,
                Watching = ExporterPlacement.Sidecars,
                StepSeconds = 60,
                PollSeconds = 30,
                Shape = options => AlertIncident.Quick(options) with { FirstLeader = 2 },
            },
            Below(
                "DiskBroken",
                "a-disk-is-broken-for-4-minutes",
                "12:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.At("6:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Repairing));
                }
            ),
            Below(
                "RepairOffWithBrokenDisks",
                "repair-is-off-for-14-minutes",
                "20:00",
                story =>
                {
                    story.At("1:00", () => story.Cluster.SetSwitch("disk_repair", "false"));
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.At("16:00", () => story.Cluster.SetSwitch("disk_repair", "true"));
                }
            ) with
            {
                Raises = ["DiskBroken"],
            },
            Below(
                "RepairHasNoTarget",
                "a-twentieth-of-the-chunks-is-free",
                "22:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetDisk(5, SimulatedDiskStatus.Broken));
                    story.Stat("0:00", "25:00", null, stat => FreeChunks(stat, 0.06));
                }
            ) with
            {
                Raises = ["DiskBroken"],
            },
            Below(
                "RepairHasNoTarget",
                "few-chunks-and-no-broken-disk",
                "22:00",
                story => story.Stat("0:00", "25:00", null, stat => FreeChunks(stat, 0.02))
            ),
            Below(
                "BrokenInTwoIdcs",
                "two-disks-break-in-one-idc",
                "16:00",
                story =>
                    story.At(
                        "2:00",
                        () =>
                            Array.ForEach(
                                story.Cluster.DiskIds.Take(2).ToArray(),
                                disk => story.Cluster.SetDisk(disk, SimulatedDiskStatus.Broken)
                            )
                    )
            ) with
            {
                Raises = ["DiskBroken"],
            },
            Below(
                "BrokenInTwoIdcs",
                "two-idcs-for-8-minutes",
                "20:00",
                story =>
                {
                    story.At("2:00", () => Break(story, SimulatedDiskStatus.Broken));
                    story.At("10:00", () => Break(story, SimulatedDiskStatus.Repaired));
                }
            ) with
            {
                Raises = ["DiskBroken"],
            },
            Below(
                "ExpiredSurge",
                "one-disk-in-twelve-is-silent",
                "12:00",
                story => story.Stat("2:00", "12:00", null, stat => Idc(stat, "z0")["expired"] = 1)
            ),
            Below(
                "ExpiredSurge",
                "silent-for-4-minutes",
                "12:00",
                story => story.Stat("2:00", "6:00", null, stat => Idc(stat, "z0")["expired"] = 3)
            ),
            Below(
                "NoAllocatableVolumes",
                "one-volume-is-left",
                "12:00",
                story => story.Stat("2:00", "12:00", null, stat => stat["volume_stat"]!["can_alloc_volume"] = 1)
            ),
            Below(
                "NoAllocatableVolumes",
                "there-are-no-volumes",
                "12:00",
                story =>
                    story.Stat(
                        "2:00",
                        "12:00",
                        null,
                        stat =>
                            (stat["volume_stat"]!["can_alloc_volume"], stat["volume_stat"]!["total_volume"]) = (0, 0)
                    )
            ),
            Below(
                "NoAllocatableVolumes",
                "none-for-4-minutes",
                "12:00",
                story => story.Stat("2:00", "6:00", null, stat => stat["volume_stat"]!["can_alloc_volume"] = 0)
            ),
            Below(
                "WritableSpaceCritical",
                "a-little-more-than-a-twentieth-is-writable",
                "22:00",
                story => story.Stat("2:00", "22:00", null, stat => Writable(stat, 0.051))
            ),
            Below(
                "WritableSpaceCritical",
                "a-twentieth-for-14-minutes",
                "22:00",
                story => story.Stat("2:00", "16:00", null, stat => Writable(stat, 0.049))
            ),
            Below("WritableSpaceCritical", "space-lasts-for-three-days", "6:00:00", Filling(0.9, 0.9 / (72 * 3600))),
            Below(
                "WritableSpaceCritical",
                "space-lasts-for-a-day-as-far-as-two-hours-tell",
                "5:30:00",
                story => FewHours(story, 1)
            ),
            Below(
                "WritableSpaceRunway",
                "space-lasts-for-ten-days-as-far-as-few-hours-tell",
                "9:00:00",
                story => FewHours(story, 10)
            ),
            Below(
                "WritableSpaceRunway",
                "plenty-of-space-that-lasts-for-ten-days",
                "9:00:00",
                Filling(0.4, 0.4 / (240 * 3600))
            ) with
            {
                Also = new(
                    "little-space-that-lasts",
                    "9:00:00",
                    [],
                    story => story.Stat("0:00", "9:00:00", null, stat => Writable(stat, 0.2))
                )
                {
                    StepSeconds = 60,
                    PollSeconds = 30,
                },
            },
            Below(
                "WritableSpaceRunway",
                "space-lasts-for-sixteen-days",
                "9:00:00",
                Filling(0.29, 0.29 / (16 * 24 * 3600))
            ),
            Below("WritableSpaceRunway", "three-hosts-are-dropped-in-three-hours", "9:30:00", Leaps) with
            {
                StepSeconds = 60,
                PollSeconds = 30,
            },
            Below("WritableSpaceCritical", "a-host-with-a-seventh-of-the-space-is-dropped", "6:00:00", Leaps) with
            {
                StepSeconds = 60,
                PollSeconds = 30,
            },
            Below(
                "IdcBottleneck",
                "a-tenth-is-free-in-one-idc",
                "75:00",
                story =>
                    story.Stat(
                        "2:00",
                        "75:00",
                        null,
                        stat =>
                        {
                            FreeChunks(stat, 0.5);
                            Idc(stat, "z1")["total_free_chunk"] = (long)((long)Idc(stat, "z1")["total_chunk"]! * 0.11);
                        }
                    )
            ),
            Below(
                "IdcBottleneck",
                "every-idc-is-nearly-full",
                "75:00",
                story =>
                    story.Stat(
                        "2:00",
                        "75:00",
                        null,
                        stat =>
                        {
                            FreeChunks(stat, 0.21);
                            Idc(stat, "z1")["total_free_chunk"] = (long)((long)Idc(stat, "z1")["total_chunk"]! * 0.09);
                        }
                    )
            ),
            Below(
                "IdcBottleneck",
                "one-idc-is-full-for-50-minutes",
                "75:00",
                story =>
                    story.Stat(
                        "2:00",
                        "52:00",
                        null,
                        stat =>
                        {
                            FreeChunks(stat, 0.5);
                            Idc(stat, "z1")["total_free_chunk"] = 0;
                        }
                    )
            ),
            Below(
                "VolumesStuckUnlocking",
                "volumes-unlock-once-in-between",
                "75:00",
                story =>
                {
                    story.Stat("2:00", "40:00", null, stat => stat["volume_stat"]!["unlocking_volume"] = 3);
                    story.Stat("41:00", "75:00", null, stat => stat["volume_stat"]!["unlocking_volume"] = 3);
                }
            ),
            Below(
                "TaskSwitchIneffective",
                "set-to-enable-for-9-minutes",
                "15:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetSwitch("balance", "Enable"));
                    story.At("11:00", () => story.Cluster.SetSwitch("balance", "true"));
                }
            ),
            Below(
                "TaskSwitchUnexpected",
                "not-as-configured-for-14-minutes",
                "20:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetSwitch("balance", "false"));
                    story.At("16:00", () => story.Cluster.SetSwitch("balance", "true"));
                }
            ) with
            {
                Tasks = Expect(("balance", true)),
            },
            Below(
                "TaskSwitchUnexpected",
                "as-configured-here-and-otherwise-elsewhere",
                "20:00",
                story => story.At("0:00", () => story.Cluster.SetSwitch("disk_drop", "false"))
            ) with
            {
                Tasks = Expect(("balance", true), ("disk_drop", false)),
                Also = new(
                    "otherwise-elsewhere",
                    "20:00",
                    [],
                    story => story.At("0:00", () => story.Cluster.SetSwitch("balance", "false"))
                ),
            },
            Below(
                "TaskSwitchOff",
                "blob-delete-is-off-for-23-hours",
                "24:30:00",
                story =>
                {
                    story.At("10:00", () => story.Cluster.SetSwitch("blob_delete", "false"));
                    story.At("23:10:00", () => story.Cluster.SetSwitch("blob_delete", "true"));
                }
            ) with
            {
                StepSeconds = 300,
                PollSeconds = 60,
            },
            Below(
                "TaskSwitchOff",
                "blob-delete-is-off-as-configured",
                "24:30:00",
                story => story.At("10:00", () => story.Cluster.SetSwitch("blob_delete", "false"))
            ) with
            {
                StepSeconds = 300,
                PollSeconds = 60,
                Tasks = Expect(("blob_delete", false)),
            },
            Below(
                "ServiceOffline",
                "schedulers-gone-for-8-minutes",
                "15:00",
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetService("SCHEDULER", online: false));
                    story.At("10:00", () => story.Cluster.SetService("SCHEDULER", online: true));
                }
            ),
            Below(
                "RepairStalled",
                "repair-goes-on",
                "8:00:00",
                story =>
                {
                    story.At(
                        "10:00",
                        () =>
                            Array.ForEach(
                                story.Cluster.DiskIds.Take(2).ToArray(),
                                disk => story.Cluster.SetDisk(disk, SimulatedDiskStatus.Repairing)
                            )
                    );
                    story.At(
                        "4:00:00",
                        () => story.Cluster.SetDisk(story.Cluster.DiskIds[0], SimulatedDiskStatus.Repaired)
                    );
                }
            ),
            Below(
                "DropStalled",
                "dropping-goes-on",
                "8:00:00",
                story =>
                {
                    story.At(
                        "10:00",
                        () =>
                            Array.ForEach(story.Cluster.DiskIds.Take(2).ToArray(), disk => story.Cluster.DropDisk(disk))
                    );
                    story.At(
                        "4:00:00",
                        () => story.Cluster.SetDisk(story.Cluster.DiskIds[0], SimulatedDiskStatus.Dropped)
                    );
                }
            ),
            Below(
                "StaleData",
                "disks-cannot-be-read-for-13-minutes",
                "25:00",
                story => story.Fail("2:00", "15:00", "/disk/", System.Net.HttpStatusCode.InternalServerError)
            ),
            Below(
                "ExporterAbsent",
                "the-exporters-are-gone-for-4-minutes",
                "12:00",
                story =>
                {
                    var watchers = story.Watchers.ToArray();
                    story.At("2:00", story.Watchers.Clear);
                    story.At("6:00", () => story.Watchers.AddRange(watchers));
                }
            ),
            Below(
                "ShardMismatch",
                "a-shard-is-missing-for-9-minutes",
                "16:00",
                story =>
                {
                    story.At("0:00", () => story.Watchers.ForEach(watcher => watcher.Share = new(0, 2, 1)));
                    story.At("2:00", () => story.Watchers.ForEach(watcher => watcher.Share = new(0, 2, 2)));
                    story.At("11:00", () => story.Watchers.ForEach(watcher => watcher.Share = new(0, 2, 1)));
                }
            ),
            Below(
                "ConfigNotLoaded",
                "a-configuration-is-refused-for-4-minutes",
                "10:00",
                story =>
                {
                    story.At("2:00", () => story.Watchers.ForEach(watcher => watcher.ConfigLoaded = false));
                    story.At("6:00", () => story.Watchers.ForEach(watcher => watcher.ConfigLoaded = true));
                }
            ),
        ];

    /// <summary>The cluster is watched only after three hours, while the healthy cluster is watched from the
    /// start.</summary>
    private static void FewHours(IncidentRun story, double days)
    {
        Filling(0.29, 0.29 / (days * 24 * 3600))(story);
        var watchers = story.Watchers.ToArray();
        story.At("0:00", story.Watchers.Clear);
        story.At("3:00:00", () => story.Watchers.AddRange(watchers));
    }

    /// <summary>Space that drops in several steps, and is constant in between.</summary>
    private static void Leaps(IncidentRun story)
    {
        foreach (
            var (from, to, share) in ((string, string, double)[])
                [
                    ("0:00", "4:10:00", 0.28),
                    ("4:10:00", "6:30:00", 0.24),
                    ("6:30:00", "7:25:00", 0.2),
                    ("7:25:00", "8:20:00", 0.16),
                    ("8:20:00", "9:30:00", 0.12),
                ]
        )
        {
            story.Stat(from, to, null, stat => Writable(stat, share));
        }
    }

    private static AlertIncident Below(string alert, string name, string lasts, Action<IncidentRun> tell) =>
        new(name, lasts, [], tell) { JustBelow = alert };
}
