using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Clustermgr.Client;
using Clustermgr.Configuration;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests.Alerting;

/// <summary>Sends to an Alertmanager that works or fails, on a clock that the test advances.</summary>
public sealed class AlertmanagerQueueTests : ILogEventSink, INotificationCounts
{
    private readonly FakeTimeProvider _time = new(AlertHarness.Start);
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AlertsGoInBatchesAsPrometheusSendsThem()
    {
        var bodies = new ConcurrentQueue<string>();
        await using var server = Server(bodies, () => RawServer.Response(200, ""));
        await using var queue = Queue(server.Url);
        for (var i = 0; i < 130; i++)
        {
            queue.Offer(Message($"{i}"));
        }
        queue.Start([]);
        await HoldsAsync(() => _counts.GetValueOrDefault("ok") == 130);
        Assert.Equal([64, 64, 2], bodies.Select(body => JsonNode.Parse(body)!.AsArray().Count));
        var first = JsonNode.Parse(bodies.First())![0]!;
        Assert.Equal("0", first["labels"]!["alertname"]!.GetValue<string>());
        Assert.Equal("a \"text\"\n", first["annotations"]!["summary"]!.GetValue<string>());
        Assert.Equal("2026-11-30T00:00:00.000Z", first["startsAt"]!.GetValue<string>());
        Assert.Equal("2026-11-30T00:04:00.000Z", first["endsAt"]!.GetValue<string>());
        Assert.Equal("http://exporter/?cluster=a", first["generatorURL"]!.GetValue<string>());
        Assert.Equal(0, _counts["waiting"]);
    }

    [Theory]
    [InlineData(500, "http_error")]
    [InlineData(401, "auth")]
    [InlineData(429, "http_error")]
    public async Task WhatIsRefusedIsSentAgainUntilItIsTaken(int status, string outcome)
    {
        var bodies = new ConcurrentQueue<string>();
        var sick = true;
        await using var server = Server(bodies, () => RawServer.Response(sick ? status : 200, ""));
        await using var queue = Queue(server.Url);
        queue.Start([]);
        queue.Offer(Message("a"));
        await HoldsAsync(() => _counts.GetValueOrDefault(outcome) == 1);
        Assert.StartsWith(
            $"Warning: alerts do not reach {queue.Name}: HTTP {status}",
            Assert.Single(_log),
            StringComparison.Ordinal
        );
        queue.Offer(Message("a", "newer"));
        sick = false;
        await TurnUntilAsync(() => _counts.GetValueOrDefault("ok") == 1);
        Assert.Contains("newer", bodies.Last(), StringComparison.Ordinal);
        Assert.Equal($"Information: alerts reach {queue.Name} again", _log.Last());
    }

    [Fact]
    public async Task WhatCanNeverBeTakenHoldsUpNobody()
    {
        var bodies = new ConcurrentQueue<string>();
        var bad = true;
        await using var server = Server(bodies, () => RawServer.Response(bad ? 400 : 200, ""));
        await using var queue = Queue(server.Url);
        queue.Offer(Message("bad"));
        queue.Start([]);
        await HoldsAsync(() => _counts.GetValueOrDefault("dropped") == 1);
        bad = false;
        queue.Offer(Message("good"));
        await HoldsAsync(() => _counts.GetValueOrDefault("ok") == 1);
        Assert.DoesNotContain("\"bad\"", bodies.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWordThatIsOldIsNotTold()
    {
        var bodies = new ConcurrentQueue<string>();
        var down = true;
        await using var server = Server(bodies, () => down ? null : RawServer.Response(200, ""));
        await using var queue = Queue(server.Url);
        queue.Start([]);
        queue.Offer(Message("old"));
        await HoldsAsync(() => _counts.GetValueOrDefault("refused") >= 1);
        for (var second = 0; second < 250; second += 5)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(5, Ct);
        }
        down = false;
        queue.Offer(Message("new") with { EndsAt = AlertHarness.Start.AddHours(1) });
        await TurnUntilAsync(() => _counts.GetValueOrDefault("ok") >= 1);
        Assert.DoesNotContain("\"old\"", string.Concat(bodies), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TenMinutesDownAndWhatFiresArrivesAndWhatEndedBeforeItWasToldDoesNot()
    {
        var bodies = new ConcurrentQueue<string>();
        var down = true;
        await using var server = Server(bodies, () => down ? null : RawServer.Response(200, ""));
        await using var queue = Queue(server.Url);
        queue.Start([]);
        queue.Offer(Message("fires"));
        await HoldsAsync(() => _counts.GetValueOrDefault("refused") >= 1);
        queue.Offer(Message("ends"));
        queue.Offer(Message("ends") with { Resolved = true });
        for (var minute = 0; minute < 10; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            queue.Offer(Message("fires") with { EndsAt = _time.GetUtcNow().AddMinutes(4) });
            await Task.Delay(10, Ct);
        }
        down = false;
        await TurnUntilAsync(() => _counts.GetValueOrDefault("ok") >= 1);
        Assert.Single(_log, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.DoesNotContain("\"ends\"", string.Concat(bodies), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneThatHangsDelaysNoOther()
    {
        await using var hung = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            await connection.HangAsync();
        });
        var bodies = new ConcurrentQueue<string>();
        await using var well = Server(bodies, () => RawServer.Response(200, ""));
        await using var first = Queue(hung.Url);
        await using var second = Queue(well.Url);
        first.Start([]);
        second.Start([]);
        foreach (var queue in (AlertmanagerQueue[])[first, second])
        {
            queue.Offer(Message("a"));
        }
        await HoldsAsync(() => _counts.GetValueOrDefault("ok") == 1);
        await HoldsAsync(() => hung.Connections == 1);
        _time.Advance(TimeSpan.FromSeconds(10));
        await HoldsAsync(() => _counts.GetValueOrDefault("timeout") == 1);
        Assert.Contains(_log, line => line.Contains("no answer within 10 s", StringComparison.Ordinal));
    }

    /// <summary>The Alertmanager sends a byte now and then. The deadline applies to the request, not to the pause
    /// between bytes.</summary>
    [Fact]
    public async Task OneThatAnswersInTinyBitsIsWaitedForNoLonger()
    {
        await using var slow = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            foreach (var letter in RawServer.Response(200, "") + new string('x', 10_000))
            {
                await connection.SendAsync($"{letter}");
                await Task.Delay(50, Ct);
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        });
        await using var queue = Queue(slow.Url);
        queue.Start([]);
        queue.Offer(Message("a"));
        await HoldsAsync(() => _counts.GetValueOrDefault("timeout") >= 1);
    }

    /// <summary>The name is resolved anew at each attempt, and waiting alerts are sent once it is known.</summary>
    [Fact]
    public async Task WhoseNameIsNotKnownIsTriedAgainAndGetsWhatWaited()
    {
        var bodies = new ConcurrentQueue<string>();
        await using var server = Server(bodies, () => RawServer.Response(200, ""));
        var known = false;
        var names = new NameResolver(_ =>
            known
                ? Task.FromResult<IPAddress[]>([IPAddress.Loopback])
                : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
        );
        var config = new AlertmanagerConfig(new Uri($"http://alertmanager.example:{server.Url.Port}/"));
        await using var queue = new AlertmanagerQueue(
            AlertmanagerSender.Create(config, names, _time),
            this,
            _time,
            new LoggerConfiguration().WriteTo.Sink(this).CreateLogger()
        );
        queue.Start([]);
        queue.Offer(Message("a"));
        await HoldsAsync(() => _counts.Keys.Any(key => key.StartsWith("dns", StringComparison.Ordinal)));
        known = true;
        await TurnUntilAsync(() => _counts.GetValueOrDefault("ok") == 1);
        Assert.Contains("\"a\"", Assert.Single(bodies), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAlertWhoseAnswerWasCutOffMayHaveBeenReceived()
    {
        await using var half = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            await connection.SendAsync("HTTP/1.1 20");
        });
        await using var queue = Queue(half.Url);
        queue.Start([]);
        queue.Offer(Message("a"));
        await HoldsAsync(() => _counts.Keys.Any(key => key is "refused" or "invalid"));
        Assert.Contains("a", queue.SentKeys); // it may have been received
    }

    [Fact]
    public async Task WhereTooManyWaitTheOldestGoAndAreCounted()
    {
        await using var queue = Queue(new Uri("http://127.0.0.1:1"), most: 100);
        for (var i = 0; i < 130; i++)
        {
            queue.Offer(Message($"{i}"));
        }
        Assert.Equal((30, 100), (_counts["dropped"], _counts["waiting"]));
        queue.Offer(Message("129", "newer")); // replaces the waiting one
        Assert.Equal((30, 100), (_counts["dropped"], _counts["waiting"]));
    }

    [Fact]
    public async Task ItsLoginIsSent()
    {
        var heads = new ConcurrentQueue<string>();
        await using var server = new RawServer(async connection =>
        {
            while (await connection.RequestAsync() is { } head)
            {
                heads.Enqueue(head);
                await connection.SendAsync(RawServer.Response(200, ""));
            }
        });
        var config = new AlertmanagerConfig(new Uri(server.Url, "am/"))
        {
            User = "x",
            Password = new Secret("pass:word"),
        };
        await using var basic = Queue(config);
        await using var bearer = Queue(config with { User = null, Password = null, Bearer = new Secret("token") });
        foreach (var queue in (AlertmanagerQueue[])[basic, bearer])
        {
            queue.Start([]);
            queue.Offer(Message("a"));
        }
        await HoldsAsync(() => heads.Count == 2);
        Assert.All(heads, head => Assert.StartsWith("POST /am/api/v2/alerts ", head, StringComparison.Ordinal));
        Assert.Contains(heads, head => head.Contains("Authorization: Bearer token", StringComparison.Ordinal));
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes("x:pass:word"));
        Assert.Contains(heads, head => head.Contains($"Authorization: Basic {login}", StringComparison.Ordinal));
    }

    void ILogEventSink.Emit(LogEvent logEvent) =>
        _log.Enqueue($"{logEvent.Level}: {logEvent.RenderMessage(CultureInfo.InvariantCulture)}");

    void INotificationCounts.CountSent(string alertmanager, string outcome, int alerts) =>
        _counts.AddOrUpdate(outcome, alerts, (_, before) => before + alerts);

    void INotificationCounts.CountDropped(string alertmanager, int alerts) =>
        _counts.AddOrUpdate("dropped", alerts, (_, before) => before + alerts);

    void INotificationCounts.Remove(string alertmanager) => _counts["gone"] = 1;

    void INotificationCounts.SetQueueLength(string alertmanager, int alerts) => _counts["waiting"] = alerts;

    private AlertmanagerQueue Queue(Uri url, int most = AlertmanagerQueue.MaxWaiting) =>
        Queue(new AlertmanagerConfig(url), most);

    private AlertmanagerQueue Queue(AlertmanagerConfig config, int most = AlertmanagerQueue.MaxWaiting) =>
        new(
            AlertmanagerSender.Create(config, new NameResolver(), _time),
            this,
            _time,
            new LoggerConfiguration().WriteTo.Sink(this).CreateLogger(),
            most
        );

    /// <param name="answer">Returns the response; null closes the connection.</param>
    private static RawServer Server(ConcurrentQueue<string> bodies, Func<string?> answer) =>
        new(async connection =>
        {
            while (await connection.RequestAsync() is { } head)
            {
                if (answer() is not { } response)
                {
                    return;
                }
                bodies.Enqueue(await connection.BodyAsync(head));
                await connection.SendAsync(response);
            }
        });

    private static AlertMessage Message(string name, string summary = "a \"text\"\n") =>
        new(
            name,
            [KeyValuePair.Create("alertname", name)],
            [KeyValuePair.Create("summary", summary)],
            AlertHarness.Start,
            AlertHarness.Start.AddMinutes(4),
            false,
            "http://exporter/?cluster=a"
        );

    private async Task TurnUntilAsync(Func<bool> holds)
    {
        for (var i = 0; i < 300 && !holds(); i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, Ct);
        }
        Assert.True(holds());
    }

    private static async Task HoldsAsync(Func<bool> holds)
    {
        for (var i = 0; i < 3000 && !holds(); i++)
        {
            await Task.Delay(10, Ct);
        }
        Assert.True(holds());
    }
}
