using System.CommandLine;
using Clustermgr.Admin;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>leader: shows the leader and transfers leadership.</summary>
internal static class LeaderVerb
{
    public static Command Create(VerbContext context) =>
        Verb.Group(
            "leader",
            "Who leads the cluster: see it, and hand it over.",
            AdminCommand.CreateRead(
                context,
                "show",
                $"""
                Who leads, who follows, and who could take over.

                {ExitCodes.DescribeList("no leader answers")}

                Example: clustermgr-exporter leader show --config.file=exporter.yaml --cluster=prod-z0
                """,
                ShowAsync
            ),
            Transfer(context)
        );

    private static async Task<int> ShowAsync(AdminSession session, ClusterView view, bool json, CancellationToken ct)
    {
        var analysis = await view.RefreshAsync(ct);
        if (view.UnreachableReason is { } silence)
        {
            return session.Fail(silence);
        }
        session.Out.Write(json ? LeaderListing.Json(analysis) : LeaderListing.Text(analysis));
        return QuorumGuard.CheckPeerList(view) is { } unknown
            ? session.Fail($"cannot tell: {unknown.Text}")
            : ExitCodes.Done;
    }

    private static Command Transfer(VerbContext context)
    {
        var peer = PeerId.Option("Node id of the voter that is to lead. Example: --peer=2");
        return AdminCommand.CreateWrite(
            context,
            "transfer",
            $"""
            Hand leadership to a voter that has caught up, and see that it leads.

            {ExitCodes.ChangeHelp}

            Example: clustermgr-exporter leader transfer --peer=2 --config.file=exporter.yaml --cluster=prod-z0
            """,
            [peer],
            (_, values) =>
            {
                var id = PeerId.Read(values.Text(peer), values.Errors);
                return new RequestedChange(MemberVerb.Probe, NeedsList: true, found => Plan(found.Analysis, id));
            }
        );
    }

    private static Plan Plan(ClusterAnalysis analysis, ulong id) =>
        new()
        {
            Facts = [$"{analysis.Snapshot.Cluster}: {PeerLookup.Summarize(analysis)}"],
            Write = WriteRequest.LeadershipTransfer(id),
            Guards = LeaderGuards.Transfer(analysis, id),
            Verify = async (view, ct) => Leads(await view.RefreshAsync(ct), id),
            FollowUpVerb = "leader show",
        };

    /// <summary>Whether the target leads, by its own answer if it is polled: a new leader may delay /stat for some
    /// seconds.</summary>
    private static Observation Leads(ClusterAnalysis now, ulong id)
    {
        var leads = now.NamedLeader == id && (PeerLookup.FindMember(now, id) is null || now.Leader?.NodeId == id);
        if (leads)
        {
            return new Observation(
                true,
                now.Leader is null
                    ? $"{PeerLookup.Describe(now, id)} leads in term {Leadership.HighestTerm(now.Snapshot)}"
                    : PeerLookup.Summarize(now)
            );
        }
        var transferee = now.Leader?.Reading?.Raft.Transferee;
        return new Observation(
            false,
            PeerLookup.Summarize(now)
                + (
                    transferee is { } to and not 0 ? $"; it is still handing over to {PeerLookup.Describe(now, to)}"
                    : transferee is 0 ? "; no transfer is under way"
                    : ""
                )
        );
    }
}
