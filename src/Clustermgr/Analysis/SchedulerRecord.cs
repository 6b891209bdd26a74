using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>What the cluster's scheduler says of repairs, drops and other tasks; nothing where none is asked.</summary>
public sealed record SchedulerRecord
{
    public static readonly SchedulerRecord None = new();

    /// <summary>Ok: the last round was answered; else how the last host that was asked failed. Null before the first
    /// round, and where no host is known that could be asked.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>What was seen when <see cref="Outcome"/> is not Ok; why nobody is asked when it is null.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Its leader answered, or this one for it: scheme://host:port; "" before the first answer.</summary>
    public string Host { get; init; } = "";

    /// <summary>Null before the first answer and once it is stale, with all below.</summary>
    public SchedulerReading? Reading { get; init; }

    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Disks that are repaired or dropped now, by id, as far as they were asked for.</summary>
    public ImmutableSortedDictionary<ulong, DiskProgress> Disks { get; init; } =
        ImmutableSortedDictionary<ulong, DiskProgress>.Empty;

    /// <summary>What was known of disks that are not shown now, for an hour: a scheduler that is away for a moment, or
    /// one that took over and has not looked yet, must not begin a standstill anew.</summary>
    public ImmutableSortedDictionary<ulong, DiskProgress> Remembered { get; init; } =
        ImmutableSortedDictionary<ulong, DiskProgress>.Empty;

    private static readonly TimeSpan s_remembers = TimeSpan.FromHours(1);

    /// <summary>The next one of a round that was answered.</summary>
    public SchedulerRecord After(SchedulerAnswer answer)
    {
        var known = Remembered.SetItems(Disks);
        var disks = answer
            .Disks.Select(disk => DiskProgress.After(known.GetValueOrDefault(disk.Id), disk, answer))
            .OfType<DiskProgress>()
            .ToImmutableSortedDictionary(disk => disk.Disk, disk => disk);
        return new()
        {
            Outcome = Clustermgr.Analysis.Outcome.Ok,
            Host = answer.Host,
            Reading = answer.Reading,
            ReadAt = answer.SaidAt,
            Disks = disks,
            Remembered = known.RemoveRange(
                known
                    .Values.Where(disk => disks.ContainsKey(disk.Disk) || answer.At - disk.ReadAt > s_remembers)
                    .Select(disk => disk.Disk)
            ),
        };
    }

    /// <summary>The next one of a round that failed: what is known stays until it is stale.</summary>
    public SchedulerRecord Failed(Outcome? outcome, string detail) => this with { Outcome = outcome, Detail = detail };

    /// <summary>What was read before is too old to show.</summary>
    public SchedulerRecord Stale() =>
        new()
        {
            Outcome = Outcome,
            Detail = Detail,
            Host = Host,
            Remembered = Remembered.SetItems(Disks),
        };
}

/// <summary>What one round brought.</summary>
/// <param name="Disks">All that are under way, in the order of their ids.</param>
public sealed record SchedulerAnswer(
    string Host,
    SchedulerReading Reading,
    ImmutableArray<MigratingDisk> Disks,
    DateTimeOffset At
)
{
    /// <summary>When it said what <see cref="Reading"/> is: before its disks were asked for.</summary>
    public required DateTimeOffset SaidAt { get; init; }

    /// <summary>What was read of a disk before is not known any more.</summary>
    public required DateTimeOffset Oldest { get; init; }
}

/// <summary>One disk that is under way.</summary>
/// <param name="Task">disk_repair or disk_drop.</param>
/// <param name="Reading">Null where it was not asked for in this round, or did not answer.</param>
public sealed record MigratingDisk(ulong Id, string Task, MigrationReading? Reading);

/// <summary>How far one disk is, as this program has seen it.</summary>
/// <param name="Task">disk_repair or disk_drop.</param>
/// <param name="Total">Jobs.</param>
/// <param name="Done">Of <paramref name="Total"/>.</param>
/// <param name="ReadAt">When the scheduler last said so.</param>
/// <param name="AdvancedAt">When jobs were last seen to become done; when the disk was first seen, until then.</param>
public sealed record DiskProgress(
    ulong Disk,
    string Task,
    long Total,
    long Done,
    DateTimeOffset ReadAt,
    DateTimeOffset AdvancedAt
)
{
    /// <summary>Older marks say nothing of how fast it goes now.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromHours(1);

    /// <summary>A rate of less is a guess.</summary>
    private static readonly TimeSpan s_leastObserved = TimeSpan.FromMinutes(1);

    private const int LeastAdvances = 2;

    private const int MostMarks = 32;

    /// <summary>Jobs done at instants at which that changed, the oldest first; the first is where it was first seen.
    /// </summary>
    public ImmutableArray<(DateTimeOffset At, long Done)> Marks { get; private init; } = [];

    /// <summary>All jobs are done: what is left is the scheduler's last step, which needs the switch.</summary>
    public bool AllDone => Total > 0 && Done == Total;

    /// <summary>Jobs a second over what was observed within the last hour; null while that is too little to
    /// tell.</summary>
    /// <param name="now">A standstill counts: the rate falls while nothing becomes done.</param>
    public double? Rate(DateTimeOffset now)
    {
        if (Marks.Length <= LeastAdvances)
        {
            return null;
        }
        var (from, done) = Marks[0];
        var observed = now - from;
        return observed >= s_leastObserved ? (Done - done) / observed.TotalSeconds : null;
    }

    /// <summary>Until all jobs are done at that rate; null where it is not known, and where all are.</summary>
    public TimeSpan? Left(DateTimeOffset now)
    {
        if (AllDone || Rate(now) is not (> 0 and var rate))
        {
            return null;
        }
        var seconds = (Total - Done) / rate;
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Null where the disk is not under way.</summary>
    public static DiskProgress? After(DiskProgress? before, MigratingDisk disk, SchedulerAnswer answer)
    {
        var at = answer.At;
        if (before is { } other && other.Task != disk.Task)
        {
            before = null;
        }
        if (disk.Reading is not { } reading)
        {
            return before?.ReadAt >= answer.Oldest ? before : null;
        }
        if (reading is not { Total: { } total, Done: { } done })
        {
            return null;
        }
        // Fewer than before: it began anew, which is no step ahead.
        if (before is null || done < before.Done)
        {
            return new(disk.Id, disk.Task, total, done, at, before?.AdvancedAt ?? at) { Marks = [(at, done)] };
        }
        if (done == before.Done)
        {
            return before with { Total = total, ReadAt = at };
        }
        return before with
        {
            Total = total,
            Done = done,
            ReadAt = at,
            AdvancedAt = at,
            Marks = Recent(before.Marks.Add((at, done)), at),
        };
    }

    /// <summary>The last hour, and enough to tell a rate by where that holds too few.</summary>
    private static ImmutableArray<(DateTimeOffset At, long Done)> Recent(
        ImmutableArray<(DateTimeOffset At, long Done)> marks,
        DateTimeOffset at
    )
    {
        while (marks.Length > MostMarks || (marks.Length > LeastAdvances + 1 && at - marks[0].At > s_window))
        {
            marks = marks.RemoveAt(0);
        }
        return marks;
    }
}
