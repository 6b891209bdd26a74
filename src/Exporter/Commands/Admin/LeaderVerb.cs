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

                {ExitCodes.OfList("no leader answers")}

                Example: clustermgr-exporter leader show --config.file=exporter.yaml --cluster=prod-z0
                """,
                ShowAsync
            ),
            Transfer(context)
        );

    private static async Task<int> ShowAsync(AdminSession session, ClusterView view, bool json, CancellationToken ct)
    {
        var analysis = await view.LookAsync(ct);
        if (view.Silence is { } silence)
        {
            return session.CannotTell(silence);
        }
        session.Out.Write(json ? LeaderListing.Json(analysis) : LeaderListing.Text(analysis));
        return QuorumGuard.OfList(view) is { } unknown
            ? session.CannotTell($"cannot tell: {unknown.Text}")
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

            {ExitCodes.OfChange}

            Example: clustermgr-exporter leader transfer --peer=2 --config.file=exporter.yaml --cluster=prod-z0
            """,
            [peer],
            (_, values) =>
            {
                var id = PeerId.Read(values.Text(peer), values.Errors);
                return new Change(MemberVerb.Probe, NeedsList: true, found => Plan(found.Analysis, id));
            }
        );
    }

    private static Plan Plan(ClusterAnalysis analysis, ulong id) =>
        new()
        {
            Facts = [$"{analysis.Snapshot.Cluster}: {PeerLookup.Sum(analysis)}"],
            Write = WriteRequest.LeadershipTransfer(id),
            Judgement = LeaderGuards.Transfer(analysis, id),
            Look = async (view, ct) => Leads(await view.LookAsync(ct), id),
            Shows = "leader show",
        };

    /// <summary>Whether the target leads, by its own answer if it is polled: a new leader may delay /stat for some
    /// seconds.</summary>
    private static Observation Leads(ClusterAnalysis now, ulong id)
    {
        var leads = now.NamedLeader == id && (PeerLookup.Member(now, id) is null || now.Leader?.NodeId == id);
        if (leads)
        {
            return new Observation(
                true,
                now.Leader is null
                    ? $"{PeerLookup.Name(now, id)} leads in term {Leadership.HighestTerm(now.Snapshot)}"
                    : PeerLookup.Sum(now)
            );
        }
        var transferee = now.Leader?.Reading?.Raft.Transferee;
        return new Observation(
            false,
            PeerLookup.Sum(now)
                + (
                    transferee is { } to and not 0 ? $"; it is still handing over to {PeerLookup.Name(now, to)}"
                    : transferee is 0 ? "; no transfer is under way"
                    : ""
                )
        );
    }
}
