using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Formatting;

namespace Clustermgr.Admin;

/// <summary>One write to a cluster: reads the cluster, checks the guards, asks for confirmation, sends once and
/// verifies the effect.</summary>
/// <param name="probe">The switch that is read to check the quorum with a linearizable read.</param>
/// <param name="call">Returns a command line of this program for the same cluster, given a verb.</param>
/// <param name="needsList">True when the guards need the leader's list of peers.</param>
public sealed class AdminOperation(
    AdminSession session,
    WriteOptions options,
    string probe,
    bool needsList,
    Func<string, string> call
)
{
    private bool _sent;

    /// <summary>True when the cluster already had the requested state, so that nothing was sent.</summary>
    public bool IsAlready { get; private set; }

    /// <summary>Reports the objections that do not depend on the state of the cluster. Returns true when one of them
    /// prevents the write.</summary>
    public bool RefusesAtOnce(Judgement judgement) => Standing(judgement).Any() && Refuses(judgement);

    public async Task<int> RunAsync(ClusterView view, Func<ObservedCluster, Plan> planner, CancellationToken ct)
    {
        try
        {
            var (plan, exit) = await PlanAsync(view, planner, ct);
            if (plan is null || view.Target() is not { } target)
            {
                return exit;
            }
            foreach (var fact in plan.Facts)
            {
                Say(fact);
            }
            if (plan.Already is { } already && !options.Force)
            {
                IsAlready = true;
                Say($"nothing to send: {already}");
                return ExitCode.Done;
            }
            foreach (var warning in plan.Judgement.Warnings)
            {
                Complain($"warning: {warning}");
            }
            if (Refuses(plan.Judgement))
            {
                return ExitCode.Refused;
            }
            Say("to be sent, once:");
            Say($"  POST {target.At(plan.Write.Path)}");
            Say($"  {plan.Write.Body}");
            if (options.DryRun)
            {
                Say("not sent: --dry-run");
                return ExitCode.Done;
            }
            if (!options.Yes)
            {
                if (await ConfirmAsync(ct) is { } no)
                {
                    return Refuse(no);
                }
                // The question may have been open for an hour, so the cluster is read again.
                (plan, exit) = await PlanAsync(view, planner, ct);
                if (plan is null || view.Target() is not { } now)
                {
                    return exit;
                }
                if (now.BaseUrl != target.BaseUrl)
                {
                    Say($"it goes to {now.BaseUrl} now");
                }
                target = now;
                if (Standing(plan.Judgement).Any() && Refuses(plan.Judgement))
                {
                    return ExitCode.Refused;
                }
            }
            return await SendAsync(view, plan, target, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return Refuse("stopped; nothing was sent");
        }
        catch (Exception e) when (_sent)
        {
            // Without this catch the exit code would say that nothing was sent.
            Complain($"sent, and then a bug in this program; please report it: {e.GetType().Name}: {e.Message}");
            return ExitCode.Unseen;
        }
    }

    private async Task<(Plan?, int Exit)> PlanAsync(
        ClusterView view,
        Func<ObservedCluster, Plan> planner,
        CancellationToken ct
    )
    {
        var analysis = await view.LookAsync(ct);
        if (view.Silence is { } silence)
        {
            return (null, session.CannotTell(silence));
        }
        var read = await view.ReadSwitchAsync(probe, ct);
        var objection =
            QuorumGuard.Check(read)
            ?? (
                view.Refusal is { } refusal ? new Objection(refusal)
                : needsList ? QuorumGuard.OfList(view)
                : null
            );
        if (objection is null)
        {
            return (planner(new ObservedCluster(analysis, read)), ExitCode.Done);
        }
        Complain($"refused: {objection.Text}");
        var lost = read.Outcome is Outcome.Ok or Outcome.NoLeader or Outcome.ReadIndex or Outcome.Timeout;
        return (null, lost ? ExitCode.Refused : ExitCode.CannotTell);
    }

    private bool Refuses(Judgement judgement)
    {
        var standing = Standing(judgement).ToList();
        foreach (var objection in judgement.Objections.Except(standing))
        {
            Complain($"forced: {objection.Text}");
        }
        foreach (var objection in standing)
        {
            Complain($"refused: {objection.Text}{(objection.Forcible ? "; --force sends it" : "")}");
        }
        return standing.Count > 0;
    }

    private IEnumerable<Objection> Standing(Judgement judgement) =>
        judgement.Objections.Where(objection => !(objection.Forcible && options.Force));

    /// <summary>Returns null when the user confirms, else the reason.</summary>
    private async Task<string?> ConfirmAsync(CancellationToken ct)
    {
        if (session.Ask is not { } ask)
        {
            return "not sent: no terminal to confirm on; --yes sends it";
        }
        var answer = (await ask("send it? [y/N] ", ct))?.Trim().ToLowerInvariant();
        return answer is "y" or "yes" ? null : "not sent";
    }

    private async Task<int> SendAsync(ClusterView view, Plan plan, ClientOptions target, CancellationToken ct)
    {
        WriteAnswer answer;
        using (var transport = session.Writes(view.Cluster))
        {
            _sent = true;
            answer = await new ClustermgrAdmin(transport, target, session.Time).SendAsync(plan.Write, ct);
        }
        if (answer.End == WriteEnd.Refused)
        {
            return Refuse($"the server refused it, and nothing has changed: {answer.Sentence}");
        }
        if (answer.End == WriteEnd.NotSent)
        {
            return Refuse($"not sent, and nothing has changed: {answer.Sentence}");
        }
        var accepted = answer.End == WriteEnd.Accepted;
        if (accepted)
        {
            Say("sent: 200");
        }
        else
        {
            Complain($"unknown whether it took effect: {answer.Sentence}");
        }
        var observed = await ChangeWatcher.UntilAsync(stop => plan.Look(view, stop), options.Wait, session.Time, ct);
        if (observed.Reached)
        {
            Say($"done: {observed.Sentence}");
            if (plan.Next.Length > 0)
            {
                Say(plan.Next);
            }
            return ExitCode.Done;
        }
        var limit = ct.IsCancellationRequested
            ? "before it was stopped"
            : $"within {DurationText.Format(options.Wait)}";
        Complain($"not seen {limit}: {observed.Sentence}");
        Complain($"{(accepted ? "look again" : "check before sending it again")}: {call(plan.Shows)}");
        return ExitCode.Unseen;
    }

    private int Refuse(string why)
    {
        Complain(why);
        return ExitCode.Refused;
    }

    private void Say(string line)
    {
        try
        {
            session.Say(line);
        }
        catch (IOException) when (_sent)
        {
            // The result of a write must be reported even when stdout is closed; the exit code follows the write.
            Complain(line);
        }
    }

    private void Complain(string line) => session.Complain(line);
}

/// <summary>How a write is made.</summary>
/// <param name="Wait">How long to wait until the write is seen to take effect.</param>
public sealed record WriteOptions(bool Yes, bool DryRun, bool Force, TimeSpan Wait);

/// <summary>Reads the cluster until it shows the wanted result or the time is up.</summary>
internal static class ChangeWatcher
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(0.5);

    /// <returns>The last observation.</returns>
    public static async Task<Observation> UntilAsync(
        Func<CancellationToken, Task<Observation>> look,
        TimeSpan atMost,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var started = time.GetTimestamp();
        var observed = new Observation(false, "stopped before anything was seen");
        try
        {
            while (true)
            {
                observed = await look(ct);
                if (observed.Reached || time.GetElapsedTime(started) + s_between > atMost)
                {
                    return observed;
                }
                await Task.Delay(s_between, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return observed;
        }
    }
}
