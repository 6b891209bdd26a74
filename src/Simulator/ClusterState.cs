using ClustermgrSimulator.Faults;
using ClustermgrSimulator.Raft;
using ClustermgrSimulator.Scheduling;
using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator;

/// <summary>The state of a simulated cluster, and its periodic work. Not thread-safe: the cluster's gate guards
/// it.</summary>
internal sealed class ClusterState
{
    private const ulong RaftDice = 1,
        FleetDice = 2,
        VolumeDice = 3,
        RefreshDice = 4,
        ErrorDice = 5;

    private readonly Dictionary<ulong, SpaceView> _views = [];
    private readonly Dictionary<ulong, MemberFaults> _faults = [];
    private readonly RandomSource _refreshDice;

    public ClusterState(SimulatorOptions options, EventQueue queue, DateTimeOffset now)
    {
        (Options, Agenda) = (options, queue);
        var random = RandomSource.For(options.Seed, RaftDice, 0);
        _refreshDice = RandomSource.For(options.Seed, RefreshDice, 0);
        Raft = new RaftGroup(options.Timings, random, queue, options.WritesPerSecond) { Now = now };
        Inventory = new DiskInventory(options, RandomSource.For(options.Seed, FleetDice, 0), now);
        Volumes = new VolumeSet(options.Volumes, Inventory, RandomSource.For(options.Seed, VolumeDice, 0));
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
        var first = options.FirstLeader ?? (ulong)(1 + random.Below(options.Members));
        Raft.Begin(
            Raft.Find(first)
                ?? throw new ArgumentException(
                    $"FirstLeader is {first}, but the cluster has {options.Members} members: name one of 1 to "
                        + $"{options.Members}.",
                    nameof(options)
                ),
            options.FirstTerm ?? (ulong)(2 + random.Below(7)),
            options.FirstIndex
        );
        foreach (var member in Raft.Members)
        {
            Refresh(member);
            var phase = _refreshDice.In(new Delay(TimeSpan.Zero, options.RefreshInterval));
            Agenda.Add(now + phase, () => RefreshForEver(member));
        }
        Scheduler = new SimulatedScheduler(this);
        if (options.SchedulersRun)
        {
            Scheduler.Start();
        }
    }

    public SimulatorOptions Options { get; }
    public EventQueue Agenda { get; }
    public RaftGroup Raft { get; }
    public DiskInventory Inventory { get; }
    public VolumeSet Volumes { get; }
    public List<SimulatedService> Services { get; }
    public SimulatedScheduler Scheduler { get; }
    public SortedDictionary<string, string> Switches { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset Now => Raft.Now;

    public SpaceView ViewOf(Member member) => _views[member.Id];

    public MemberFaults FaultsOf(Member member) => _faults.GetValueOrDefault(member.Id, MemberFaults.None);

    public void SetFaults(Member member, MemberFaults faults) => _faults[member.Id] = faults;

    /// <summary>Adds a listed member whose process does not run yet. Replaces an earlier member with that id.</summary>
    public void Add(Member member)
    {
        Raft.Members.RemoveAll(m => m.Id == member.Id);
        (member.StartedAt, member.HeardAt) = (Now, Now);
        Raft.Members.Add(member);
        _faults.Remove(member.Id);
        Refresh(member);
        Agenda.Add(Now + Options.RefreshInterval, () => RefreshForEver(member));
        Raft.LinksChanged();
    }

    public void Refresh(Member member)
    {
        Raft.Flow();
        Inventory.FillTo(Now);
        member.RefreshDue = false;
        // Members undercount used chunks differently, and keep on doing so.
        var error =
            (long)(RandomSource.For(Options.Seed, ErrorDice, member.Id).Unit() * 4) * Inventory.Disks.Count / 12;
        _views[member.Id] = SpaceView.Create(Inventory, Options.Idcs, disk => Expired(disk, member), error);
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
        Agenda.Add(Now + Options.RefreshInterval, () => RefreshForEver(member));
    }

    private bool Expired(Disk disk, Member member)
    {
        var heard = disk.Host.LastBeat(member.HeardAt, Options.Timings.HeartbeatInterval);
        var since = heard > member.StartedAt ? heard : member.StartedAt;
        return Now + member.ClockSkew - since > Options.Timings.HeartbeatExpiry;
    }

    private static Dictionary<string, string> AllOn(ServerVersion version) =>
        ClustermgrSimulator.Switches.For(version).ToDictionary(key => key, _ => "true");
}
