using ClustermgrSimulator.Faults;
using ClustermgrSimulator.Raft;
using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator;

/// <summary>All that a cluster is made of, and what goes on by itself. Not thread-safe: the cluster's gate guards it.
/// </summary>
internal sealed class ClusterState
{
    private const ulong RaftDice = 1,
        FleetDice = 2,
        VolumeDice = 3,
        RefreshDice = 4,
        ErrorDice = 5;

    private readonly Dictionary<ulong, SpaceView> _views = [];
    private readonly Dictionary<ulong, MemberFaults> _faults = [];
    private readonly Dice _refreshDice;

    public ClusterState(SimulatorOptions options, Agenda agenda, DateTimeOffset now)
    {
        (Options, Agenda) = (options, agenda);
        var dice = Dice.For(options.Seed, RaftDice, 0);
        _refreshDice = Dice.For(options.Seed, RefreshDice, 0);
        Raft = new RaftGroup(options.Timings, dice, agenda, options.WritesPerSecond) { Now = now };
        Fleet = new Fleet(options, Dice.For(options.Seed, FleetDice, 0), now);
        Volumes = new VolumeSet(options.Volumes, Fleet, Dice.For(options.Seed, VolumeDice, 0));
        Services = [.. options.Services ?? ServiceList.Of(options, Fleet)];
        foreach (var (key, value) in options.Switches ?? AllOn(options.Version))
        {
            Switches[key] = value;
        }
        for (var i = 1; i <= options.Members; i++)
        {
            var http = options.MemberHosts is { } hosts ? hosts[i - 1] : $"10.0.0.{i}:9998";
            Raft.Members.Add(new Member((ulong)i, http, $"10.0.0.{i}:10110") { Listed = true });
        }
        var first = options.FirstLeader ?? (ulong)(1 + dice.Below(options.Members));
        Raft.Begin(
            Raft.Find(first)
                ?? throw new ArgumentException(
                    $"FirstLeader is {first}, but the cluster has {options.Members} members: name one of 1 to "
                        + $"{options.Members}.",
                    nameof(options)
                ),
            options.FirstTerm ?? (ulong)(2 + dice.Below(7)),
            options.FirstIndex
        );
        foreach (var member in Raft.Members)
        {
            Refresh(member);
            var phase = _refreshDice.In(new Delay(TimeSpan.Zero, options.RefreshInterval));
            Agenda.Add(now + phase, () => RefreshForEver(member));
        }
    }

    public SimulatorOptions Options { get; }
    public Agenda Agenda { get; }
    public RaftGroup Raft { get; }
    public Fleet Fleet { get; }
    public VolumeSet Volumes { get; }
    public List<SimulatedService> Services { get; }
    public SortedDictionary<string, string> Switches { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset Now => Raft.Now;

    public SpaceView ViewOf(Member member) => _views[member.Id];

    public MemberFaults FaultsOf(Member member) => _faults.GetValueOrDefault(member.Id, MemberFaults.None);

    public void SetFaults(Member member, MemberFaults faults) => _faults[member.Id] = faults;

    /// <summary>Adds a listed member whose process does not run yet. An earlier one of that id goes.</summary>
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
        Fleet.FillTo(Now);
        member.RefreshDue = false;
        // Members undercount used chunks differently, and keep on doing so.
        var error = (long)(Dice.For(Options.Seed, ErrorDice, member.Id).Unit() * 4) * Fleet.Disks.Count / 12;
        _views[member.Id] = SpaceView.Of(Fleet, Options.Idcs, disk => Expired(disk, member), error);
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
        ClustermgrSimulator.Switches.Of(version).ToDictionary(key => key, _ => "true");
}
