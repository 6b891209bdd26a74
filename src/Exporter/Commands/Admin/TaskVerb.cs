using System.CommandLine;
using Clustermgr.Admin;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>task: the switches of the background tasks.</summary>
internal static class TaskVerb
{
    public static Command Create(Func<AdminSession> open)
    {
        var task = new Command("task", "The switches of the background tasks: see them, and set them.");
        task.Add(List(open));
        task.Add(Set(open, "enable", enable: true));
        task.Add(Set(open, "disable", enable: false));
        return task;
    }

    private static Command List(Func<AdminSession> open)
    {
        var flags = new ReadFlags();
        var list = new Command(
            "list",
            """
            Every switch that some version reads, as it is now: enabled, disabled, ineffective, unset or unknown.

            Exit code: 0 shown, 2 cannot tell (a switch could not be read, or the command line or the file is no good).

            Example: clustermgr-exporter task list --config.file=exporter.yaml --cluster=prod-z0
            """
        );
        flags.AddTo(list);
        list.SetAction(
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
                    view => ListAsync(session, view, json is true, ct)
                );
            }
        );
        return list;
    }

    private static async Task<int> ListAsync(AdminSession session, ClusterView view, bool json, CancellationToken ct)
    {
        await view.LookAsync(ct);
        if (view.Silence is { } silence)
        {
            return session.CannotTell(silence);
        }
        await view.ReadSwitchesAsync(ct);
        session.Out.Write(json ? TaskListing.Json(view.Analysis) : TaskListing.Text(view.Analysis));
        return view.Analysis.Snapshot.Switches.Any(entry => entry.Reading is null)
            ? session.CannotTell("what is unknown could not be read: each is a read that needs a quorum")
            : ExitCode.Done;
    }

    private static Command Set(Func<AdminSession> open, string verb, bool enable)
    {
        var key = new Argument<string>("KEY")
        {
            HelpName = "KEY",
            Description = $"The switch. Example: {verb} disk_repair",
        };
        key.CompletionSources.Add([.. TaskSwitches.Settable]);
        var flags = new WriteFlags();
        var set = new Command(
            verb,
            $"""
            Set a switch to {Value(
                enable
            )}, and see by a read of the quorum that it is so. The scheduler follows within 15 s.

            Exit code: 0 done and seen, 1 refused or not sent, 2 cannot tell (nothing was sent), 3 sent and not seen.

            Example: clustermgr-exporter task {verb} disk_repair --config.file=exporter.yaml --cluster=prod-z0
            """
        );
        set.Add(key);
        flags.AddTo(set);
        set.SetAction(
            (parse, ct) =>
            {
                var session = open();
                var values = new FlagValues(parse, session.Environment);
                var options = flags.Read(values);
                var name = parse.GetValue(key) ?? "";
                return AdminCommand.RunAsync(
                    session,
                    flags.Clusters,
                    parse,
                    values,
                    view =>
                    {
                        var act = new AdminOperation(
                            session,
                            options!,
                            name,
                            needsList: false,
                            verb => AdminCommand.Call(parse, verb)
                        );
                        return act.RefusesAtOnce(TaskGuards.Set(name, enable))
                            ? Task.FromResult(ExitCode.Refused)
                            : act.RunAsync(view, found => Plan(found, name, enable), ct);
                    }
                );
            }
        );
        return set;
    }

    private static Plan Plan(ObservedCluster found, string key, bool enable)
    {
        var (had, wanted) = (found.Probe.Value!, Value(enable));
        return new Plan
        {
            Facts =
            [
                $"{found.Analysis.Snapshot.Cluster}: {PeerLookup.Sum(found.Analysis)}",
                $"{key} is {TaskListing.Describe(key, had)}",
            ],
            Write = WriteRequest.ConfigSet(key, wanted),
            Judgement = TaskGuards.Set(key, enable),
            Already = had.Raw == wanted ? $"{key} is {TaskListing.Describe(key, had)} already" : null,
            Look = async (view, ct) =>
            {
                await view.LookAsync(ct); // another may lead by now, and who leads is asked first
                return Sight(key, wanted, had, await view.ReadSwitchAsync(key, ct));
            },
            Shows = "task list",
        };
    }

    private static Observation Sight(string key, string wanted, SwitchReading had, Answer<SwitchReading> read) =>
        read.Value is not { } has ? new Observation(false, $"{key} cannot be read: {read.Detail}")
        : has.Raw == wanted
            ? new Observation(true, $"{key} is {TaskListing.Describe(key, has)}, was {TaskListing.Describe(key, had)}")
        : new Observation(false, $"{key} is {TaskListing.Describe(key, has)}");

    /// <summary>Exactly these: the server stores anything, and the scheduler takes anything but the first for
    /// off.</summary>
    private static string Value(bool enable) => enable ? "true" : "false";
}
