using System.CommandLine;
using Clustermgr.Admin;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>member: lists, adds and removes members.</summary>
internal static class MemberVerb
{
    /// <summary>The switch that is read to check the quorum; any switch will do.</summary>
    public const string Probe = "disk_repair";

    public static Command Create(VerbContext context) =>
        Verb.Group(
            "member",
            "Who belongs to the cluster: see it, and change it.",
            AdminCommand.CreateRead(
                context,
                "list",
                $"""
                Every peer of the leader's own list, and how it is; then members that are configured and not listed.

                {ExitCodes.DescribeList("the leader does not answer")}

                Example: clustermgr-exporter member list --config.file=exporter.yaml --cluster=prod-z0
                """,
                ListAsync
            ),
            Add(context),
            Remove(context)
        );

    private static async Task<int> ListAsync(AdminSession session, ClusterView view, bool json, CancellationToken ct)
    {
        var analysis = await view.RefreshAsync(ct);
        if (view.UnreachableReason is { } silence)
        {
            return session.Fail(silence);
        }
        if (QuorumGuard.CheckPeerList(view) is { } unknown)
        {
            return session.Fail($"cannot tell: {unknown.Text}");
        }
        session.Out.Write(json ? MemberListing.Json(analysis) : MemberListing.Text(analysis));
        return ExitCodes.Done;
    }

    private static Command Add(VerbContext context)
    {
        var peer = PeerId.Option("Node id of the new member: one that no member ever had. Example: --peer=4");
        var host = new Option<string>("--host")
        {
            HelpName = "HOST:PORT",
            Description = "Its raft address. Example: --host=10.0.0.4:10110",
        };
        var node = new Option<string>("--node-host")
        {
            HelpName = "HOST:PORT",
            Description = "Its HTTP address. Example: --node-host=10.0.0.4:9998",
        };
        var learner = new Option<bool>("--learner")
        {
            Description = "It copies and does not vote, and is never promoted. Example: --learner",
        };
        return AdminCommand.CreateWrite(
            context,
            "add",
            $"""
            Add a member to the cluster: first here, then start its process, with an empty data folder.

            {ExitCodes.ChangeHelp}

            Example: clustermgr-exporter member add --peer=4 --host=10.0.0.4:10110 --node-host=10.0.0.4:9998 --config.file=exporter.yaml
            """,
            [peer, host, node, learner],
            (_, values) =>
            {
                var id = PeerId.Read(values.Text(peer), values.Errors);
                var raft = HostPort.Read(values.Text(host), host.Name, "10.0.0.4:10110", values.Errors);
                var http = HostPort.Read(values.Text(node), node.Name, "10.0.0.4:9998", values.Errors);
                if (raft is not null && raft == http)
                {
                    values.Errors.Add("--host and --node-host are one address; the first is raft's, the second HTTP's");
                }
                var member = new NewMember(id, raft ?? "", http ?? "", values.Switch(learner)?.Text == "true");
                return new RequestedChange(Probe, NeedsList: true, found => PlanToAdd(found, member));
            }
        );
    }

    private static Command Remove(VerbContext context)
    {
        var peer = PeerId.Option("Node id of the member. Example: --peer=3");
        return AdminCommand.CreateWrite(
            context,
            "remove",
            $"""
            Take a member out of the cluster. Its process goes on and follows its last leader forever: stop it.

            {ExitCodes.ChangeHelp}

            Example: clustermgr-exporter member remove --peer=3 --config.file=exporter.yaml --cluster=prod-z0
            """,
            [peer],
            (parse, values) =>
            {
                var id = PeerId.Read(values.Text(peer), values.Errors);
                return new RequestedChange(Probe, NeedsList: true, found => PlanToRemove(found, id, parse));
            }
        );
    }

    private static Plan PlanToAdd(ObservedCluster found, NewMember member)
    {
        var role = member.Learner ? "learner" : "voter";
        return new Plan
        {
            Facts = [$"{found.Analysis.Snapshot.Cluster}: {PeerLookup.Summarize(found.Analysis)}"],
            Write = WriteRequest.MemberAdd(member),
            Guards = MemberGuards.Add(found.Analysis, member),
            Verify = async (view, ct) =>
                VerifyListed(await view.RefreshAsync(ct), member) is { } analysis
                    ? new Observation(
                        true,
                        $"the leader lists node {member.Id} ({member.RaftHost}) as a {role}; "
                            + $"now {PeerLookup.Summarize(analysis)}"
                    )
                    : new Observation(false, $"the leader does not list node {member.Id}"),
            NextStep =
                "next: start its process, with an empty data folder; then see its lag fall by member list, and name "
                + "it in the exporter's configuration",
            FollowUpVerb = "member list",
        };
    }

    private static Plan PlanToRemove(ObservedCluster found, ulong id, ParseResult parse)
    {
        var analysis = found.Analysis;
        var name = PeerLookup.Describe(found.Analysis, id);
        var judgement = MemberGuards.Remove(analysis, id);
        if (PeerLookup.Find(analysis, id) is { IsLeader: true } && LeaderGuards.FindBestTarget(analysis) is { } heir)
        {
            judgement = GuardResult.Refused(
                $"{judgement.Objections[0].Text}; hand leadership over first: "
                    + AdminCommand.Call(parse, $"leader transfer --peer={heir.Row.Id}")
            );
        }
        return new Plan
        {
            Facts = [$"{analysis.Snapshot.Cluster}: {PeerLookup.Summarize(analysis)}"],
            Write = WriteRequest.MemberRemove(id),
            Guards = judgement,
            Verify = async (view, ct) =>
                await view.RefreshAsync(ct) is var now && IsListKnown(now) && PeerLookup.Find(now, id) is null
                    ? new Observation(true, $"the leader no longer lists {name}; now {PeerLookup.Summarize(now)}")
                    : new Observation(false, IsListKnown(now) ? $"the leader still lists {name}" : "no leader answers"),
            NextStep = "next: stop its process, and take it out of the exporter's configuration",
            FollowUpVerb = "member list",
        };
    }

    private static ClusterAnalysis? VerifyListed(ClusterAnalysis analysis, NewMember member) =>
        IsListKnown(analysis)
        && PeerLookup.Find(analysis, member.Id) is { } peer
        && peer.Row.Host == member.RaftHost
        && (peer.Row.Learner is true) == member.Learner
            ? analysis
            : null;

    private static bool IsListKnown(ClusterAnalysis analysis) => QuorumGuard.CheckPeerList(analysis) is null;
}
