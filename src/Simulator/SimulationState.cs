using ClustermgrSimulator.Faults;
using ClustermgrSimulator.Raft;
using ClustermgrSimulator.Scheduling;
using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator;

/// <summary>The state of a simulated cluster, and its periodic work. Not thread-safe: the cluster's gate guards
/// it.</summary>
internal sealed class SimulationState
{
    private const ulong RaftStream = 1,
        FleetStream = 2,
        VolumeStream = 3,
        RefreshStream = 4,
        ErrorStream = 5;

    private readonly Dictionary<ulong, SpaceView> _views = [];
    private readonly Dictionary<ulong, MemberFaults> _faults = [];
    private readonly RandomSource _refreshRandom;

    public SimulationState(SimulatorOptions options, EventQueue queue, DateTimeOffset now)
    {
        Options = options;
        Events = queue;
        var random = RandomSource.CreateFor(options.Seed, RaftStream, 0);
        _refreshRandom = RandomSource.CreateFor(options.Seed, RefreshStream, 0);
        Raft = new RaftGroup(options.Timings, random, queue, options.WritesPerSecond) { Now = now };
        Inventory = new DiskInventory(options, RandomSource.CreateFor(options.Seed, FleetStream, 0), now);
        Volumes = new VolumeSet(options.Volumes, Inventory, RandomSource.CreateFor(options.Seed, VolumeStream, 0));
        Services = [.. options.Services ?? ServiceList.Create(options, Inventory)];
        foreach (var (key, value) in options.Switches ?? AllOn(options.Version))
        {
            Switches[key] = value;
        }
        for (var i = 1; i <= options.Members; i++)
        {
            var http = options.MemberHosts is { } hosts ? hosts[i - 1] : $"10.0.0.{i}:9998";
            Raft.Members.Add(new Member((ulong)i, http, $"10.0.0.{i}:10110") { Listed = true });
        }
        var first = options.FirstLeader ?? (ulong)(1 + random.NextInt(options.Members));
        Raft.Begin(
            Raft.Find(first)
                ?? throw new ArgumentException(
                    $"FirstLeader is {first}, but the cluster has {options.Members} members: name one of 1 to "
                        + $"{options.Members}.",
                    nameof(options)
                ),
            options.FirstTerm ?? (ulong)(2 + random.NextInt(7)),
            options.FirstIndex
        );
        foreach (var member in Raft.Members)
        {
            Refresh(member);
            var phase = _refreshRandom.NextDelay(new Delay(TimeSpan.Zero, options.RefreshInterval));
            Events.Add(now + phase, () => RefreshForEver(member));
        }
        Scheduler = new SimulatedScheduler(this);
        if (options.SchedulersRun)
        {
            Scheduler.Start();
        }
    }

    public SimulatorOptions Options { get; }
    public EventQueue Events { get; }
    public RaftGroup Raft { get; }
    public DiskInventory Inventory { get; }
    public VolumeSet Volumes { get; }
    public List<SimulatedService> Services { get; }
    public SimulatedScheduler Scheduler { get; }
    public SortedDictionary<string, string> Switches { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset Now => Raft.Now;

    public SpaceView GetView(Member member) => _views[member.Id];

    public MemberFaults GetFaults(Member member) => _faults.GetValueOrDefault(member.Id, MemberFaults.None);

    public void SetFaults(Member member, MemberFaults faults) => _faults[member.Id] = faults;

    /// <summary>Adds a listed member whose process does not run yet. Replaces an earlier member with that id.</summary>
    public void Add(Member member)
    {
        Raft.Members.RemoveAll(m => m.Id == member.Id);
        member.StartedAt = Now;
        member.HeardAt = Now;
        Raft.Members.Add(member);
        _faults.Remove(member.Id);
        Refresh(member);
        Events.Add(Now + Options.RefreshInterval, () => RefreshForEver(member));
        Raft.OnLinksChanged();
    }

    public void Refresh(Member member)
    {
        Raft.AdvanceLog();
        Inventory.FillTo(Now);
        member.RefreshDue = false;
        // Members undercount used chunks differently, and keep on doing so.
        var error =
            (long)(RandomSource.CreateFor(Options.Seed, ErrorStream, member.Id).NextDouble() * 4)
            * Inventory.Disks.Count
            / 12;
        _views[member.Id] = SpaceView.Create(Inventory, Options.Idcs, disk => IsExpired(disk, member), error);
    }

    private void RefreshForEver(Member member)
    {
        if (!Raft.Members.Contains(member))
        {
            return;
        }
        if (member.Alive)
        {
            Refresh(member);
        }
        else
        {
            member.RefreshDue = true;
        }
        Events.Add(Now + Options.RefreshInterval, () => RefreshForEver(member));
    }

    private bool IsExpired(Disk disk, Member member)
    {
        var heard = disk.Host.GetLastHeartbeatBefore(member.HeardAt, Options.Timings.HeartbeatInterval);
        var since = heard > member.StartedAt ? heard : member.StartedAt;
        return Now + member.ClockSkew - since > Options.Timings.HeartbeatExpiry;
    }

    private static Dictionary<string, string> AllOn(ServerVersion version) =>
        ClustermgrSimulator.SwitchKeys.GetKeys(version).ToDictionary(key => key, _ => "true");
}
