using System.Globalization;
using ClustermgrSimulator.Faults;
using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator;

/// <summary>The commands that break a cluster and repair it.</summary>
public static class SimulatorCommands
{
    private const double MaxSkewSeconds = 86_400;
    private const double MaxGibPerSecond = 100_000;

    private static readonly (string Name, string Usage, Func<SimulatedCluster, string[], string> Run)[] Commands =
    [
        ("kill", "kill MEMBER|leader            kill -9", (c, a) => RunOnMember(c, a, c.Kill, CheckRunning)),
        ("start", "start MEMBER                  start it again", (c, a) => RunOnMember(c, a, c.Start, CheckStopped)),
        (
            "hang",
            "hang MEMBER|leader            SIGSTOP: it accepts and never answers",
            (c, a) => RunOnMember(c, a, c.Hang, CheckRunning)
        ),
        ("resume", "resume MEMBER                 SIGCONT", (c, a) => RunOnMember(c, a, c.Resume)),
        (
            "isolate",
            "isolate MEMBER|leader         cut it off from the other members",
            (c, a) => RunOnMember(c, a, c.Isolate)
        ),
        ("heal", "heal MEMBER                   end that", (c, a) => RunOnMember(c, a, c.Heal)),
        (
            "transfer",
            "transfer MEMBER               hand leadership to it",
            (c, a) => RunOnMember(c, a, c.TransferLeadership, CheckMayLead)
        ),
        (
            "fault",
            "fault MEMBER KIND             none, half, garbage, huge, trickle, wrongtypes, missingfields, "
                + "unknownfields, slow, forward, auth, ignorewrites, cutbefore, cutafter",
            Fault
        ),
        ("clock", "clock MEMBER SECONDS          set its clock ahead, or behind", Clock),
        ("disk", "disk ID STATUS                normal, broken, repairing, repaired, dropping or dropped", Disk),
        ("switch", "switch KEY VALUE|-            store a task switch; - makes it unset", Switch),
        ("service", "service NAME on|off [IDC]     SCHEDULER, PROXY, WORKER, BLOBNODE or SHARDNODE", Service),
        ("fill", "fill GIB                      write so many GiB a second, 0 to 100000", Fill),
        ("scenario", "scenario NAME                 play a story from now on", Play),
    ];

    /// <summary>All commands, a line each.</summary>
    public static string Help =>
        string.Join('\n', Commands.Select(command => $"  {command.Usage}"))
        + "\n  MEMBER is 1 to N, in the order in which the addresses were printed";

    /// <summary>Whether it is the name of a command.</summary>
    public static bool Knows(string word) => Array.Exists(Commands, command => command.Name == word);

    /// <summary>Executes a line; returns what was done, or what is wrong with the line.</summary>
    public static string Execute(SimulatedCluster cluster, string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return "";
        }
        if (words[0] is "help" or "?")
        {
            return Help;
        }
        if (words[0] is "quit" or "exit")
        {
            return "Ctrl-C ends it";
        }
        var command = Commands.FirstOrDefault(c => c.Name == words[0]);
        if (command.Run is null)
        {
            var hint = NameSuggestion.Find(words[0], Commands.Select(c => c.Name)) is { } nearest
                ? $"did you mean {nearest}? "
                : "";
            return $"there is no command {words[0]}; {hint}help lists all";
        }
        try
        {
            return command.Run(cluster, words[1..]);
        }
        catch (Exception e)
            when (e is ArgumentException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            return e is ArgumentException ? e.Message : $"usage: {command.Usage}";
        }
    }

    /// <param name="objection">Returns why it cannot happen to the member; null when it can.</param>
    private static string RunOnMember(
        SimulatedCluster cluster,
        string[] args,
        Action<ulong> action,
        Func<SimulatedCluster, MemberStatus, string?>? objection = null
    )
    {
        var member = Member(cluster, args[0]);
        if (objection?.Invoke(cluster, cluster.Members.Single(m => m.Id == member)) is { } reason)
        {
            return $"member {member} {reason}";
        }
        action(member);
        return $"done: member {member}";
    }

    private static string? CheckRunning(SimulatedCluster cluster, MemberStatus member) =>
        member.Stopped ? $"does not run; start {member.Id} starts it" : null;

    private static string? CheckStopped(SimulatedCluster cluster, MemberStatus member) =>
        member.Stopped ? null : "runs already";

    private static string? CheckMayLead(SimulatedCluster cluster, MemberStatus member) =>
        CheckRunning(cluster, member)
        ?? (
            member.Learner ? "is a learner, which cannot lead"
            : cluster.Leader is not { } leader ? "cannot be handed the leadership: there is no leader now"
            : leader == member.Id ? "leads already"
            : null
        );

    private static ulong Member(SimulatedCluster cluster, string word)
    {
        if (word == "leader")
        {
            return cluster.Leader ?? throw new ArgumentException("there is no leader now; name a member by its number");
        }
        var member = ulong.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
        var known = cluster.Members;
        return known.Any(m => m.Id == member)
            ? member
            : throw new ArgumentException(
                $"there is no member {member}; ids go from {known.Min(m => m.Id)} to {known.Max(m => m.Id)}"
            );
    }

    private static double Number(string word, double min, double max, string what)
    {
        var number = double.Parse(word, NumberStyles.Float, CultureInfo.InvariantCulture);
        return number >= min && number <= max
            ? number
            : throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{what} go from {min} to {max}")
            );
    }

    private static string Fault(SimulatedCluster cluster, string[] args)
    {
        var member = Member(cluster, args[0]);
        var faults = args[1] switch
        {
            "slow" => new MemberFaults { Delay = TimeSpan.FromSeconds(2) },
            "forward" => new MemberFaults { ForwardAsSick = true },
            "auth" => new MemberFaults { RefuseTokens = true },
            "ignorewrites" => new MemberFaults { Writes = WriteFault.Ignore },
            "cutbefore" => new MemberFaults { Writes = WriteFault.CutBefore },
            "cutafter" => new MemberFaults { Writes = WriteFault.CutAfter },
            var kind when Enum.TryParse<BodyFault>(kind, ignoreCase: true, out var body) && Enum.IsDefined(body) =>
                new MemberFaults { Body = body },
            _ => throw new FormatException(),
        };
        cluster.SetFaults(member, faults);
        return $"done: member {member} {args[1]}";
    }

    private static string Clock(SimulatedCluster cluster, string[] args)
    {
        var member = Member(cluster, args[0]);
        cluster.SkewClock(member, TimeSpan.FromSeconds(Number(args[1], -MaxSkewSeconds, MaxSkewSeconds, "seconds")));
        return $"done: member {member}, its clock by {args[1]} s";
    }

    private static string Disk(SimulatedCluster cluster, string[] args)
    {
        var disk = uint.Parse(args[0], NumberStyles.None, CultureInfo.InvariantCulture);
        var known = cluster.DiskIds;
        if (!known.Contains(disk))
        {
            return known.Count == 0
                ? "there is no disk in this cluster"
                : $"there is no disk {disk}; ids go from {known.Min()} to {known.Max()}";
        }
        var done =
            args[1] == "dropping" ? cluster.DropDisk(disk)
            : Enum.TryParse<SimulatedDiskStatus>(args[1], ignoreCase: true, out var status) && Enum.IsDefined(status)
                ? cluster.SetDisk(disk, status)
            : throw new FormatException();
        return FormatCommitted(done, $"disk {disk} {args[1]}; /stat shows it after the next refresh");
    }

    private static string Switch(SimulatedCluster cluster, string[] args) =>
        FormatCommitted(
            cluster.SetSwitch(args[0], args[1] == "-" ? null : args[1]),
            $"{args[0]} {(args[1] == "-" ? "unset" : args[1])}"
        );

    private static string Service(SimulatedCluster cluster, string[] args)
    {
        var online = args[1] switch
        {
            "on" => true,
            "off" => false,
            _ => throw new FormatException(),
        };
        var name = args[0].ToUpperInvariant();
        if (!ServiceList.Knows(name))
        {
            throw new FormatException();
        }
        var changed = cluster.SetService(name, online, args.ElementAtOrDefault(2));
        return string.Create(CultureInfo.InvariantCulture, $"done: {changed} instances changed");
    }

    private static string Fill(SimulatedCluster cluster, string[] args)
    {
        cluster.SetFillRate(Number(args[0], 0, MaxGibPerSecond, "GiB a second") * (1L << 30));
        return $"done: {args[0]} GiB a second";
    }

    private static string Play(SimulatedCluster cluster, string[] args)
    {
        var scenario = Scenario.Parse(args[0]);
        var voters = cluster.Members.Count(m => m is { Listed: true, Learner: false });
        if (voters < scenario.MinVoters)
        {
            return $"{scenario.Name} needs {scenario.MinVoters} members or more; this cluster has {voters}";
        }
        if (scenario.Steps.Count == 0)
        {
            return $"{scenario.Name} shapes a new cluster and cannot be played in a running one";
        }
        scenario.PlayFromNow(cluster);
        return string.Join('\n', scenario.Describe().Select(line => $"  {line}, counted from now"));
    }

    private static string FormatCommitted(bool done, string what) =>
        done ? $"done: {what}" : "not committed: no leader has a majority now";
}
