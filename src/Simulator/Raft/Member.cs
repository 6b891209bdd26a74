namespace ClustermgrSimulator.Raft;

internal enum Role
{
    Follower,
    PreCandidate,
    Leader,
}

internal enum Process
{
    Stopped,

    /// <summary>Started; its raft does not take part yet.</summary>
    Booting,

    /// <summary>Its raft takes part, but it knows no leader since it started: it does not listen yet.</summary>
    Joining,

    Running,
}

/// <summary>The process and the raft state of one member.</summary>
internal sealed class Member(ulong id, string httpHost, string raftHost)
{
    public ulong Id => id;
    public string HttpHost { get; set; } = httpHost;
    public string RaftHost => raftHost;

    /// <summary>Listed by the cluster. False when it was never added, or was removed; a removed member keeps its last
    /// leader forever.</summary>
    public bool Listed { get; set; }

    public bool Learner { get; init; }
    public bool ReadOnly { get; set; }

    public Process Process { get; set; }
    public bool Hung { get; set; }
    public bool Isolated { get; set; }
    public DateTimeOffset StartedAt { get; set; }

    public Role Role { get; set; }
    public ulong Term { get; set; }
    public ulong Vote { get; set; }

    /// <summary>Node id of the leader that it believes in; 0 when none.</summary>
    public ulong Leader { get; set; }

    /// <summary>Last entry of its log; committed as far as it knows.</summary>
    public ulong LastIndex { get; set; }

    /// <summary>Entries that it holds back from its log; the next ones from its state machine.</summary>
    public ulong LagEntries { get; set; }
    public ulong ApplyBacklog { get; set; }

    /// <summary>When it last heard the leader; null while it does.</summary>
    public DateTimeOffset? ContactLostAt { get; set; }

    /// <summary>Up to when it has taken in what a leader with a majority committed.</summary>
    public DateTimeOffset HeardAt { get; set; }

    /// <summary>When a stopped process (SIGSTOP) last went on.</summary>
    public DateTimeOffset ResumedAt { get; set; }

    /// <summary>A refresh of its space figures fell due while it was stopped.</summary>
    public bool RefreshDue { get; set; }

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan ClockSkew { get; set; }

    public DateTimeOffset ElectedAt { get; set; }

    /// <summary>From when on its linearizable reads go through; at a leader, /stat too.</summary>
    public DateTimeOffset ReadsFrom { get; set; }

    /// <summary>Until when it installs a snapshot.</summary>
    public DateTimeOffset SnapshotUntil { get; set; }

    public ulong Transferee { get; set; }

    /// <summary>What a leader keeps of each listed member, itself included.</summary>
    public Dictionary<ulong, Progress> Peers { get; } = [];

    public EventQueue.Entry? Campaigning { get; set; }
    public EventQueue.Entry? Checking { get; set; }
    public EventQueue.Entry? Joining { get; set; }

    public bool Alive => Process is Process.Joining or Process.Running && !Hung;

    public bool Listening => Process == Process.Running;

    public ulong AppliedIndex => LastIndex - Math.Min(LagEntries, LastIndex);

    public bool Reaches(Member other) =>
        Alive && other.Alive && (ReferenceEquals(this, other) || (!Isolated && !other.Isolated));

    /// <summary>It hears that leader, or is it.</summary>
    public bool Follows(Member leader) => Listed && Leader == leader.Id && Term == leader.Term && Reaches(leader);

    public void StopTimers()
    {
        Campaigning?.Cancel();
        Checking?.Cancel();
        Joining?.Cancel();
        Campaigning = null;
        Checking = null;
        Joining = null;
    }
}

/// <summary>A leader's view of one peer.</summary>
internal sealed class Progress
{
    public bool Probing { get; set; }
    public bool Active { get; set; }

    /// <summary>The last check cleared the flag; the next heartbeat answer sets it then.</summary>
    public DateTimeOffset ActiveFrom { get; set; }

    public bool Paused { get; set; }
    public ulong Match { get; set; }
    public ulong Next { get; set; }
    public ulong PendingSnapshot { get; set; }
}
