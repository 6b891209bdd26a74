using Clustermgr.Analysis;
using Clustermgr.Timing;
using Serilog;

namespace ClustermgrExporter.Polling;

/// <summary>
/// One log line per change of state of a cluster, none per poll. What changes again and again, as a flapping member
/// does, is told once in <see cref="s_window"/> after its first <see cref="AtOnce"/> changes, until it has stayed
/// unchanged for that long.
/// </summary>
internal sealed class ChangeLog(ILogger log, string cluster, SteadyClock clock)
{
    /// <summary>Three times down and up again.</summary>
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
                    $"; it changed {AtOnce} times within ten minutes, and from now on is told once in ten minutes"
                );
            }
            else
            {
                course.Held = change;
            }
        }
    }

    /// <summary>Tells what is held back and due; called at every poll.</summary>
    /// <param name="ends">Nobody calls again: whatever is held back is due, so that the last line of each subject is
    /// true.</param>
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

    /// <summary>Of a family of series once: each scrape would say it again.</summary>
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
            "{Family:l} is missing in /metrics, through a fault of this program while it wrote the series; please report it",
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

    /// <summary>How one subject went on since a time.</summary>
    private sealed class Course(DateTimeOffset began)
    {
        /// <summary>Of the window.</summary>
        public DateTimeOffset Began { get; set; } = began;

        public int Changes { get; set; }

        /// <summary>Of the changes, those before this window; in the first one, those that were told one by
        /// one.</summary>
        public int Told { get; set; } = AtOnce;

        /// <summary>The last change of those that are not told yet.</summary>
        public Change? Held { get; set; }
    }
}
