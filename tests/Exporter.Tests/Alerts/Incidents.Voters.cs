namespace ClustermgrExporter.Tests.Alerts;

internal static partial class Incidents
{
    /// <summary>Incidents in which the voters are not exactly the watched members, or the members that answer are not
    /// exactly the followers.</summary>
    private static IEnumerable<AlertIncident> OfVoters() =>
        [
            new(
                "two-of-three-voters-killed-beside-two-learners",
                "8:00",
                ["QuorumLost"],
                story =>
                {
                    Learners(story);
                    story.At("3:00", () => Each(story, story.Cluster.Kill, 2, 3));
                    story.At("6:00", () => Each(story, story.Cluster.Start, 2, 3));
                }
            )
            {
                RaisesBesideMembers = FirstWithoutLeader,
                Members = 5,
            },
            new(
                "all-voters-killed-beside-two-learners",
                "8:00",
                ["QuorumLost"],
                story =>
                {
                    Learners(story);
                    story.At("3:00", () => Each(story, story.Cluster.Kill, 1, 2, 3));
                    story.At("6:00", () => Each(story, story.Cluster.Start, 1, 2, 3));
                }
            )
            {
                RaisesBesideMembers = FirstWithoutLeader,
                Members = 5,
            },
            new(
                "a-removed-member-answers-and-two-voters-die",
                "9:00",
                ["QuorumLost"],
                story =>
                {
                    Added(story, 4, learner: false);
                    story.At("1:30", () => story.Cluster.RemoveMember(3));
                    story.At("3:00", () => Each(story, story.Cluster.Kill, 2, 4));
                    story.At("6:00", () => Each(story, story.Cluster.Start, 2, 4));
                }
            )
            {
                RaisesBesideMembers = FirstWithoutLeader,
                Members = 4,
            },
            // Beside members, only a leader's list shows who votes: without one, a lost quorum cannot be recognized.
            new(
                "no-leader-was-ever-seen",
                "8:00",
                ["QuorumLost", "MemberDown"],
                story => story.At("0:00", () => Each(story, story.Cluster.Kill, 1, 2))
            )
            {
                RaisesBesideMembers = ["NoLeader", "MemberDown"],
            },
            // It is taken for the leader at first, but must count neither as a second leader nor as a leader that still
            // answers when the real one dies.
            new(
                "a-member-forwards-at-first-to-the-exporter-beside-it",
                "9:00",
                ["NoLeader", "QuorumLost"],
                story =>
                {
                    story.At(
                        "2:00",
                        () =>
                        {
                            story.Cluster.SetFaults(3, new() { ForwardAsSick = true });
                            story.Watchers[2].Restart();
                        }
                    );
                    story.At("3:00", () => story.Cluster.SetFaults(3, new()));
                    story.At("4:30", () => Each(story, story.Cluster.Kill, 1, 2));
                    story.At("8:00", () => Each(story, story.Cluster.Start, 1, 2));
                }
            )
            {
                Watching = ExporterPlacement.Sidecars,
            },
            // Its node ID was never reported, so the leader's report about this peer is an additional alert.
            new(
                "a-member-was-never-up",
                "40:00",
                ["NoQuorumMargin", "MemberDown", "PeerNotReplicating"],
                story => story.At("0:00", () => story.Cluster.Kill(3))
            )
            {
                JustBelow = "VoterMismatch",
            },
            new(
                "no-member-was-ever-up",
                "8:00",
                ["ClusterBlind", "MemberDown"],
                story => story.At("0:00", () => Each(story, story.Cluster.Kill))
            )
            {
                Members = 2,
                Shape = options => AlertIncident.Quick(options) with { Members = 2 },
            },
            new(
                "the-leader-dies-and-the-others-are-cut-off",
                "8:00",
                ["NoLeader", "MemberDown"],
                story =>
                    story.At(
                        "2:00",
                        () =>
                        {
                            story.Cluster.Kill(1);
                            Each(story, story.Cluster.Isolate, 2, 3, 4, 5);
                        }
                    )
            )
            {
                Members = 5,
                Shape = options => AlertIncident.Quick(options) with { Members = 5 },
            },
            new(
                "a-host-is-gone-with-the-exporter-beside-it",
                "18:00",
                ["MemberDown", "NoQuorumMargin"],
                story => story.At("2:00", () => LoseHosts(story, 3))
            )
            {
                Watching = ExporterPlacement.Sidecars,
            },
            // In the end it is forgotten that the member was watched.
            new(
                "a-host-is-gone-for-an-hour-with-the-exporter-beside-it",
                "55:00",
                ["MemberDown", "NoQuorumMargin", "VoterMismatch"],
                story => story.At("2:00", () => LoseHosts(story, 3))
            )
            {
                Watching = ExporterPlacement.Sidecars,
            },
            new(
                "the-quorum-is-lost-here-and-the-leader-elsewhere",
                "6:00",
                ["QuorumLost", "NoLeader"],
                story => story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3))
            )
            {
                Also = new(
                    "the-members-are-cut-off-from-each-other",
                    "6:00",
                    ["NoLeader"],
                    story => story.At("2:00", () => Each(story, story.Cluster.Isolate))
                ),
            },
            new(
                "two-hosts-are-gone-with-the-exporters-beside-them",
                "6:00",
                ["NoLeader", "QuorumLost"],
                story => story.At("2:00", () => LoseHosts(story, 3, 2))
            )
            {
                Watching = ExporterPlacement.Sidecars,
            },
            // The other exporters' reads succeed: there is a leader, but no exporter watches it.
            new(
                "the-exporter-beside-the-leader-is-gone",
                "16:00",
                ["MemberDown"],
                story =>
                    story.At(
                        "2:00",
                        () =>
                        {
                            story.Watchers[0].Stop();
                            story.Watchers.RemoveAt(0);
                        }
                    )
            )
            {
                Watching = ExporterPlacement.Sidecars,
                JustBelow = "NoLeader",
            },
            new(
                "the-exporter-beside-the-leader-is-gone-here-and-the-leader-elsewhere",
                "10:00",
                ["MemberDown", "NoLeader"],
                story =>
                    story.At(
                        "2:00",
                        () =>
                        {
                            story.Watchers[0].Stop();
                            story.Watchers.RemoveAt(0);
                        }
                    )
            )
            {
                Watching = ExporterPlacement.Sidecars,
                Also = new(
                    "the-members-are-cut-off-elsewhere",
                    "10:00",
                    ["NoLeader"],
                    story => story.At("2:00", () => Each(story, story.Cluster.Isolate))
                ),
            },
            new(
                "one-exporter-beside-one-of-three-members-that-dies",
                "12:00",
                ["MemberDown"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.Kill(1));
                    story.At("10:00", () => story.Cluster.Start(1));
                }
            )
            {
                Members = 1,
                Watching = ExporterPlacement.Sidecars,
                JustBelow = "ClusterBlind",
                Shape = options => AlertIncident.Quick(options) with { FirstLeader = 2 },
            },
            new(
                "one-exporter-beside-one-of-three-members",
                "12:00",
                [],
                story =>
                {
                    story.At("2:00", () => story.Cluster.Kill(2));
                    story.At("6:00", () => story.Cluster.Start(2));
                }
            )
            {
                Members = 1,
                Watching = ExporterPlacement.Sidecars,
                Shape = options => AlertIncident.Quick(options) with { FirstLeader = 2 },
            },
            new(
                "one-exporter-beside-a-member-that-is-cut-off",
                "8:00",
                ["NoLeader"],
                story => story.At("2:00", () => story.Cluster.Isolate(1))
            )
            {
                Members = 1,
                Watching = ExporterPlacement.Sidecars,
                Shape = options => AlertIncident.Quick(options) with { FirstLeader = 2 },
            },
            new(
                "one-exporter-beside-a-leader-that-is-alone",
                "8:00",
                ["NoLeader"],
                story => story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3))
            )
            {
                Members = 1,
                Watching = ExporterPlacement.Sidecars,
                JustBelow = "QuorumLost",
            },
            new(
                "a-voter-is-not-watched-and-another-killed",
                "16:00",
                ["MemberDown"],
                story =>
                {
                    Added(story, 4, learner: false);
                    story.At("2:00", () => story.Cluster.Kill(3));
                }
            ),
            new("two-members-here-and-a-follower-lost-elsewhere", "16:00", ["MemberDown", "NoQuorumMargin"], _ => { })
            {
                Members = 2,
                Shape = options => AlertIncident.Quick(options) with { Members = 2 },
                Also = AFollowerKilled,
            },
            new(
                "learners-here-with-the-ids-of-voters-elsewhere",
                "16:00",
                ["MemberDown", "NoQuorumMargin"],
                story =>
                {
                    Learners(story);
                    story.At("2:00", () => story.Cluster.Kill(3));
                }
            )
            {
                Members = 5,
                Also = new("five-voters", "16:00", [], _ => { })
                {
                    Members = 5,
                    Shape = options => AlertIncident.Quick(options) with { Members = 5 },
                },
            },
            new(
                "the-same-peer-is-ill-in-two-clusters",
                "16:00",
                ["PeerNotReplicating", "MemberDown", "NoQuorumMargin"],
                story => story.Stat("2:00", "16:00", null, stat => Peer(stat, 3, row => row["active"] = false))
            )
            {
                Also = AFollowerKilled,
            },
        ];

    private static AlertIncident AFollowerKilled =>
        new(
            "a-follower-killed-elsewhere",
            "16:00",
            ["MemberDown", "NoQuorumMargin"],
            story => story.At("2:00", () => story.Cluster.Kill(3))
        );

    private static void LoseHosts(IncidentRun story, params int[] hosts)
    {
        foreach (var host in hosts)
        {
            story.Cluster.Kill((ulong)host);
            story.Watchers[host - 1].Stop();
            story.Watchers.RemoveAt(host - 1);
        }
    }

    private static void Learners(IncidentRun story)
    {
        foreach (var id in (ulong[])[4, 5])
        {
            Added(story, id, learner: true);
        }
    }
}
