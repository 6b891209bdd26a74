using Clustermgr.Analysis;
using Clustermgr.Timing;
using Serilog;

namespace ClustermgrExporter.Polling;

/// <summary>
/// Writes one log line per change of state of a cluster, and none per poll. A subject that keeps changing, such as a
/// flapping member, is logged once per <see cref="WindowLength"/> after its first <see cref="BurstSize"/> changes,
/// until it has been stable for that long.
/// </summary>
internal sealed class ChangeLog(ILogger log, string cluster, SteadyClock clock)
{
    /// <summary>Enough for a member to go down and come back three times.</summary>
    public const int BurstSize = 6;

    private static readonly TimeSpan WindowLength = TimeSpan.FromMinutes(10);

    private readonly ILogger _log = log.ForContext("cluster", cluster);
    private readonly Dictionary<(string Kind, string Subject, string Part), SubjectWindow> _windows = [];
    private readonly HashSet<string> _faulty = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public void LogChange(ClusterChange change)
    {
        lock (_lock)
        {
            var now = clock.Now;
            ref var course = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                _windows,
                (change.Kind, change.Subject, change.Part),
                out _
            );
            if (course is null || (course.Held is null && now - course.Start >= WindowLength))
            {
                course = new SubjectWindow(now);
            }
            if (++course.Changes < BurstSize)
            {
                Write(change, "");
            }
            else if (course.Changes == BurstSize)
            {
                Write(
                    change,
                    $"; it changed {BurstSize} times within ten minutes; further changes are logged once in ten minutes"
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
    public void LogHeld(bool ends = false)
    {
        lock (_lock)
        {
            if (_windows.Count == 0)
            {
                return;
            }
            var now = clock.Now;
            foreach (var (subject, course) in _windows)
            {
                if (!ends && now - course.Start < WindowLength)
                {
                    continue;
                }
                if (course.Held is null)
                {
                    _windows.Remove(subject);
                    continue;
                }
                Write(course.Held, $"; the last of {course.Changes - course.Logged} changes within ten minutes");
                course.Start = now;
                course.Logged = course.Changes;
                course.Held = null;
            }
        }
    }

    /// <summary>Logs a fault once per metric family; otherwise every scrape would repeat it.</summary>
    public void LogFault(string family, Exception fault)
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

    private void Write(ClusterChange change, string more)
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
    private sealed class SubjectWindow(DateTimeOffset began)
    {
        /// <summary>Start of the window.</summary>
        public DateTimeOffset Start { get; set; } = began;

        public int Changes { get; set; }

        /// <summary>Changes logged before this window; in the first window, those that were logged one by
        /// one.</summary>
        public int Logged { get; set; } = BurstSize;

        /// <summary>The newest change that is not logged yet.</summary>
        public ClusterChange? Held { get; set; }
    }
}
