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
    public bool WasNoOp { get; private set; }

    /// <summary>Reports the objections that do not depend on the state of the cluster. Returns true when one of them
    /// prevents the write.</summary>
    public bool ReportUnconditionalObjections(GuardResult judgement) => ReportRefusal(judgement);

    public async Task<int> RunAsync(ClusterView view, Func<ObservedCluster, Plan> planner, CancellationToken ct)
    {
        try
        {
            var (plan, exit) = await PlanAsync(view, planner, ct);
            if (plan is null || view.GetWriteTarget() is not { } target)
            {
                return exit;
            }
            if (Announce(plan, target) is { } ended)
            {
                return ended;
            }
            if (options.Yes)
            {
                return await SendAsync(view, plan, target, ct);
            }
            return await ConfirmAsync(ct) is { } no
                ? Refuse(no)
                : await SendConfirmedAsync(view, planner, target.BaseUrl, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return Refuse("stopped; nothing was sent");
        }
        catch (Exception e) when (_sent)
        {
            // Without this catch the exit code would say that nothing was sent.
            WriteError($"sent, and then a bug in this program; please report it: {e.GetType().Name}: {e.Message}");
            return ExitCode.Unseen;
        }
    }

    /// <summary>Prints the facts and what is to be sent. Returns the exit code when nothing is.</summary>
    private int? Announce(Plan plan, ClientOptions target)
    {
        foreach (var fact in plan.Facts)
        {
            WriteLine(fact);
        }
        if (plan.NoOpReason is { } already && !options.Force)
        {
            WasNoOp = true;
            WriteLine($"nothing to send: {already}");
            return ExitCode.Done;
        }
        foreach (var warning in plan.Guards.Warnings)
        {
            WriteError($"warning: {warning}");
        }
        if (ReportObjections(plan.Guards))
        {
            return ExitCode.Refused;
        }
        WriteLine("to be sent, once:");
        WriteLine($"  POST {target.At(plan.Write.Path)}");
        WriteLine($"  {plan.Write.Body}");
        if (options.DryRun)
        {
            WriteLine("not sent: --dry-run");
            return ExitCode.Done;
        }
        return null;
    }

    /// <summary>Reads and checks the cluster again, since the question may have been open for an hour, and
    /// sends.</summary>
    /// <param name="announced">Where it was said to go.</param>
    private async Task<int> SendConfirmedAsync(
        ClusterView view,
        Func<ObservedCluster, Plan> planner,
        Uri announced,
        CancellationToken ct
    )
    {
        var (plan, exit) = await PlanAsync(view, planner, ct);
        if (plan is null || view.GetWriteTarget() is not { } target)
        {
            return exit;
        }
        if (target.BaseUrl != announced)
        {
            WriteLine($"it goes to {target.BaseUrl} now");
        }
        return ReportRefusal(plan.Guards) ? ExitCode.Refused : await SendAsync(view, plan, target, ct);
    }

    private async Task<(Plan?, int Exit)> PlanAsync(
        ClusterView view,
        Func<ObservedCluster, Plan> planner,
        CancellationToken ct
    )
    {
        var analysis = await view.RefreshAsync(ct);
        if (view.UnreachableReason is { } silence)
        {
            return (null, session.Fail(silence));
        }
        var read = await view.ReadSwitchAsync(probe, ct);
        var objection =
            QuorumGuard.Check(read)
            ?? (
                view.WriteRefusal is { } refusal ? new Objection(refusal)
                : needsList ? QuorumGuard.CheckPeerList(view)
                : null
            );
        if (objection is null)
        {
            return (planner(new ObservedCluster(analysis, read)), ExitCode.Done);
        }
        WriteError($"refused: {objection.Text}");
        var lost = read.Outcome is Outcome.Ok or Outcome.NoLeader or Outcome.ReadIndex or Outcome.Timeout;
        return (null, lost ? ExitCode.Refused : ExitCode.CannotTell);
    }

    /// <summary>Reports the objections, unless all are forced.</summary>
    private bool ReportRefusal(GuardResult judgement) =>
        GetUnforcedObjections(judgement).Any() && ReportObjections(judgement);

    private bool ReportObjections(GuardResult judgement)
    {
        var standing = GetUnforcedObjections(judgement).ToList();
        foreach (var objection in judgement.Objections.Except(standing))
        {
            WriteError($"forced: {objection.Text}");
        }
        foreach (var objection in standing)
        {
            WriteError($"refused: {objection.Text}{(objection.Forcible ? "; --force sends it" : "")}");
        }
        return standing.Count > 0;
    }

    private IEnumerable<Objection> GetUnforcedObjections(GuardResult judgement) =>
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
        using (var transport = session.CreateWriteTransport(view.Cluster))
        {
            _sent = true;
            answer = await new ClustermgrAdmin(transport, target, session.Time).SendAsync(plan.Write, ct);
        }
        if (answer.Outcome == WriteOutcome.Refused)
        {
            return Refuse($"the server refused it, and nothing has changed: {answer.Sentence}");
        }
        if (answer.Outcome == WriteOutcome.NotSent)
        {
            return Refuse($"not sent, and nothing has changed: {answer.Sentence}");
        }
        var accepted = answer.Outcome == WriteOutcome.Accepted;
        if (accepted)
        {
            WriteLine("sent: 200");
        }
        else
        {
            WriteError($"unknown whether it took effect: {answer.Sentence}");
        }
        var observed = await ChangeWatcher.WaitForChangeAsync(
            stop => plan.Verify(view, stop),
            options.Wait,
            session.Time,
            ct
        );
        if (observed.Reached)
        {
            WriteLine($"done: {observed.Sentence}");
            if (plan.NextStep.Length > 0)
            {
                WriteLine(plan.NextStep);
            }
            return ExitCode.Done;
        }
        var limit = ct.IsCancellationRequested
            ? "before it was stopped"
            : $"within {DurationText.Format(options.Wait)}";
        WriteError($"not seen {limit}: {observed.Sentence}");
        WriteError($"{(accepted ? "look again" : "check before sending it again")}: {call(plan.FollowUpVerb)}");
        return ExitCode.Unseen;
    }

    private int Refuse(string why)
    {
        WriteError(why);
        return ExitCode.Refused;
    }

    private void WriteLine(string line)
    {
        try
        {
            session.WriteLine(line);
        }
        catch (IOException) when (_sent)
        {
            // The result of a write must be reported even when stdout is closed; the exit code follows the write.
            WriteError(line);
        }
    }

    private void WriteError(string line) => session.WriteError(line);
}

/// <summary>How a write is made.</summary>
/// <param name="Wait">How long to wait until the write is seen to take effect.</param>
public sealed record WriteOptions(bool Yes, bool DryRun, bool Force, TimeSpan Wait);

/// <summary>Reads the cluster until it shows the wanted result or the time is up.</summary>
internal static class ChangeWatcher
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(0.5);

    /// <returns>The last observation.</returns>
    public static async Task<Observation> WaitForChangeAsync(
        Func<CancellationToken, Task<Observation>> verify,
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
                observed = await verify(ct);
                if (observed.Reached || time.GetElapsedTime(started) + PollInterval > atMost)
                {
                    return observed;
                }
                await Task.Delay(PollInterval, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return observed;
        }
    }
}

/// <summary>Exit codes of the verbs that act on a cluster.</summary>
public static class ExitCode
{
    /// <summary>The change was made and observed, nothing had to be done, or the listing was printed.</summary>
    public const int Done = 0;

    /// <summary>Refused by a guard, by the user or by the server, or not sent; nothing has changed.</summary>
    public const int Refused = 1;

    /// <summary>The command line or the file is invalid, or the cluster does not answer; nothing was sent.</summary>
    public const int CannotTell = 2;

    /// <summary>Sent, but not observed to take effect.</summary>
    public const int Unseen = 3;
}
