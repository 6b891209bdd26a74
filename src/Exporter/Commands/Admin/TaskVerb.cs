using System.CommandLine;
using Clustermgr.Admin;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>task: the switches of the background tasks.</summary>
internal static class TaskVerb
{
    public static Command Create(VerbContext context) =>
        Verb.Group(
            "task",
            "The switches of the background tasks: see them, and set them.",
            AdminCommand.CreateRead(
                context,
                "list",
                $"""
                Every switch that some version reads, as it is now: enabled, disabled, ineffective, unset or unknown.

                {ExitCodes.DescribeList("a switch could not be read")}

                Example: clustermgr-exporter task list --config.file=exporter.yaml --cluster=prod-z0
                """,
                ListAsync
            ),
            Set(context, "enable", enable: true),
            Set(context, "disable", enable: false)
        );

    private static async Task<int> ListAsync(AdminSession session, ClusterView view, bool json, CancellationToken ct)
    {
        await view.RefreshAsync(ct);
        if (view.UnreachableReason is { } silence)
        {
            return session.Fail(silence);
        }
        await view.ReadSwitchesAsync(ct);
        session.Out.Write(json ? TaskListing.Json(view.Analysis) : TaskListing.Text(view.Analysis));
        return view.Analysis.Snapshot.Switches.Any(entry => entry.Reading is null)
            ? session.Fail("unknown switches could not be read: each read needs a quorum")
            : ExitCodes.Done;
    }

    private static Command Set(VerbContext context, string verb, bool enable)
    {
        var key = new Argument<string>("KEY")
        {
            HelpName = "KEY",
            Description = $"The switch. Example: {verb} disk_repair",
        };
        key.CompletionSources.Add([.. TaskSwitches.Settable]);
        return AdminCommand.CreateWrite(
            context,
            verb,
            $"""
            Set a switch to {Value(
                enable
            )}, and see by a read of the quorum that it is so. The scheduler follows within 15 s.

            {ExitCodes.ChangeHelp}

            Example: clustermgr-exporter task {verb} disk_repair --config.file=exporter.yaml --cluster=prod-z0
            """,
            [key],
            (parse, _) =>
            {
                var name = parse.GetValue(key) ?? "";
                return new RequestedChange(name, NeedsList: false, found => Plan(found, name, enable))
                {
                    UnconditionalChecks = TaskGuards.Set(name, enable),
                };
            }
        );
    }

    private static Plan Plan(ObservedCluster found, string key, bool enable)
    {
        var had = found.Probe.Value!;
        var wanted = Value(enable);
        return new Plan
        {
            Facts =
            [
                $"{found.Analysis.Snapshot.Cluster}: {PeerLookup.Summarize(found.Analysis)}",
                $"{key} is {TaskListing.Describe(key, had)}",
            ],
            Write = WriteRequest.ConfigSet(key, wanted),
            Guards = TaskGuards.Set(key, enable),
            NoOpReason = had.Raw == wanted ? $"{key} is {TaskListing.Describe(key, had)} already" : null,
            Verify = async (view, ct) =>
            {
                await view.RefreshAsync(ct); // the leader may have changed, and it is asked first
                return Observe(key, wanted, had, await view.ReadSwitchAsync(key, ct));
            },
            FollowUpVerb = "task list",
        };
    }

    private static Observation Observe(string key, string wanted, SwitchReading had, Answer<SwitchReading> read) =>
        read.Value is not { } has ? new Observation(false, $"{key} cannot be read: {read.Detail}")
        : has.Raw == wanted
            ? new Observation(true, $"{key} is {TaskListing.Describe(key, has)}, was {TaskListing.Describe(key, had)}")
        : new Observation(false, $"{key} is {TaskListing.Describe(key, has)}");

    /// <summary>The exact value to store: the server accepts anything, and the scheduler reads everything but true as
    /// off.</summary>
    private static string Value(bool enable) => enable ? "true" : "false";
}
