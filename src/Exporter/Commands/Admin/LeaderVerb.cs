using System.CommandLine;
using Clustermgr.Admin;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>leader: who leads, and who is to.</summary>
internal static class LeaderVerb
{
    public static Command Create(Func<AdminSession> open)
    {
        var leader = new Command("leader", "Who leads the cluster: see it, and hand it over.");
        leader.Add(Show(open));
        leader.Add(Transfer(open));
        return leader;
    }

    private static Command Show(Func<AdminSession> open)
    {
        var flags = new ReadFlags();
        var show = new Command(
            "show",
            """
            Who leads, who follows, and who could take over.

            Exit code: 0 shown, 2 cannot tell (no leader answers, or the command line or the file is no good).

            Example: clustermgr-exporter leader show --config.file=exporter.yaml --cluster=prod-z0
            """
        );
        flags.AddTo(show);
        show.SetAction(
            (parse, ct) =>
            {
                var session = open();
                var values = new FlagValues(parse, session.Environment);
                var json = flags.Json(values);
                return AdminCommand.RunAsync(
                    session,
                    flags.Clusters,
                    parse,
                    values,
                    async view =>
                    {
                        var analysis = await view.LookAsync(ct);
                        if (view.Silence is { } silence)
                        {
                            return session.CannotTell(silence);
                        }
                        session.Out.Write(json is true ? LeaderListing.Json(analysis) : LeaderListing.Text(analysis));
                        return QuorumGuard.OfList(view) is { } unknown
                            ? session.CannotTell($"cannot tell: {unknown.Text}")
                            : ExitCode.Done;
                    }
                );
            }
        );
        return show;
    }

    private static Command Transfer(Func<AdminSession> open)
    {
        var peer = PeerId.Option("Node id of the voter that is to lead. Example: --peer=2");
        var flags = new WriteFlags();
        var transfer = new Command(
            "transfer",
            """
            Hand leadership to a voter that has caught up, and see that it leads.

            Exit code: 0 done and seen, 1 refused or not sent, 2 cannot tell (nothing was sent), 3 sent and not seen.

            Example: clustermgr-exporter leader transfer --peer=2 --config.file=exporter.yaml --cluster=prod-z0
            """
        );
        transfer.Add(peer);
        flags.AddTo(transfer);
        transfer.SetAction(
            (parse, ct) =>
            {
                var session = open();
                var values = new FlagValues(parse, session.Environment);
                var id = PeerId.Read(values.Text(peer), values.Errors);
                var options = flags.Read(values);
                return AdminCommand.RunAsync(
                    session,
                    flags.Clusters,
                    parse,
                    values,
                    view =>
                        new AdminOperation(
                            session,
                            options!,
                            MemberVerb.Probe,
                            needsList: true,
                            verb => AdminCommand.Call(parse, verb)
                        ).RunAsync(view, found => Plan(found.Analysis, id), ct)
                );
            }
        );
        return transfer;
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

    /// <summary>By its own word, where we ask it: a new leader may keep /stat waiting for some seconds.</summary>
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
