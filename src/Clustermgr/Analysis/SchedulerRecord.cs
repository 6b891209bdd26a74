using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>The scheduler's answers about repairs, drops and other tasks; empty when no scheduler is asked.</summary>
public sealed record SchedulerRecord
{
    public static readonly SchedulerRecord None = new();

    /// <summary>Ok when the last round was answered, else how the last host that was asked failed. Null before the
    /// first round and when no host is known.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>What went wrong when <see cref="Outcome"/> is not Ok; why no host is asked when it is null.</summary>
    public string Detail { get; init; } = "";

    /// <summary>scheme://host:port of the scheduler that answered, as leader or by forwarding; "" before the first
    /// answer.</summary>
    public string Host { get; init; } = "";

    /// <summary>Null before the first answer and once it is stale, like the values below.</summary>
    public SchedulerReading? Reading { get; init; }

    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Disks that are being repaired or dropped, by id, as far as they were read.</summary>
    public ImmutableSortedDictionary<ulong, DiskProgress> Disks { get; init; } =
        ImmutableSortedDictionary<ulong, DiskProgress>.Empty;

    /// <summary>Progress of disks that are not shown now, kept for an hour, so that a short outage or a new leader of
    /// the schedulers does not reset how long a disk has stood still.</summary>
    public ImmutableSortedDictionary<ulong, DiskProgress> Remembered { get; init; } =
        ImmutableSortedDictionary<ulong, DiskProgress>.Empty;

    private static readonly TimeSpan RememberedFor = TimeSpan.FromHours(1);

    /// <summary>Returns the record after an answered round.</summary>
    public SchedulerRecord Apply(SchedulerAnswer answer)
    {
        var known = Remembered.SetItems(Disks);
        var disks = answer
            .Disks.Select(disk => DiskProgress.Update(known.GetValueOrDefault(disk.Id), disk, answer))
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
                    .Values.Where(disk => disks.ContainsKey(disk.Disk) || answer.At - disk.ReadAt > RememberedFor)
                    .Select(disk => disk.Disk)
            ),
        };
    }

    /// <summary>Returns the record after a failed round; earlier values stay until they are stale.</summary>
    public SchedulerRecord WithFailure(Outcome? outcome, string detail) =>
        this with
        {
            Outcome = outcome,
            Detail = detail,
        };

    /// <summary>Returns the record without its values, which are too old to show.</summary>
    public SchedulerRecord WithoutValues() =>
        new()
        {
            Outcome = Outcome,
            Detail = Detail,
            Host = Host,
            Remembered = Remembered.SetItems(Disks),
        };
}

/// <summary>The result of one round of scheduler reads.</summary>
/// <param name="Disks">All disks that are being repaired or dropped, ordered by id.</param>
public sealed record SchedulerAnswer(
    string Host,
    SchedulerReading Reading,
    ImmutableArray<MigratingDisk> Disks,
    DateTimeOffset At
)
{
    /// <summary>When <see cref="Reading"/> was received, before the disks were read.</summary>
    public required DateTimeOffset SaidAt { get; init; }

    /// <summary>Readings of disks from before this instant are discarded.</summary>
    public required DateTimeOffset Oldest { get; init; }
}

/// <summary>One disk that is being repaired or dropped.</summary>
/// <param name="Task">disk_repair or disk_drop.</param>
/// <param name="Reading">Null when it was not read in this round or the read failed.</param>
public sealed record MigratingDisk(ulong Id, string Task, MigrationReading? Reading);

/// <summary>The progress of one disk, as observed by this program.</summary>
/// <param name="Task">disk_repair or disk_drop.</param>
/// <param name="Total">Number of jobs.</param>
/// <param name="Done">Finished jobs of <paramref name="Total"/>.</param>
/// <param name="ReadAt">When it was last read from the scheduler.</param>
/// <param name="AdvancedAt">When a job was last seen to finish; until then, when the disk was first seen.</param>
public sealed record DiskProgress(
    ulong Disk,
    string Task,
    long Total,
    long Done,
    DateTimeOffset ReadAt,
    DateTimeOffset AdvancedAt
)
{
    /// <summary>Older marks do not count for the current rate.</summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromHours(1);

    /// <summary>A rate over a shorter time would be a guess.</summary>
    private static readonly TimeSpan MinObservation = TimeSpan.FromMinutes(1);

    private const int MinAdvances = 2;

    private const int MaxMarks = 32;

    /// <summary>Number of finished jobs at each instant at which it changed, oldest first; the first entry is the first
    /// observation.</summary>
    public ImmutableArray<(DateTimeOffset At, long Done)> Marks { get; private init; } = [];

    /// <summary>All jobs are done: what is left is the scheduler's last step, which needs the switch.</summary>
    public bool IsDone => Total > 0 && Done == Total;

    /// <summary>Jobs per second over the last hour; null while too little was observed.</summary>
    /// <param name="now">The current instant; the rate falls while no job finishes.</param>
    public double? Rate(DateTimeOffset now)
    {
        if (Marks.Length <= MinAdvances)
        {
            return null;
        }
        var (from, done) = Marks[0];
        var observed = now - from;
        return observed >= MinObservation ? (Done - done) / observed.TotalSeconds : null;
    }

    /// <summary>Time until all jobs are done at that rate; null when the rate is unknown or all are done.</summary>
    public TimeSpan? EstimateRemaining(DateTimeOffset now)
    {
        if (IsDone || Rate(now) is not (> 0 and var rate))
        {
            return null;
        }
        var seconds = (Total - Done) / rate;
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Returns null when the disk is not being repaired or dropped.</summary>
    public static DiskProgress? Update(DiskProgress? before, MigratingDisk disk, SchedulerAnswer answer)
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
        // Fewer than before: the task started again, which is not progress.
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
            Marks = TrimMarks(before.Marks.Add((at, done)), at),
        };
    }

    /// <summary>Keeps the last hour, or as many marks as a rate needs when the last hour has fewer.</summary>
    private static ImmutableArray<(DateTimeOffset At, long Done)> TrimMarks(
        ImmutableArray<(DateTimeOffset At, long Done)> marks,
        DateTimeOffset at
    )
    {
        while (marks.Length > MaxMarks || (marks.Length > MinAdvances + 1 && at - marks[0].At > RateWindow))
        {
            marks = marks.RemoveAt(0);
        }
        return marks;
    }
}
