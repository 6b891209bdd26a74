using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator.Scheduling;

/// <summary>The jobs of one disk that is repaired or dropped.</summary>
internal sealed class DiskJobs(Disk disk, string task, int total, DateTimeOffset began)
{
    public Disk Disk => disk;

    /// <summary>disk_repair or disk_drop.</summary>
    public string Task => task;

    public int Total => total;

    public int Done { get; set; }

    /// <summary>When the last job finished; until then, when the first one began.</summary>
    public DateTimeOffset LastAt { get; set; } = began;
}

/// <summary>
/// The schedulers of a cluster, as one: they take up broken disks, move the units of their volumes one by one, and end
/// the repair, as real ones were observed to. Not thread-safe: the cluster's gate guards it.
/// </summary>
internal sealed class SimulatedScheduler(SimulationState state)
{
    public const string Repair = "disk_repair",
        Drop = "disk_drop";

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>The time from a broken disk to its repair, and from the last job to the end of the repair.</summary>
    private static readonly TimeSpan StepDelay = TimeSpan.FromSeconds(4);

    private readonly Dictionary<uint, DateTimeOffset> _brokenSince = [];

    public List<DiskJobs> Jobs { get; } = [];

    public SchedulerFault Fault { get; set; }

    /// <summary>True when no job makes progress.</summary>
    public bool Stalled { get; set; }

    /// <summary>Errors of shard repair per second.</summary>
    public double ErrorsPerSecond { get; set; }

    public double Errors { get; private set; }

    /// <summary>Whether the switch of a task enables it, as the scheduler reads it.</summary>
    public bool IsEnabled(string task) => state.Switches.GetValueOrDefault(task) == "true";

    /// <summary>Starts the periodic work.</summary>
    public void Start() => state.Events.Add(state.Now + TickInterval, Work);

    private void Work()
    {
        state.Events.Add(state.Now + TickInterval, Work);
        Errors += ErrorsPerSecond * TickInterval.TotalSeconds;
        TakeUp();
        Jobs.RemoveAll(jobs => !IsUnderWay(jobs));
        foreach (var disk in state.Inventory.Disks)
        {
            if (Jobs.Exists(jobs => jobs.Disk == disk))
            {
                continue;
            }
            if (disk.Status == SimulatedDiskStatus.Repairing)
            {
                Begin(disk, Repair);
            }
            else if (disk is { Dropping: true, Status: SimulatedDiskStatus.Normal })
            {
                Begin(disk, Drop);
            }
        }
        foreach (var jobs in Jobs.ToList())
        {
            Advance(jobs);
        }
    }

    private static bool IsUnderWay(DiskJobs jobs) =>
        jobs.Task == Repair
            ? jobs.Disk.Status == SimulatedDiskStatus.Repairing
            : jobs.Disk is { Dropping: true, Status: SimulatedDiskStatus.Normal };

    /// <summary>Takes up one broken disk at a time; the others wait.</summary>
    private void TakeUp()
    {
        foreach (var disk in state.Inventory.Disks)
        {
            if (disk.Status == SimulatedDiskStatus.Broken)
            {
                _brokenSince.TryAdd(disk.Id, state.Now);
            }
            else
            {
                _brokenSince.Remove(disk.Id);
            }
        }
        if (!IsEnabled(Repair) || state.Inventory.Disks.Exists(disk => disk.Status == SimulatedDiskStatus.Repairing))
        {
            return;
        }
        var next = state.Inventory.Disks.Find(disk =>
            _brokenSince.TryGetValue(disk.Id, out var since) && state.Now - since >= StepDelay
        );
        if (next is not null && state.Raft.Propose())
        {
            next.Status = SimulatedDiskStatus.Repairing;
        }
    }

    private void Begin(Disk disk, string task) =>
        Jobs.Add(new DiskJobs(disk, task, Math.Max(1, state.Volumes.GetVolumesOn(disk).Count()), state.Now));

    /// <summary>Jobs that run are done whatever the switch says; only the last step needs it.</summary>
    private void Advance(DiskJobs jobs)
    {
        if (jobs.Done < jobs.Total)
        {
            var every = state.Options.Timings.RepairJob;
            while (!Stalled && jobs.Done < jobs.Total && state.Now - jobs.LastAt >= every)
            {
                jobs.LastAt += every;
                jobs.Done++;
                state.Volumes.MoveOne(jobs.Disk, state.Inventory);
            }
            if (Stalled)
            {
                jobs.LastAt = state.Now;
            }
            return;
        }
        if (state.Now - jobs.LastAt < StepDelay || !IsEnabled(jobs.Task) || !state.Raft.Propose())
        {
            return;
        }
        (jobs.Disk.Status, jobs.Disk.Dropping) =
            jobs.Task == Repair
                ? (SimulatedDiskStatus.Repaired, jobs.Disk.Dropping)
                : (SimulatedDiskStatus.Dropped, false);
        Jobs.Remove(jobs);
    }
}
