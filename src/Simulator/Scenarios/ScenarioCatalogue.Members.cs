using ClustermgrSimulator.Faults;

namespace ClustermgrSimulator;

/// <summary>The scenarios of members.</summary>
internal static partial class ScenarioCatalogue
{
    public static IEnumerable<Scenario> OfMembers() =>
        [
            new()
            {
                Name = "healthy",
                Description = "nothing happens",
                LookFor = "every member up, one leader, no finding",
                Shape = options => options with { SchedulersRun = true },
            },
            Repeating(
                "leader-lost",
                3,
                "the leader's process is killed and started again a minute later",
                "up 0 for it at once, its followers name it for 10 to 20 s, then a new leader in a higher term",
                Step(25, "the leader is killed", c => Leader(c, c.Kill)),
                Mending(90, "it is started again", StartStopped)
            ),
            Repeating(
                "quorum-lost",
                2,
                "most members are killed; the leader claims to lead, then follows nobody",
                "no leader within 20 s, switches unknown, the term does not climb",
                Step(
                    25,
                    "so many followers are killed that a minority is left",
                    c => Each(c.Followers.Skip((c.Followers.Count / 2) - 1), c.Kill)
                ),
                Mending(120, "they are started again", StartStopped)
            ),
            Repeating(
                "follower-hung",
                2,
                "a follower's process is stopped: it accepts and never answers",
                "up 0 by timeout, its peer row inactive, the quorum's margin one less",
                Step(25, "a follower hangs", c => Follower(c, c.Hang)),
                Mending(90, "it goes on", ResumeAll)
            ),
            Repeating(
                "leader-hung",
                3,
                "the leader's process is stopped: it accepts and never answers",
                "timeouts, an election after 10 to 20 s, then silence of the new leader for a few seconds",
                Step(25, "the leader hangs", c => Leader(c, c.Hang)),
                Mending(90, "it goes on as a follower", ResumeAll)
            ),
            Repeating(
                "follower-lost",
                2,
                "a follower's process is killed and started again",
                "up 0, the quorum's margin one less, no other member is safe to restart",
                Step(25, "a follower is killed", c => Follower(c, c.Kill)),
                Mending(90, "it is started again", StartStopped)
            ),
            Repeating(
                "rolling-restart",
                3,
                "members 1 to 3 are restarted, one after the other, as in an upgrade",
                "one member down at a time, one election when it is the leader's turn, nobody lost",
                Step(25, "member 1 restarts", c => Restart(c, 1)),
                Step(35, "member 1 is back", StartStopped),
                Step(65, "member 2 restarts", c => Restart(c, 2)),
                Step(75, "member 2 is back", StartStopped),
                Step(105, "member 3 restarts", c => Restart(c, 3)),
                Step(115, "member 3 is back", StartStopped)
            ),
            Repeating(
                "leadership-transfer",
                2,
                "an operator hands leadership to another member",
                "a change of leader within a second, one term more, no member lost",
                Step(25, "leadership is transferred to a follower", c => Follower(c, c.TransferLeadership))
            ),
            Repeating(
                "member-isolated",
                3,
                "the leader is cut off from the others but still answers us",
                "two members claim leadership, in different terms: the higher one is right",
                Step(25, "the leader is cut off from the other members", c => Leader(c, c.Isolate)),
                Mending(90, "the network heals", c => Each(c.Members.Select(m => m.Id), c.Heal))
            ),
            new()
            {
                Name = "learner-added",
                Description = "a learner is added, and its process started half a minute later",
                LookFor = "a fourth member that does not vote, snapshot, then caught up",
                Steps =
                [
                    Step(
                        25,
                        "a learner is listed that does not run yet",
                        c => c.AddMember(NewId(c), $"10.0.0.{NewId(c)}:9998", $"10.0.0.{NewId(c)}:10110", learner: true)
                    ),
                    Step(55, "its process is started", StartStopped),
                ],
            },
            Repeating(
                "auth-refused",
                2,
                "a member refuses every token, as after a secret was changed on it alone",
                "outcome auth on that member only; it is reachable, yet not up",
                Step(25, "a follower refuses our token", c => Spoil(c, new() { RefuseTokens = true })),
                Mending(90, "it takes it again", Mend)
            ),
            Repeating(
                "member-forwarding",
                2,
                "a sick member forwards every request to the leader",
                "outcome forwarded: the leader's answer is not counted as the member's own",
                Step(25, "a follower forwards", c => Spoil(c, new() { ForwardAsSick = true })),
                Mending(90, "it answers itself again", Mend)
            ),
            Repeating(
                "schema-drift",
                2,
                "a member answers with fields nobody knows, then without some that all have",
                "schema findings; values that are missing are absent, not 0",
                Step(
                    25,
                    "a follower's answers have unknown fields",
                    c => Spoil(c, new() { Body = BodyFault.UnknownFields })
                ),
                Step(70, "now fields are missing", c => Spoil(c, new() { Body = BodyFault.MissingFields })),
                Mending(110, "it answers as before", Mend)
            ),
        ];

    private static Scenario Repeating(
        string name,
        int leastMembers,
        string description,
        string lookFor,
        params ScenarioStep[] steps
    ) =>
        new()
        {
            Name = name,
            LeastMembers = leastMembers,
            Description = description,
            LookFor = lookFor,
            Steps = steps,
            RepeatEvery = TimeSpan.FromMinutes(3),
        };

    private static ScenarioStep Step(int seconds, string what, Action<SimulatedCluster> act) =>
        new(TimeSpan.FromSeconds(seconds), what, act);

    private static ScenarioStep Mending(int seconds, string what, Action<SimulatedCluster> act) =>
        Step(seconds, what, act) with
        {
            Mends = true,
        };

    /// <summary>Does nothing without a leader, so that a scenario goes on in a cluster that was broken
    /// otherwise.</summary>
    private static void Leader(SimulatedCluster cluster, Action<ulong> act)
    {
        if (cluster.Leader is { } leader)
        {
            act(leader);
        }
    }

    private static void Follower(SimulatedCluster cluster, Action<ulong> act)
    {
        if (cluster.Followers is [var first, ..])
        {
            act(first);
        }
    }

    private static void Restart(SimulatedCluster cluster, ulong member)
    {
        if (cluster.Members.Any(m => m.Id == member))
        {
            cluster.Kill(member);
        }
    }

    private static void Each(IEnumerable<ulong> members, Action<ulong> act)
    {
        foreach (var member in members.ToList())
        {
            act(member);
        }
    }

    private static void StartStopped(SimulatedCluster cluster) =>
        Each(cluster.Members.Where(m => m is { Listening: false, Listed: true }).Select(m => m.Id), cluster.Start);

    private static void ResumeAll(SimulatedCluster cluster) => Each(cluster.Members.Select(m => m.Id), cluster.Resume);

    private static void Spoil(SimulatedCluster cluster, MemberFaults faults) =>
        Follower(cluster, follower => cluster.SetFaults(follower, faults));

    private static void Mend(SimulatedCluster cluster) =>
        Each(cluster.Members.Select(m => m.Id), m => cluster.SetFaults(m, MemberFaults.None));

    public static void MendAll(SimulatedCluster cluster)
    {
        Mend(cluster);
        Each(cluster.Members.Select(m => m.Id), cluster.Heal);
        ResumeAll(cluster);
        StartStopped(cluster);
        MendContent(cluster);
    }

    private static ulong NewId(SimulatedCluster cluster) => cluster.Members.Max(m => m.Id) + 1;
}
