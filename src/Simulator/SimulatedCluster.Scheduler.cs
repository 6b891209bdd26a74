using ClustermgrSimulator.Http;
using ClustermgrSimulator.Scheduling;

namespace ClustermgrSimulator;

/// <summary>The schedulers of the cluster, which are no members.</summary>
public sealed partial class SimulatedCluster
{
    /// <summary>The first of the ids under which schedulers are asked.</summary>
    private const ulong FirstScheduler = 1UL << 62;

    private const string Scheduler = "SCHEDULER";

    /// <summary>URL of each registered scheduler, by the id under which it is asked.</summary>
    public IReadOnlyDictionary<ulong, Uri> Schedulers =>
        Update(() =>
            _state
                .Services.Where(service => service.Name == Scheduler)
                .Select((service, i) => (Id: FirstScheduler + (ulong)i, service.Host))
                .ToDictionary(one => one.Id, one => new Uri(one.Host))
        );

    public static bool IsScheduler(ulong id) => id >= FirstScheduler;

    /// <summary>Sets the address at which it listens.</summary>
    public void SetSchedulerHost(ulong id, Uri host) =>
        Update(() =>
        {
            var index = IndexOf(id);
            _state.Services[index] = _state.Services[index] with { Host = host.ToString().TrimEnd('/') };
            return 0;
        });

    public void SetSchedulerFault(SchedulerFault fault) =>
        Update(() =>
        {
            _state.Scheduler.Fault = fault;
            return 0;
        });

    /// <summary>Stops the progress of repairs and drops, or lets it go on.</summary>
    public void SetRepairStalled(bool stalled) =>
        Update(() =>
        {
            _state.Scheduler.Stalled = stalled;
            return 0;
        });

    /// <summary>Sets the errors of shard repair per second.</summary>
    public void SetRepairErrors(double perSecond) =>
        Update(() =>
        {
            _state.Scheduler.ErrorsPerSecond = perSecond;
            return 0;
        });

    private async Task<SimulatedAnswer> AnswerSchedulerAsync(ulong id, SimulatedRequest request, CancellationToken ct)
    {
        var answer = Update(() =>
            Options.SchedulersRun && IndexOf(id) is var index and >= 0 && _state.Services[index].Online
                ? SchedulerAnswers.Create(_state.Scheduler, request)
                : SimulatedAnswer.Refused
        );
        if (answer is null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }
        return answer!;
    }

    private int IndexOf(ulong id)
    {
        var left = id - FirstScheduler;
        return _state.Services.FindIndex(service => service.Name == Scheduler && left-- == 0);
    }
}
