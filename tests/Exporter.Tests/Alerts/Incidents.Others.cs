using Clustermgr.Configuration;
using ClustermgrSimulator;
using ClustermgrSimulator.Storage;

namespace ClustermgrExporter.Tests.Alerts;

internal static partial class Incidents
{
    private static IEnumerable<AlertIncident> OfExporters() =>
        [
            new(
                "the-exporters-are-gone",
                "16:00",
                ["ExporterAbsent"],
                story =>
                {
                    var gone = story.Watchers.ToArray();
                    story.At("2:00", story.Watchers.Clear);
                    story.At("12:00", () => story.Watchers.AddRange(gone));
                }
            ),
            // The alert must not end only because the fault began long ago.
            new(
                "the-exporters-are-gone-for-long",
                "2:30:00",
                ["ExporterAbsent"],
                story => story.At("2:00", story.Watchers.Clear)
            ),
            new(
                "an-exporter-is-stuck-beside-one-that-is-well",
                "16:00",
                [],
                story =>
                {
                    story.At("2:00", () => story.Cluster.DelayApply(3, 500));
                    story.At("2:30", story.Watchers[0].Freeze);
                    story.At("3:00", () => story.Cluster.DelayApply(3, 0));
                }
            )
            {
                Watching = ExporterPlacement.Twice,
                JustBelow = "ApplyStalled",
            },
            new("one-exporter-for-all-and-one-beside-each-member", "40:00", [], _ => { })
            {
                Watching = ExporterPlacement.Both,
                JustBelow = "VoterMismatch",
                StepSeconds = 60,
                PollSeconds = 30,
            },
            new(
                "an-exporter-is-stuck",
                "16:00",
                ["StaleData"],
                story =>
                {
                    story.At("2:00", () => story.Watchers.ForEach(watcher => watcher.Freeze()));
                    story.At("14:00", () => story.Watchers.ForEach(watcher => watcher.Thaw()));
                }
            ),
            new(
                "a-configuration-is-refused",
                "10:00",
                ["ConfigNotLoaded"],
                story =>
                {
                    story.At("2:00", () => story.Watchers.ForEach(watcher => watcher.ConfigLoaded = false));
                    story.At("9:00", () => story.Watchers.ForEach(watcher => watcher.ConfigLoaded = true));
                }
            ),
            // This exporter is the first of two shards; the second one was never seen.
            new(
                "a-shard-is-missing",
                "20:00",
                ["ShardMismatch"],
                story =>
                {
                    story.At("2:00", () => story.Watchers.ForEach(watcher => watcher.Share = new(0, 2, 2)));
                    story.At("16:00", () => story.Watchers.ForEach(watcher => watcher.Share = new(0, 2, 1)));
                }
            ),
            // One is configured for two shards, the other for three; both poll this cluster.
            new(
                "shards-disagree-on-their-number",
                "20:00",
                ["ShardMismatch"],
                story =>
                {
                    story.At(
                        "2:00",
                        () =>
                            (story.Watchers[0].Share, story.Watchers[1].Share) = (
                                new ClusterShare(0, 2, 1),
                                new ClusterShare(1, 3, 1)
                            )
                    );
                    story.At("16:00", () => story.Watchers.ForEach(watcher => watcher.Share = new(0, 2, 1)));
                }
            )
            {
                Watching = ExporterPlacement.Twice,
            },
            // Two replicas of each of two shards, one of which has no cluster: the numbers are consistent.
            new(
                "each-shard-has-two-replicas",
                "30:00",
                [],
                story => story.At("0:00", () => story.Watchers.ForEach(watcher => watcher.Share = new(0, 2, 1)))
            )
            {
                Watching = ExporterPlacement.Twice,
            },
            // The firing alerts turn into ClusterUnwatched, and no exporter sees that the fault is fixed.
            new(
                "a-reload-takes-the-cluster-away-while-the-quorum-is-lost",
                "20:00",
                ["QuorumLost", "MemberDown", "ClusterUnwatched", "ExporterAbsent"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3));
                    story.At("8:00", () => story.Watchers.ForEach(watcher => watcher.Reload(watches: false)));
                    story.At("17:00", () => Each(story, story.Cluster.Start, 2, 3));
                    story.At("18:00", () => story.Watchers.ForEach(watcher => watcher.Reload(watches: true)));
                }
            )
            {
                Also = new("gone", "20:00", ["ExporterAbsent"], story => story.At("2:00", story.Watchers.Clear)),
            },
            new(
                "a-reload-takes-a-cluster-away-that-is-well",
                "16:00",
                ["ExporterAbsent"],
                story => story.At("2:00", () => story.Watchers.ForEach(watcher => watcher.Reload(watches: false)))
            ),
            new(
                "one-of-two-exporters-is-reloaded-without-the-cluster",
                "20:00",
                ["QuorumLost", "MemberDown"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3));
                    story.At("8:00", () => story.Watchers[0].Reload(watches: false));
                    // The other one restarts, and is away for longer than rules look back.
                    var other = story.Watchers[1];
                    story.At("12:00", () => story.Watchers.Remove(other));
                    story.At("14:30", () => story.Watchers.Add(other));
                    story.At("17:00", () => Each(story, story.Cluster.Start, 2, 3));
                }
            )
            {
                Watching = ExporterPlacement.Twice,
                JustBelow = "ClusterUnwatched",
            },
            // A deployment of two: a new one starts, both run for a while, an old one stops.
            new("the-exporters-are-rolled-out-anew", "20:00", [], RollOut) { Watching = ExporterPlacement.Twice },
            new(
                "the-exporters-are-rolled-out-anew-in-an-incident",
                "20:00",
                ["QuorumLost", "MemberDown"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3));
                    RollOut(story);
                    story.At("14:00", () => Each(story, story.Cluster.Start, 2, 3));
                }
            )
            {
                Watching = ExporterPlacement.Twice,
            },
            new(
                "every-other-scrape-fails-for-half-an-hour",
                "45:00",
                ["ScrapeTooSlow"],
                story =>
                {
                    var watchers = story.Watchers.ToArray();
                    for (var second = 32; second < 30 * 60; second += 44)
                    {
                        story.At($"{second}", story.Watchers.Clear);
                        story.At($"{second + 22}", () => story.Watchers.AddRange(watchers));
                    }
                }
            )
            {
                StepSeconds = 22,
            },
            new("scraped-every-30-seconds", "40:00", [], _ => { }) { StepSeconds = 30, JustBelow = "ScrapeTooSlow" },
            // It restarts again and again, each time for longer than rules look back, but the cluster has a leader.
            new(
                "the-exporter-beside-the-leader-comes-and-goes",
                "16:00",
                [],
                story =>
                {
                    foreach (
                        var (gone, back) in ((string, string)[])[("2:00", "4:00"), ("5:00", "7:00"), ("8:00", "10:00")]
                    )
                    {
                        var watcher = story.Watchers[0];
                        story.At(gone, () => story.Watchers.Remove(watcher));
                        story.At(back, () => story.Watchers.Insert(0, watcher));
                    }
                }
            )
            {
                Watching = ExporterPlacement.Sidecars,
                JustBelow = "LeaderFlapping",
            },
            // Two clusters are scraped under one name: nothing healthy is reported as a fault, and faults are reported.
            new("labels-clash-and-all-is-well", "16:00", ["LabelClash"], _ => { })
            {
                LabelsClash = at => at >= TimeSpan.FromMinutes(2) && at < TimeSpan.FromMinutes(10),
            },
            new(
                "labels-clash-and-the-quorum-is-lost",
                "12:00",
                ["LabelClash", "QuorumLost", "MemberDown"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3));
                    story.At("9:00", () => Each(story, story.Cluster.Start, 2, 3));
                }
            )
            {
                LabelsClash = _ => true,
                RaisesBesideMembers = ["LabelClash", "QuorumLost", "NoLeader", "MemberDown"],
            },
            new("labels-clash-and-another-cluster-is-gone", "12:00", ["LabelClash", "ExporterAbsent"], _ => { })
            {
                LabelsClash = _ => true,
                Also = new("gone", "12:00", ["ExporterAbsent"], story => story.At("2:00", story.Watchers.Clear)),
            },
            new(
                "an-exporter-restarts-while-the-quorum-is-lost",
                "12:00",
                ["QuorumLost", "MemberDown"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3));
                    story.At("2:20", () => story.Watchers.ForEach(watcher => watcher.Restart()));
                    story.At("5:00", () => story.Watchers.ForEach(watcher => watcher.Restart()));
                    story.At("8:00", () => Each(story, story.Cluster.Start, 2, 3));
                }
            )
            {
                RaisesBesideMembers = ["QuorumLost", "NoLeader", "MemberDown"],
            },
        ];

    private static IEnumerable<AlertIncident> Benign() =>
        [
            new(
                "an-exporter-restarts",
                "8:00",
                [],
                story => story.At("2:00", () => story.Watchers.ForEach(watcher => watcher.Restart()))
            ),
            new(
                "one-poll-is-missed",
                "6:00",
                [],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Hang, 2));
                    story.At("2:04", () => Each(story, story.Cluster.Resume, 2));
                }
            ),
            new(
                "active-flickers",
                "6:00",
                [],
                story =>
                {
                    for (var i = 0; i < 10; i++)
                    {
                        story.Stat(
                            $"2:{i * 5:00}",
                            $"2:{(i * 5) + 1:00}",
                            null,
                            stat => Peer(stat, 2, row => row["active"] = false)
                        );
                    }
                }
            ),
            new(
                "the-slowest-normal-failover",
                "8:00",
                [],
                story =>
                {
                    story.At("2:00", () => story.Cluster.Kill(1));
                    story.At("5:00", () => story.Cluster.Start(1));
                }
            )
            {
                Shape = options =>
                    AlertIncident.Quick(options) with
                    {
                        Timings = new Timings
                        {
                            GiveUp = Delay.Exactly(20),
                            Election = Delay.Exactly(0.9),
                            LeaderReads = Delay.Exactly(6),
                            FollowerReads = Delay.Exactly(8),
                        },
                    },
            },
            new(
                "a-disk-is-dropped-as-planned",
                "30:00",
                [],
                story =>
                {
                    story.At("2:00", () => story.Cluster.DropDisk(7));
                    story.At("20:00", () => story.Cluster.SetDisk(7, SimulatedDiskStatus.Dropped));
                }
            ),
            new("a-cluster-that-is-new-and-empty", "15:00", [], _ => { })
            {
                Shape = Scenario.Parse("new-empty-cluster").Configure,
            },
            new(
                "peers-do-not-say-who-is-a-learner",
                "15:00",
                ["SchemaDrift"],
                story =>
                    story.Stat(
                        "0:00",
                        "15:00",
                        null,
                        stat =>
                        {
                            foreach (var row in Raft(stat)["peers"]?.AsArray() ?? [])
                            {
                                row!.AsObject().Remove("is_learner");
                            }
                        }
                    )
            ),
            new("one-member-is-the-whole-cluster", "15:00", [], _ => { })
            {
                Members = 1,
                Shape = options => AlertIncident.Quick(options) with { Members = 1 },
            },
            new("two-members-are-the-whole-cluster", "15:00", [], _ => { })
            {
                Members = 2,
                Shape = options => AlertIncident.Quick(options) with { Members = 2 },
            },
            new(
                "disks-are-silent-until-the-quorum-is-back",
                "25:00",
                ["QuorumLost", "MemberDown"],
                story =>
                {
                    story.At("7:00", () => Each(story, story.Cluster.Kill, 2, 3));
                    story.At("13:00", () => Each(story, story.Cluster.Start, 2, 3));
                }
            )
            {
                RaisesBesideMembers = ["QuorumLost", "NoLeader", "MemberDown"],
                Shape = options => options,
            },
            new(
                "a-leap-of-space",
                "6:00:00",
                [],
                story => story.Stat("3:00:00", "6:00:00", null, stat => Writable(stat, 0.4))
            ),
        ];

    /// <summary>Every scenario of the simulator: one cycle if it repeats, or else long enough for what it raises; and
    /// what repeated elections raise.</summary>
    private static IEnumerable<AlertIncident> Scenarios() =>
        [
            .. Scenario.All.Select(scenario =>
                Played(scenario, "", scenario.RepeatEvery is null ? "20:00" : "4:30", RaisedBy(scenario.Name))
            ),
            Played(Scenario.Parse("leader-lost"), "-again-and-again", "20:00", ["TermChurn"]),
            Played(Scenario.Parse("leadership-transfer"), "-again-and-again", "20:00", ["TermChurn"]),
        ];

    private static AlertIncident Played(Scenario scenario, string often, string lasts, string[] raises) =>
        new($"scenario-{scenario.Name}{often}", lasts, raises, story => scenario.Play(story.Cluster))
        {
            Shape = options => scenario.Configure(options with { FirstLeader = null }),
            VolumeScan = scenario.Name == "volume-at-risk" ? TimeSpan.FromMinutes(1) : TimeSpan.Zero,
            RaisesBesideMembers = raises.Contains("QuorumLost") ? [.. raises, "NoLeader"] : null,
        };

    /// <summary>The alerts that a scenario raises. A fault that is fixed before its alert's time raises
    /// nothing.</summary>
    private static string[] RaisedBy(string scenario) =>
        scenario switch
        {
            "quorum-lost" => ["QuorumLost"],
            "repair-off" => ["DiskBroken", "RepairOffWithBrokenDisks"],
            "disk-expired" => ["ExpiredSurge"],
            "switch-ineffective" => ["TaskSwitchIneffective"],
            "service-offline" => ["ServiceOffline"],
            "volume-at-risk" => ["DiskBroken", "VolumeAtRisk", "VolumeOneLossLeft"],
            _ => [],
        };

    /// <summary>As with minReadySeconds: each overlaps with the next for 45 s, and has no data at first.</summary>
    private static void RollOut(IncidentRun story)
    {
        var one = story.Watchers[0];
        var other = story.Watchers[1];
        story.At("0:00", () => story.Watchers.Remove(other));
        foreach (
            var (comes, goes, from, to) in ((string, string, SimulatedExporter, SimulatedExporter)[])
                [("6:00", "6:45", one, other), ("8:00", "8:45", other, one), ("10:00", "10:45", one, other)]
        )
        {
            story.At(
                comes,
                () =>
                {
                    to.Restart();
                    story.Watchers.Add(to);
                }
            );
            story.At(
                goes,
                () =>
                {
                    from.Stop();
                    story.Watchers.Remove(from);
                }
            );
        }
    }
}
