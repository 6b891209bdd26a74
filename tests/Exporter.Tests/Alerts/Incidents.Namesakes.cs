using System.Net;
using ClustermgrSimulator;

namespace ClustermgrExporter.Tests.Alerts;

internal static partial class Incidents
{
    /// <summary>Two clusters with the same names of members and peers, but different faults: a rule that omits the
    /// cluster label confuses them.</summary>
    private static IEnumerable<AlertIncident> OfNamesakes() =>
        [
            new(
                "members-are-down-here-and-refuse-elsewhere",
                "16:00",
                ["MemberDown", "NoQuorumMargin", "MemberForwarding", "MemberAuthRefused"],
                story => story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3))
            )
            {
                Members = 5,
                Shape = OfFive,
                Also = new(
                    "members-forward-and-refuse",
                    "16:00",
                    [],
                    story =>
                        story.At(
                            "2:00",
                            () =>
                            {
                                story.Cluster.SetFaults(2, new() { ForwardAsSick = true });
                                story.Cluster.SetFaults(3, new() { RefuseTokens = true });
                            }
                        )
                ),
            },
            new(
                "peers-are-ill-in-every-way",
                "16:00",
                ["PeerNotReplicating", "LearnerStuck", "PeerSnapshot", "MemberDown"],
                story =>
                {
                    foreach (var id in (ulong[])[5, 6, 8, 9])
                    {
                        Added(story, id, learner: true);
                    }
                    Added(story, 7, learner: false);
                    foreach (var id in (ulong[])[4, 9])
                    {
                        story.Fail("2:00", "16:00", "/stat", HttpStatusCode.InternalServerError, id);
                    }
                    Ill(story, 2, "StateReplicate", lag: 1500, active: false); // not heard, so its lag is not reported
                    Ill(story, 3, "StateProbe", lag: 1500); // probed, so its lag is not reported either
                    Ill(story, 4, "StateReplicate", lag: 1500); // down, which MemberDown reports
                    Ill(story, 5, "StateReplicate", lag: 1100); // a slow learner
                    Ill(story, 6, "StateProbe", lag: 0); // a learner that is not heard yet
                    Ill(story, 7, "StateProbe", lag: 0); // a probed voter
                    Ill(story, 8, "StateSnapshot", lag: 1500); // a learner that receives a snapshot
                    Ill(story, 9, "StateProbe", lag: 0); // a learner that is down
                }
            )
            {
                Members = 9,
                Shape = options => AlertIncident.Quick(options) with { Members = 4 },
                JustBelow = "PeerLagging",
                Also = new(
                    "the-same-peers-are-ill-in-other-ways",
                    "16:00",
                    [],
                    story =>
                    {
                        foreach (var id in (ulong[])[7, 8, 9])
                        {
                            Added(story, id, learner: true);
                        }
                        Ill(story, 6, "StateSnapshot", lag: 0);
                        Ill(story, 7, "StateReplicate", lag: 900);
                    }
                )
                {
                    Members = 9,
                    Shape = options => AlertIncident.Quick(options) with { Members = 6 },
                },
            },
            new("another-member-is-watched-than-votes", "40:00", ["VoterMismatch"], story => Exchanged(story)),
            new(
                "another-member-is-watched-than-votes-and-is-down",
                "40:00",
                ["MemberDown"],
                story =>
                {
                    Exchanged(story);
                    story.At("3:00", () => story.Cluster.Kill(3));
                }
            )
            {
                JustBelow = "VoterMismatch",
            },
            new(
                "disks-cannot-be-read-here-and-nothing-elsewhere",
                "20:00",
                ["StaleData", "QuorumLost", "MemberDown"],
                story => story.Fail("2:00", "20:00", "/disk/", HttpStatusCode.InternalServerError)
            )
            {
                Also = new(
                    "the-quorum-is-lost-for-long",
                    "20:00",
                    [],
                    story => story.At("2:00", () => Each(story, story.Cluster.Kill, 2, 3))
                ),
            },
            // Reads succeed, so it has a leader somewhere.
            new(
                "the-leaders-stat-and-all-disks-cannot-be-read",
                "20:00",
                ["NoLeader", "MemberDown"],
                story =>
                {
                    story.Fail("2:00", "20:00", "/stat", HttpStatusCode.InternalServerError, 1);
                    story.Fail("2:00", "20:00", "/disk/", HttpStatusCode.InternalServerError);
                }
            )
            {
                JustBelow = "StaleData",
            },
            new(
                "the-exporters-beside-all-members-are-gone",
                "16:00",
                ["ExporterAbsent"],
                story => story.At("2:00", story.Watchers.Clear)
            )
            {
                Watching = ExporterPlacement.Sidecars,
                JustBelow = "MemberDown",
            },
            new(
                "two-idcs-fill-and-one-is-first",
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
                            Idc(stat, "z0")["total_free_chunk"] = (long)((long)Idc(stat, "z0")["total_chunk"]! * 0.09);
                            Idc(stat, "z1")["total_free_chunk"] = (long)((long)Idc(stat, "z1")["total_chunk"]! * 0.05);
                        }
                    )
            ),
        ];

    private static SimulatorOptions OfFive(SimulatorOptions options) =>
        AlertIncident.Quick(options) with
        {
            Members = 5,
        };

    private static void Added(IncidentRun story, ulong id, bool learner) =>
        story.At(
            "0:20",
            () =>
            {
                story.Cluster.AddMember(id, $"10.0.0.{id}:9998", $"10.0.0.{id}:10110", learner);
                story.Cluster.Start(id);
            }
        );

    private static void Ill(IncidentRun story, ulong peer, string state, ulong lag, bool active = true) =>
        story.Stat(
            "2:00",
            "16:00",
            null,
            stat =>
                Peer(
                    stat,
                    peer,
                    row =>
                    {
                        row["state"] = state;
                        row["active"] = active;
                        row["match"] = (ulong)Raft(stat)["commit"]! - lag;
                    }
                )
        );

    /// <summary>The number of voters stays the same, but one of them is not watched.</summary>
    private static void Exchanged(IncidentRun story) =>
        story.At(
            "2:00",
            () =>
            {
                story.Cluster.RemoveMember(3);
                story.Cluster.AddMember(4, "10.0.0.4:9998", "10.0.0.4:10110", learner: false);
                story.Cluster.Start(4);
            }
        );
}
