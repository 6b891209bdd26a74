using ClustermgrSimulator.Faults;

namespace ClustermgrExporter.Tests.Alerts;

internal static partial class Incidents
{
    /// <summary>The exporter beside a leader reads switches at its own interval, and sees the leader step down before a
    /// read fails.</summary>
    private static string[] FirstWithoutLeader => ["NoLeader", "QuorumLost"];

    private static IEnumerable<AlertIncident> OfLeaders() =>
        [
            new(
                "every-member-cut-off-from-every-other",
                "12:00",
                ["NoLeader"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Isolate));
                    story.At("6:00", () => Each(story, story.Cluster.Heal));
                }
            )
            {
                JustBelow = "QuorumLost",
            },
            new(
                "each-leader-dies-after-45-seconds",
                "24:00",
                ["LeaderFlapping", "TermChurn"],
                story =>
                {
                    for (
                        var at = TimeSpan.FromMinutes(2);
                        at < TimeSpan.FromMinutes(12);
                        at += TimeSpan.FromSeconds(45)
                    )
                    {
                        story.At(
                            $"{at:mm\\:ss}",
                            () =>
                            {
                                StartAll(story);
                                KillLeader(story);
                            }
                        );
                    }
                    story.At("12:30", () => StartAll(story));
                }
            ),
            new(
                "both-followers-killed",
                "12:00",
                ["QuorumLost"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3));
                    story.At("6:00", () => Each(story, story.Cluster.Start, 2, 3));
                }
            )
            {
                RaisesBesideMembers = FirstWithoutLeader,
            },
            new(
                "both-followers-hung",
                "12:00",
                ["QuorumLost"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Hang, 2, 3));
                    story.At("6:00", () => Each(story, story.Cluster.Resume, 2, 3));
                }
            )
            {
                RaisesBesideMembers = FirstWithoutLeader,
            },
            new(
                "three-of-five-killed",
                "12:00",
                ["QuorumLost"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill, 1, 4, 5));
                    story.At("6:00", () => Each(story, story.Cluster.Start, 1, 4, 5));
                }
            )
            {
                RaisesBesideMembers = FirstWithoutLeader,
                Members = 5,
                Shape = options => AlertIncident.Quick(options) with { Members = 5 },
            },
            // Raft and the followers keep working; only the leader's HTTP answers are missing.
            new(
                "leader-answers-nothing-but-leads",
                "17:00",
                ["NoLeader", "MemberDown"],
                story => story.Fail("2:00", "16:00", "/stat", System.Net.HttpStatusCode.InternalServerError, 1)
            ),
            new(
                "reads-fail-under-a-leader",
                "20:00",
                ["QuorumLost"],
                story => story.Fail("2:00", "18:00", "/config/get", (System.Net.HttpStatusCode)908)
            )
            {
                JustBelow = "StaleData",
            },
            new(
                "two-leaders-in-one-term",
                "6:00",
                ["TwoLeadersInOneTerm", "LeaderDisagreement"],
                story =>
                    story.Stat(
                        "2:00",
                        "4:00",
                        2,
                        stat =>
                        {
                            Raft(stat)["leader"] = 2;
                            Raft(stat)["raft_state"] = "StateLeader";
                            Raft(stat)["peers"] = new System.Text.Json.Nodes.JsonArray();
                            stat["leader_host"] = "10.0.0.2:9998";
                        }
                    )
            )
            {
                RaisesBesideMembers = ["TwoLeadersInOneTerm", "LeaderDisagreement"],
            },
            new(
                "a-follower-names-another-leader",
                "6:00",
                ["LeaderDisagreement"],
                story => story.Stat("2:00", "4:00", 2, stat => Raft(stat)["leader"] = 3)
            ),
            // By a small amount, and for longer than a shortened range of the rule would remember.
            new(
                "commit-falls",
                "18:00",
                ["CommitWentBack"],
                story =>
                {
                    story.Stat("0:00", "2:00", 3, stat => Raft(stat)["commit"] = 48_000);
                    story.Stat("2:00", "16:00", 3, stat => Raft(stat)["commit"] = 47_995);
                }
            ),
            new(
                "apply-stands-still",
                "14:00",
                ["ApplyStalled"],
                story =>
                {
                    story.Stat(
                        "0:00",
                        "14:00",
                        3,
                        stat => (Raft(stat)["commit"], Raft(stat)["applied"]) = (900_005, 900_005)
                    );
                    story.Stat("2:00", "12:00", 3, stat => Raft(stat)["applied"] = 900_000);
                }
            ),
            new(
                "elections-again-and-again",
                "24:00",
                ["TermChurn"],
                story =>
                {
                    for (var i = 0; i < 5; i++)
                    {
                        var target = (ulong)(2 + (i % 2));
                        story.At($"{2 + (2 * i)}:00", () => story.Cluster.TransferLeadership(target));
                    }
                }
            ),
            new(
                "transfer-does-not-end",
                "6:00",
                ["TransferStuck"],
                story => story.Stat("2:00", "4:00", 1, stat => Raft(stat)["transferee"] = 3)
            ),
        ];

    private static IEnumerable<AlertIncident> OfMembers() =>
        [
            new(
                "all-members-killed",
                "9:00",
                ["ClusterBlind"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill));
                    story.At("6:00", () => Each(story, story.Cluster.Start));
                }
            ),
            new(
                "all-members-killed-for-long",
                "14:00",
                ["ClusterBlind", "MemberDown"],
                story =>
                {
                    story.At("2:00", () => Each(story, story.Cluster.Kill));
                    story.At("11:00", () => Each(story, story.Cluster.Start));
                }
            ),
            new(
                "a-follower-killed",
                "18:00",
                ["MemberDown", "NoQuorumMargin"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.Kill(3));
                    story.At("15:00", () => story.Cluster.Start(3));
                }
            ),
            new(
                "a-follower-cut-off",
                "18:00",
                ["MemberIsolated", "NoQuorumMargin"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.Isolate(2));
                    story.At("16:00", () => story.Cluster.Heal(2));
                }
            ),
            new(
                "a-follower-forwards",
                "16:00",
                ["MemberForwarding"],
                story => Faulty(story, "2:00", "15:00", new() { ForwardAsSick = true })
            ),
            new(
                "a-follower-refuses-the-secret",
                "16:00",
                ["MemberAuthRefused"],
                story => Faulty(story, "2:00", "15:00", new() { RefuseTokens = true })
            ),
            new(
                "a-follower-has-unknown-fields",
                "10:00",
                ["SchemaDrift"],
                story => Faulty(story, "2:00", "9:00", new() { Body = BodyFault.UnknownFields })
            ),
            new(
                "a-follower-sends-garbage",
                "10:00",
                ["MemberDown"],
                story => Faulty(story, "2:00", "9:00", new() { Body = BodyFault.Garbage })
            ),
            // Two members do not answer us, but the cluster works: the exporter is cut off.
            new(
                "the-exporter-reaches-one-of-three",
                "16:00",
                ["MemberDown"],
                story =>
                {
                    story.Fail("2:00", "15:00", "/stat", System.Net.HttpStatusCode.BadGateway, 2);
                    story.Fail("2:00", "15:00", "/stat", System.Net.HttpStatusCode.BadGateway, 3);
                }
            ),
            new(
                "a-follower-is-read-only",
                "16:00",
                ["ReadOnlyMember"],
                story =>
                {
                    story.At("2:00", () => story.Cluster.SetReadOnly(2, true));
                    story.At("14:00", () => story.Cluster.SetReadOnly(2, false));
                }
            ),
            new(
                "a-voter-that-nobody-watches",
                "45:00",
                ["VoterMismatch"],
                story =>
                {
                    Added(story, 4, learner: false);
                    story.At("38:00", () => story.Cluster.RemoveMember(4));
                }
            ),
            new(
                "a-removed-member-goes-on",
                "40:00",
                ["VoterMismatch"],
                story => story.At("2:00", () => story.Cluster.RemoveMember(3))
            ),
        ];

    private static IEnumerable<AlertIncident> OfPeers() =>
        [
            new(
                "a-follower-lags",
                "16:00",
                ["PeerLagging"],
                story =>
                    story.Stat(
                        "2:00",
                        "14:00",
                        null,
                        stat => Peer(stat, 3, row => row["match"] = (ulong)row["match"]! - 1100)
                    )
            ),
            new(
                "the-leader-does-not-hear-a-follower",
                "16:00",
                ["PeerNotReplicating"],
                story => story.Stat("2:00", "14:00", null, stat => Peer(stat, 3, row => row["active"] = false))
            ),
            new(
                "the-leader-probes-a-follower",
                "16:00",
                ["PeerNotReplicating"],
                story => story.Stat("2:00", "14:00", null, stat => Peer(stat, 3, row => row["state"] = "StateProbe"))
            ),
            new(
                "a-snapshot-does-not-end",
                "16:00",
                ["PeerSnapshot"],
                story => story.Stat("2:00", "14:00", null, stat => Peer(stat, 3, row => row["state"] = "StateSnapshot"))
            ),
            new(
                "a-learner-was-never-started",
                "16:00",
                ["LearnerStuck"],
                story =>
                    story.At("2:00", () => story.Cluster.AddMember(4, "10.0.0.4:9998", "10.0.0.4:10110", learner: true))
            ),
        ];

    private static void Each(IncidentRun story, Action<ulong> act, params ulong[] members)
    {
        foreach (var member in members is [] ? story.Cluster.Members.Select(member => member.Id) : members)
        {
            act(member);
        }
    }

    private static void KillLeader(IncidentRun story)
    {
        if (story.Cluster.Leader is { } leader)
        {
            story.Cluster.Kill(leader);
        }
    }

    private static void StartAll(IncidentRun story)
    {
        foreach (var member in story.Cluster.Members.Where(member => !member.Listening).ToArray())
        {
            story.Cluster.Start(member.Id);
        }
    }

    private static void Faulty(IncidentRun story, string from, string to, MemberFaults faults)
    {
        story.At(from, () => story.Cluster.SetFaults(2, faults));
        story.At(to, () => story.Cluster.SetFaults(2, MemberFaults.None));
    }
}
