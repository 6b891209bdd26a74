using ClustermgrSimulator.Faults;

namespace ClustermgrSimulator;

/// <summary>The scenarios of members.</summary>
internal static partial class ScenarioCatalogue
{
    public static IEnumerable<Scenario> CreateMemberScenarios() =>
        [
            new()
            {
                Name = "healthy",
                Description = "nothing happens",
                LookFor = "every member up, one leader, no finding",
                Configure = options => options with { SchedulersRun = true },
            },
            CreateRepeatingScenario(
                "leader-lost",
                3,
                "the leader's process is killed and started again a minute later",
                "up 0 for it at once, its followers name it for 10 to 20 s, then a new leader in a higher term",
                CreateStep(25, "the leader is killed", c => Leader(c, c.Kill)),
                CreateRecoveryStep(90, "it is started again", StartStopped)
            ),
            CreateRepeatingScenario(
                "quorum-lost",
                2,
                "most members are killed; the leader claims to lead, then follows nobody",
                "no leader within 20 s, switches unknown, the term does not climb",
                CreateStep(
                    25,
                    "so many followers are killed that a minority is left",
                    c => Each(c.Followers.Skip((c.Followers.Count / 2) - 1), c.Kill)
                ),
                CreateRecoveryStep(120, "they are started again", StartStopped)
            ),
            CreateRepeatingScenario(
                "follower-hung",
                2,
                "a follower's process is stopped: it accepts and never answers",
                "up 0 by timeout, its peer row inactive, the quorum's margin one less",
                CreateStep(25, "a follower hangs", c => Follower(c, c.Hang)),
                CreateRecoveryStep(90, "it goes on", ResumeAll)
            ),
            CreateRepeatingScenario(
                "leader-hung",
                3,
                "the leader's process is stopped: it accepts and never answers",
                "timeouts, an election after 10 to 20 s, then silence of the new leader for a few seconds",
                CreateStep(25, "the leader hangs", c => Leader(c, c.Hang)),
                CreateRecoveryStep(90, "it goes on as a follower", ResumeAll)
            ),
            CreateRepeatingScenario(
                "follower-lost",
                2,
                "a follower's process is killed and started again",
                "up 0, the quorum's margin one less, no other member is safe to restart",
                CreateStep(25, "a follower is killed", c => Follower(c, c.Kill)),
                CreateRecoveryStep(90, "it is started again", StartStopped)
            ),
            CreateRepeatingScenario(
                "rolling-restart",
                3,
                "members 1 to 3 are restarted, one after the other, as in an upgrade",
                "one member down at a time, one election when it is the leader's turn, nobody lost",
                CreateStep(25, "member 1 restarts", c => Restart(c, 1)),
                CreateStep(35, "member 1 is back", StartStopped),
                CreateStep(65, "member 2 restarts", c => Restart(c, 2)),
                CreateStep(75, "member 2 is back", StartStopped),
                CreateStep(105, "member 3 restarts", c => Restart(c, 3)),
                CreateStep(115, "member 3 is back", StartStopped)
            ),
            CreateRepeatingScenario(
                "leadership-transfer",
                2,
                "an operator hands leadership to another member",
                "a change of leader within a second, one term more, no member lost",
                CreateStep(25, "leadership is transferred to a follower", c => Follower(c, c.TransferLeadership))
            ),
            CreateRepeatingScenario(
                "member-isolated",
                3,
                "the leader is cut off from the others but still answers us",
                "two members claim leadership, in different terms: the higher one is right",
                CreateStep(25, "the leader is cut off from the other members", c => Leader(c, c.Isolate)),
                CreateRecoveryStep(90, "the network heals", c => Each(c.Members.Select(m => m.Id), c.Heal))
            ),
            new()
            {
                Name = "learner-added",
                Description = "a learner is added, and its process started half a minute later",
                LookFor = "a fourth member that does not vote, snapshot, then caught up",
                Steps =
                [
                    CreateStep(
                        25,
                        "a learner is listed that does not run yet",
                        c => c.AddMember(NewId(c), $"10.0.0.{NewId(c)}:9998", $"10.0.0.{NewId(c)}:10110", learner: true)
                    ),
                    CreateStep(55, "its process is started", StartStopped),
                ],
            },
            CreateRepeatingScenario(
                "auth-refused",
                2,
                "a member refuses every token, as after a secret was changed on it alone",
                "outcome auth on that member only; it is reachable, yet not up",
                CreateStep(25, "a follower refuses our token", c => Spoil(c, new() { RefuseTokens = true })),
                CreateRecoveryStep(90, "it takes it again", RestoreMembers)
            ),
            CreateRepeatingScenario(
                "member-forwarding",
                2,
                "a sick member forwards every request to the leader",
                "outcome forwarded: the leader's answer is not counted as the member's own",
                CreateStep(25, "a follower forwards", c => Spoil(c, new() { ForwardAsSick = true })),
                CreateRecoveryStep(90, "it answers itself again", RestoreMembers)
            ),
            CreateRepeatingScenario(
                "schema-drift",
                2,
                "a member answers with fields nobody knows, then without some that all have",
                "schema findings; values that are missing are absent, not 0",
                CreateStep(
                    25,
                    "a follower's answers have unknown fields",
                    c => Spoil(c, new() { Body = BodyFault.UnknownFields })
                ),
                CreateStep(70, "now fields are missing", c => Spoil(c, new() { Body = BodyFault.MissingFields })),
                CreateRecoveryStep(110, "it answers as before", RestoreMembers)
            ),
        ];

    private static Scenario CreateRepeatingScenario(
        string name,
        int minVoters,
        string description,
        string lookFor,
        params ScenarioStep[] steps
    ) =>
        new()
        {
            Name = name,
            MinVoters = minVoters,
            Description = description,
            LookFor = lookFor,
            Steps = steps,
            RepeatEvery = TimeSpan.FromMinutes(3),
        };

    private static ScenarioStep CreateStep(int seconds, string description, Action<SimulatedCluster> apply) =>
        new(TimeSpan.FromSeconds(seconds), description, apply);

    private static ScenarioStep CreateRecoveryStep(int seconds, string description, Action<SimulatedCluster> apply) =>
        CreateStep(seconds, description, apply) with
        {
            IsRecovery = true,
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

    private static void RestoreMembers(SimulatedCluster cluster) =>
        Each(cluster.Members.Select(m => m.Id), m => cluster.SetFaults(m, MemberFaults.None));

    public static void RestoreAll(SimulatedCluster cluster)
    {
        RestoreMembers(cluster);
        Each(cluster.Members.Select(m => m.Id), cluster.Heal);
        ResumeAll(cluster);
        StartStopped(cluster);
        RestoreContent(cluster);
    }

    private static ulong NewId(SimulatedCluster cluster) => cluster.Members.Max(m => m.Id) + 1;
}
