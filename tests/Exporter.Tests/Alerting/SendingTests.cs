using ClustermgrExporter.Alerting;
using ClustermgrExporter.Tests.Support;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests.Alerting;

/// <summary>When alerts are sent, across restarts and changes of the clock.</summary>
public sealed class SendingTests : IDisposable, ILogEventSink
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _log = [];
    private readonly RecordingAlertQueue _told;

    public SendingTests() => _told = new() { Log = new LoggerConfiguration().WriteTo.Sink(this).CreateLogger() };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatFiresIsToldEveryMinuteAndWhatEndedForAQuarterOfAnHour()
    {
        var desk = new AlertHarness(_told, AlertHarness.Start);
        desk.Ticks(3, up: false);
        Assert.Empty(_told.All);
        Assert.Equal(AlertState.Pending, Assert.Single(desk.Active).State);
        desk.Ticks(13, up: false);
        Assert.Equal(["00:00:40", "00:01:40", "00:02:40"], _told.All.Select(one => $"{one.At - AlertHarness.Start}"));
        Assert.All(
            _told.All,
            one =>
            {
                Assert.Equal(TimeSpan.FromMinutes(4), one.Message.EndsAt - one.At);
                Assert.Equal(AlertHarness.Start.AddSeconds(40), one.Message.StartsAt);
                Assert.Equal("m of a is down, eu1", one.Message.Annotations.Single().Value);
                Assert.Equal("http://exporter:19998/?cluster=a", one.Message.GeneratorUrl);
                Assert.Equal(
                    "alertname=ClustermgrDown cluster=a member=m severity=page site=eu1",
                    string.Join(' ', one.Message.Labels.Select(label => $"{label.Key}={label.Value}"))
                );
            }
        );

        _told.All.Clear();
        desk.Ticks(130, up: true);
        Assert.Equal(16, _told.All.Count); // at once, and every minute for 15 minutes
        Assert.All(_told.All, one => Assert.True(one.Message.Resolved));
        Assert.Single(_told.All.Select(one => one.Message.EndsAt).Distinct());
        Assert.Equal(_told.All[0].At, _told.All[0].Message.EndsAt);
        Assert.Empty(desk.Active);
    }

    [Fact]
    public void WhatEndsBeforeItWasToldIsNobodysNews()
    {
        var desk = new AlertHarness(_told, AlertHarness.Start);
        desk.Ticks(3, up: false);
        desk.Ticks(50, up: true); // it never fired
        desk.Ticks(9, up: false, sends: false);
        desk.Ticks(50, up: true); // it fired while Prometheus sent the alerts
        Assert.Empty(_told.All);
    }

    /// <summary>Prometheus starts the rule's "for" time anew; until it has passed, the alert must not end.</summary>
    [Fact]
    public void WhenScrapesReturnWhatFiresIsHandedOverAndNothingNewIsTold()
    {
        var desk = new AlertHarness(_told, AlertHarness.Start);
        desk.Ticks(10, up: false);
        Assert.NotEmpty(_told.All);
        _told.All.Clear();
        desk.Ticks(60, up: false, sends: false);
        // Sent once a minute until the rule's 30 s, its lookback of a minute and two more minutes have passed.
        Assert.Equal(3, _told.All.Count);
        Assert.All(_told.All, one => Assert.False(one.Message.Resolved));
        Assert.True(_told.All[^1].Message.EndsAt - AlertHarness.Start > TimeSpan.FromSeconds(100 + 30));

        _told.All.Clear();
        desk.Ticks(10, up: false); // scrapes stop again
        Assert.Equal(2, _told.All.Count);
        Assert.Equal(AlertHarness.Start.AddSeconds(40), _told.All[0].Message.StartsAt);
    }

    [Fact]
    public void AHundredKillsAtAnyMomentLoseNothingAndInventNothing()
    {
        var random = new Random(14);
        for (var kill = 0; kill < 100; kill++)
        {
            using var folder = new TempFolder();
            var told = new RecordingAlertQueue();
            var wall = AlertHarness.Start;
            var desk = new AlertHarness(told, AlertHarness.Start, folder.Path);
            var firesFrom = random.Next(1, 30);
            var endsAt = random.Next(60, 90);
            var last = 130;
            var kills = Enumerable.Range(0, 3).Select(_ => random.Next(1, last)).ToHashSet();
            for (var tick = 0; tick < last; tick++)
            {
                if (kills.Contains(tick))
                {
                    desk.Kill();
                    wall = desk.Wall.AddSeconds(random.Next(1, 30));
                    desk = new AlertHarness(told, wall, folder.Path);
                    desk.Tick(up: null); // nothing was polled yet
                }
                desk.Tick(up: tick < firesFrom || tick >= endsAt);
            }
            var firing = told.All.Where(one => !one.Message.Resolved).ToList();
            Assert.Single(firing.Select(one => one.Message.StartsAt).Distinct());
            // The alert is never silent for so long that it would expire, and never resolved before it has ended.
            foreach (var (one, next) in firing.Zip(firing.Skip(1)))
            {
                Assert.True(next.At <= one.Message.EndsAt, $"{kill}: silent from {one.At:T} to {next.At:T}");
            }
            desk.Kill();
            var ended = told.All.FindIndex(one => one.Message.Resolved);
            Assert.True(ended >= 0, $"{kill}: its end was not sent");
            Assert.All(
                told.All.Skip(ended),
                one => Assert.True(one.Message.Resolved, $"{kill}: sent again after its end")
            );
            Assert.True(told.All[ended].At >= AlertHarness.Start.AddSeconds(endsAt * 10), $"{kill}: ended too early");
        }
    }

    /// <summary>Before the first polls there is no data from which annotations could be rendered.</summary>
    [Fact]
    public void AfterARestartTheTextsAreThoseOfBefore()
    {
        var desk = new AlertHarness(_told, AlertHarness.Start, _folder.Path);
        desk.Ticks(10, up: false);
        desk.Kill();
        var file = Path.Combine(_folder.Path, "alerts.json");
        File.WriteAllText(
            file,
            File.ReadAllText(file).Replace("m of a is down, eu1", "as it was told", StringComparison.Ordinal)
        );
        _told.All.Clear();
        desk = new AlertHarness(_told, desk.Wall, _folder.Path);
        desk.Tick(up: null);
        Assert.Equal("as it was told", Assert.Single(_told.All).Message.Annotations.Single().Value);
        desk.Ticks(6, up: false);
        Assert.Equal("m of a is down, eu1", _told.All[^1].Message.Annotations.Single().Value);
    }

    /// <summary>Only a leader reports who votes, and without a quorum there is no leader: the recording rule keeps the
    /// last known value, and must keep it across a restart.</summary>
    [Fact]
    public void ARestartForgetsNothingThatARecordingRemembers()
    {
        const string Rules = """
            groups:
            - name: test
              rules:
              - record: peer:voter:last
                expr: |
                  max by (cluster, peer) (last_over_time(voter[1m]))
                  or last_over_time(peer:voter:last[5m]) unless on (cluster) last_over_time(voter[1m])
              - alert: ClustermgrQuorumLost
                expr: |
                  count by (cluster) (peer:voter:last == 1) > 1
                  and on (cluster) max by (cluster) (last_over_time(up[1m])) == 0
                for: 30s
            """;
        var desk = new AlertHarness(_told, AlertHarness.Start, _folder.Path, Rules)
        {
            Lines = "voter{cluster=\"a\",peer=\"1\"} 1\nvoter{cluster=\"a\",peer=\"2\"} 1\n",
        };
        desk.Ticks(6, up: true);
        desk.Lines = "";
        desk.Ticks(60, up: false);
        Assert.Equal(AlertState.Firing, Assert.Single(desk.Active).State);
        desk.Kill();
        desk = new AlertHarness(_told, desk.Wall, _folder.Path, Rules);
        desk.Tick(up: null);
        desk.Ticks(60, up: false); // much longer than a restored alert is kept without data
        Assert.DoesNotContain(_told.All, one => one.Message.Resolved);
        Assert.Equal(AlertState.Firing, Assert.Single(desk.Active).State);
        desk.Ticks(3, up: true);
        Assert.True(_told.All[^1].Message.Resolved);
    }

    [Fact]
    public void ARestartDoesNotWaitAgain()
    {
        var desk = new AlertHarness(_told, AlertHarness.Start, _folder.Path);
        desk.Ticks(3, up: false);
        desk.Kill();
        desk = new AlertHarness(_told, desk.Wall, _folder.Path);
        desk.Tick(up: null);
        Assert.Equal(AlertState.Pending, Assert.Single(desk.Active).State); // nothing is known, so nothing fires
        desk.Tick(up: false);
        Assert.Single(_told.All);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public void AClockThatIsSetEndsNothingAndFiresNothingEarlier(int seconds)
    {
        var desk = new AlertHarness(_told, AlertHarness.Start, _folder.Path);
        desk.Ticks(2, up: false);
        desk.Wall += TimeSpan.FromSeconds(seconds);
        desk.Tick(up: false);
        Assert.Empty(_told.All); // 30 s have not passed
        desk.Ticks(20, up: false);
        Assert.All(_told.All, one => Assert.False(one.Message.Resolved));
        Assert.Single(_told.All.Select(one => one.Message.StartsAt).Distinct());

        // The clock is set back across a restart: a firing alert keeps firing.
        desk.Kill();
        desk = new AlertHarness(_told, desk.Wall.AddHours(-1), _folder.Path);
        _told.All.Clear();
        desk.Tick(up: null);
        desk.Ticks(3, up: false);
        Assert.NotEmpty(_told.All);
        Assert.All(_told.All, one => Assert.False(one.Message.Resolved));
    }

    [Theory]
    [InlineData("{", "*")]
    [InlineData("{\"version\": 2, \"alerts\": [], \"told\": {}}", "it is of version 2, this program writes version 1")]
    [InlineData("{\"version\": 1}", "*")]
    [InlineData("[]", "*")]
    [InlineData(
        "{\"version\": 1, \"savedAt\": \"2026-11-30T00:00:00Z\", \"sends\": true, \"alerts\": [{\"labels\": {}}], \"told\": {}}",
        "*"
    )]
    public void AFileThatIsNoGoodIsToldAndReplaced(string text, string reason)
    {
        _folder.Write("alerts.json", text);
        var desk = new AlertHarness(_told, AlertHarness.Start, _folder.Path);
        var line = Assert.Single(_log);
        Assert.StartsWith(
            $"Warning: {Path.Combine(_folder.Path, "alerts.json")} cannot be used: ",
            line,
            StringComparison.Ordinal
        );
        Assert.Contains(reason.TrimEnd('*'), line, StringComparison.Ordinal);
        desk.Ticks(5, up: false);
        Assert.Single(_told.All);
        Assert.Contains(
            "\"ClustermgrDown\"",
            File.ReadAllText(Path.Combine(_folder.Path, "alerts.json")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void WhatIsOldIsNoNews()
    {
        var desk = new AlertHarness(_told, AlertHarness.Start, _folder.Path);
        desk.Ticks(10, up: false);
        desk.Kill();
        _told.All.Clear();
        // After three days Alertmanager has resolved the alert long ago, and the fault was fixed meanwhile.
        desk = new AlertHarness(_told, desk.Wall.AddDays(3), _folder.Path);
        desk.Tick(up: null);
        desk.Ticks(20, up: true);
        Assert.Empty(_told.All);
        Assert.Empty(_log);
    }

    [Fact]
    public void TwoWithOneFolderDoNotEndEachOthersPages()
    {
        using var held = File.Create(Path.Combine(_folder.Path, "alerts.lock"));
        Assert.Null(AlertStateFile.Open(_folder.Path, _told.Log));
        Assert.Contains("is another exporter using it?", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public void AnEndIsToldWithTheTextsOfTheIncidentAndNeverBeforeItsBeginning()
    {
        var desk = new AlertHarness(_told, AlertHarness.Start);
        desk.Ticks(10, up: false);
        desk.Wall -= TimeSpan.FromHours(1);
        desk.Ticks(10, up: false);
        desk.Ticks(2, up: true);
        Assert.True(_told.All[^1].Message.Resolved);
        Assert.All(
            _told.All,
            one =>
            {
                Assert.Equal("m of a is down, eu1", one.Message.Annotations.Single().Value);
                Assert.True(one.Message.StartsAt <= one.Message.EndsAt);
            }
        );
    }

    [Fact]
    public void ADiskThatIsFullCostsTheStateAndNotTheAlerts()
    {
        // A folder of that name cannot be written as a file, not even by root.
        Directory.CreateDirectory(Path.Combine(_folder.Path, "alerts.json.new"));
        var desk = new AlertHarness(_told, AlertHarness.Start, _folder.Path);
        desk.Ticks(10, up: false);
        Assert.NotEmpty(_told.All);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "alerts.json")));
    }

    void ILogEventSink.Emit(LogEvent logEvent) =>
        _log.Add($"{logEvent.Level}: {logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)}");
}
