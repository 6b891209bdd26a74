using Clustermgr.Analysis;
using Clustermgr.Timing;
using Serilog;

namespace ClustermgrExporter.Polling;

/// <summary>
/// Writes one log line per change of state of a cluster, and none per poll. A subject that keeps changing, such as a
/// flapping member, is logged once per <see cref="s_window"/> after its first <see cref="AtOnce"/> changes, until it
/// has been stable for that long.
/// </summary>
internal sealed class ChangeLog(ILogger log, string cluster, SteadyClock clock)
{
    /// <summary>Enough for a member to go down and come back three times.</summary>
    public const int AtOnce = 6;

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(10);

    private readonly ILogger _log = log.ForContext("cluster", cluster);
    private readonly Dictionary<(string Kind, string Subject, string Part), Course> _courses = [];
    private readonly HashSet<string> _faulty = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public void Tell(Change change)
    {
        lock (_lock)
        {
            var now = clock.Now;
            ref var course = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                _courses,
                (change.Kind, change.Subject, change.Part),
                out _
            );
            if (course is null || (course.Held is null && now - course.Began >= s_window))
            {
                course = new Course(now);
            }
            if (++course.Changes < AtOnce)
            {
                Write(change, "");
            }
            else if (course.Changes == AtOnce)
            {
                Write(
                    change,
                    $"; it changed {AtOnce} times within ten minutes; further changes are logged once in ten minutes"
                );
            }
            else
            {
                course.Held = change;
            }
        }
    }

    /// <summary>Logs the held changes that are due. Called after every poll.</summary>
    /// <param name="ends">This is the last call: every held change is due, so that the last line of each subject is
    /// correct.</param>
    public void TellHeld(bool ends = false)
    {
        lock (_lock)
        {
            if (_courses.Count == 0)
            {
                return;
            }
            var now = clock.Now;
            foreach (var (subject, course) in _courses)
            {
                if (!ends && now - course.Began < s_window)
                {
                    continue;
                }
                if (course.Held is null)
                {
                    _courses.Remove(subject);
                    continue;
                }
                Write(course.Held, $"; the last of {course.Changes - course.Told} changes within ten minutes");
                (course.Began, course.Told, course.Held) = (now, course.Changes, null);
            }
        }
    }

    /// <summary>Logs a fault once per metric family; otherwise every scrape would repeat it.</summary>
    public void TellFault(string family, Exception fault)
    {
        lock (_lock)
        {
            if (!_faulty.Add(family))
            {
                return;
            }
        }
        _log.Error(
            fault,
            "{Family:l} is missing in /metrics, because of a bug in this program while it wrote the series; please report it",
            family
        );
    }

    private void Write(Change change, string more)
    {
        var line = change.Subject.Length > 0 ? _log.ForContext(change.Kind, change.Subject) : _log;
        if (change.Bad)
        {
            line.Warning("{Sentence:l}{More:l}", change.Sentence, more);
        }
        else
        {
            line.Information("{Sentence:l}{More:l}", change.Sentence, more);
        }
    }

    /// <summary>The changes of one subject in the current window.</summary>
    private sealed class Course(DateTimeOffset began)
    {
        /// <summary>Start of the window.</summary>
        public DateTimeOffset Began { get; set; } = began;

        public int Changes { get; set; }

        /// <summary>Changes logged before this window; in the first window, those that were logged one by
        /// one.</summary>
        public int Told { get; set; } = AtOnce;

        /// <summary>The newest change that is not logged yet.</summary>
        public Change? Held { get; set; }
    }
}
