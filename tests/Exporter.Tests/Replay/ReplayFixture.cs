using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Clustermgr.Configuration;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Tests.Support;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace ClustermgrExporter.Tests.Replay;

/// <summary>The whole program with one recorded incident, on a clock that the test advances.</summary>
internal sealed class ReplayFixture : ILogEventSink
{
    private static readonly DateTimeOffset StartTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Second 0 of every recording, in Unix time.</summary>
    public static readonly long Start = StartTime.ToUnixTimeSeconds();

    private readonly ManualClock _clock;
    private readonly ClusterRegistry _fleet;

    private ReplayFixture(Recording recording, ExporterConfig config)
    {
        Recording = recording;
        Config = config;
        _clock = new ManualClock(StartTime.AddSeconds(1)); // by then every first answer was recorded
        Members = new RecordedMembers(recording, StartTime, _clock);
        _fleet = new ClusterRegistry(
            (_, _) => Members,
            _clock,
            new LoggerConfiguration().WriteTo.Sink(this).CreateLogger()
        );
        _ = _fleet.ApplyAsync(config);
    }

    public Recording Recording { get; }

    public ExporterConfig Config { get; }

    public RecordedMembers Members { get; }

    /// <summary>Seconds since the start of the recording.</summary>
    public double Now => (_clock.GetUtcNow() - StartTime).TotalSeconds;

    public List<(double At, string Line)> LogLines { get; } = [];

    public static ReplayFixture Of(string name, double pollInterval = 5, double timeout = 3, double taskInterval = 30)
    {
        var recording = Recording.Of(name);
        return new ReplayFixture(
            recording,
            new ExporterConfig
            {
                PollInterval = TimeSpan.FromSeconds(pollInterval),
                Timeout = TimeSpan.FromSeconds(timeout),
                TaskInterval = TimeSpan.FromSeconds(taskInterval),
                DiskInterval = TimeSpan.FromSeconds(2 * taskInterval),
                ServiceInterval = TimeSpan.FromSeconds(2 * taskInterval),
                Clusters =
                [
                    new ClusterConfig
                    {
                        Name = "prod",
                        Members =
                        [
                            .. recording.Members.Select(member => new MemberConfig(
                                member,
                                new Uri($"http://{member}")
                            )),
                        ],
                    },
                ],
            }
        );
    }

    /// <summary>The page at every second until the recording ends.</summary>
    public IEnumerable<Page> EverySecond()
    {
        var end = Recording.Answers.Max(answer => answer.Done);
        while (Now < end)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            yield return ReadPage();
        }
    }

    /// <summary>Like <see cref="EverySecond"/>, and also after each /stat in between: a page that is published only for
    /// a moment can be scraped.</summary>
    public IEnumerable<Page> EveryAnswer()
    {
        var end = Recording.Answers.Max(answer => answer.Done);
        while (Now < end)
        {
            var second = _clock.GetUtcNow().AddSeconds(1);
            var ended = Members.Log.Count;
            while (_clock.Step(second))
            {
                var stat = Members.Log.FindIndex(ended, given => given.Path == "/stat") >= 0;
                ended = Members.Log.Count;
                if (stat)
                {
                    yield return ReadPage();
                }
            }
            _clock.Advance(second - _clock.GetUtcNow());
            yield return ReadPage();
        }
    }

    public Page ReadPage()
    {
        var bytes = new ArrayBufferWriter<byte>();
        new MetricsPage(_fleet.Pages, Samples.NoOwnLines).WriteTo(bytes, MetricsFormat.Text004);
        SeenPages.Keep(bytes.WrittenSpan);
        return new Page(Now, Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    public void Emit(LogEvent logEvent)
    {
        var about = string.Concat(
            logEvent
                .Properties.Where(p => p.Key is "member" or "disk" or "switch")
                .Select(p => $"{p.Value} ".Replace("\"", "", StringComparison.Ordinal))
        );
        LogLines.Add((Now, about + logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)));
    }
}

/// <summary>One exposition at one time.</summary>
internal sealed record Page(double At, string Text)
{
    /// <summary>Values by series, which is name{labels} as on the page.</summary>
    public ImmutableDictionary<string, string> Samples { get; } =
        Text.Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToImmutableDictionary(line => line[..line.LastIndexOf(' ')], line => line[(line.LastIndexOf(' ') + 1)..]);

    public string? this[string series] => Samples.GetValueOrDefault(series);

    public string? Of(string name, string? member = null) =>
        this[member is null ? $"{name}{{cluster=\"prod\"}}" : $"{name}{{cluster=\"prod\",member=\"{member}\"}}"];
}
