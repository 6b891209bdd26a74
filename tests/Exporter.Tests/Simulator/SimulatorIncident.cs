using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

/// <summary>Simulates one recorded incident again, and compares answer by answer.</summary>
internal sealed class SimulatorIncident(string recording)
{
    private readonly Recording _recorded = Recording.Of(recording);
    private readonly ManualClock _clock = new();

    /// <summary>Seconds by which a step may be earlier or later than recorded: a poll's interval and its
    /// jitter.</summary>
    public double Tolerance { get; init; } = 1.1;

    /// <summary>Disk figures change with the next refresh, whose phase is not recorded.</summary>
    public double DiskTolerance { get; init; } = 11;

    public ServerVersion Version { get; init; } = ServerVersion.Master;

    public string? Secret { get; init; }

    /// <summary>The secret with which the poller signs.</summary>
    public string? SecretSent { get; init; }

    /// <summary>Chosen so that the same member wins as in the recording.</summary>
    public ulong Seed { get; init; } = 1;

    public ulong FirstLeader { get; init; }

    public Timings Timings { get; init; } = new();

    public bool Disks { get; init; } = true;

    public required Dictionary<string, string> Switches { get; init; }

    /// <summary>Puts the disks into the state at the start of the recording.</summary>
    public Action<SimulatedCluster> Before { get; init; } = static _ => { };

    /// <summary>The actions, by a part of the recorded event's text.</summary>
    public Dictionary<string, Action<SimulatedCluster>> Acts { get; init; } = [];

    public void MustHappenAlike()
    {
        var members = _recorded.Members;
        using var cluster = new SimulatedCluster(
            new SimulatorOptions
            {
                Seed = Seed,
                Version = Version,
                MemberHosts = members,
                FirstLeader = FirstLeader,
                FirstTerm = 7,
                FirstIndex = 170,
                WritesPerSecond = 0.1,
                Idcs = ["z0"],
                BlobnodesPerIdc = Disks ? 1 : 0,
                DisksPerBlobnode = 8,
                Volumes = Disks ? 5 : 0,
                Switches = Switches,
                Services = Services(),
                RefreshInterval = TimeSpan.FromSeconds(10),
                Secret = Secret,
                Timings = Timings,
            },
            _clock
        );
        Before(cluster);
        Assert.Equal(Acts.Count, _recorded.Events.Count(e => e.What != "start"));
        foreach (var (what, act) in Acts)
        {
            cluster.Schedule(Replay.WarmUp + TimeSpan.FromSeconds(_recorded.At(what)), act);
        }
        var last = _recorded.Answers.Max(a => a.T);
        var simulated = new Replay(cluster, _clock, SecretSent).Run(last);
        foreach (var member in members)
        {
            Compare(member, simulated, last);
        }
    }

    private void Compare(string member, IReadOnlyList<RecordedAnswer> simulated, double last)
    {
        foreach (var path in _recorded.Answers.Select(a => a.Path).Distinct())
        {
            var then = _recorded.Of(member, path);
            var now = simulated.Where(a => a.Member == member && a.Path == path);
            now = now.Where(a => a.T <= last).ToList();
            if (path != "/stat")
            {
                Func<RecordedAnswer, string> say =
                    path.StartsWith("/disk", StringComparison.Ordinal) ? AnswerTimeline.DiskList
                    : path.StartsWith("/service", StringComparison.Ordinal) ? AnswerTimeline.Services
                    : AnswerTimeline.Text;
                AnswerTimeline
                    .Of(member + path, then, say)
                    .MustBe(AnswerTimeline.Of(member + path, now, say), Tolerance + 5);
                continue;
            }
            AnswerTimeline
                .Of(member + " raft", then, AnswerTimeline.Raft(FirstTermOf(then)))
                .MustBe(AnswerTimeline.Of(member + " raft", now, AnswerTimeline.Raft(7)), Tolerance);
            AnswerTimeline
                .Of(member + " disks", then.Where(Answered), AnswerTimeline.Disks)
                .MustBe(AnswerTimeline.Of(member + " disks", now.Where(Answered), AnswerTimeline.Disks), DiskTolerance);
        }

        static bool Answered(RecordedAnswer a) => a.Status == 200;
    }

    private static ulong FirstTermOf(IEnumerable<RecordedAnswer> answers)
    {
        if (answers.FirstOrDefault(a => a.Status == 200)?.Body is not { } body)
        {
            return 0;
        }
        using var json = System.Text.Json.JsonDocument.Parse(body);
        return json.RootElement.GetProperty("raft_status").GetProperty("term").GetUInt64();
    }

    private SimulatedService[] Services()
    {
        const string Host = "http://127.0.0.1:8899";
        if (!Disks)
        {
            return [];
        }
        SimulatedService[] blobnode = [new("BLOBNODE", Host, "z0")];
        return Version == ServerVersion.Master ? [.. blobnode, new("WORKER", Host, "z0")] : blobnode;
    }
}
