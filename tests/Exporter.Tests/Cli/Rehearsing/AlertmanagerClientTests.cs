using System.Collections.Immutable;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;

namespace ClustermgrExporter.Tests.Cli.Rehearsing;

/// <summary>What is sent to Alertmanager, and how each of its answers is handled.</summary>
public sealed class AlertmanagerClientTests : IDisposable
{
    private readonly WireMockServer _alertmanager = WireMockServer.Start();
    private readonly SocketsHttpHandler _transport = new() { UseProxy = false };
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _alertmanager.Dispose();
        _transport.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/below/a/path")]
    [InlineData("/below/a/path/")]
    public async Task AlertsGoBelowThePathOfTheUrlWithTheirTimes(string path)
    {
        Answer(200, "");
        await Client(path).SendAsync([Alert()], "leader-lost", ended: false, Ct);

        var request = Assert.Single(_alertmanager.LogEntries).RequestMessage!;
        Assert.Equal(("POST", path.TrimEnd('/') + "/api/v2/alerts"), (request.Method, request.Path));
        Assert.Equal("application/json", request.Headers!["Content-Type"].Single());
        Assert.Equal(
            """
            [{"labels":{"alertname":"ClustermgrNoLeader","cluster":"a\"b\\","severity":"page"},"annotations":{"summary":"REHEARSAL: a\"b\\: No leader.","description":"No leader. This is a rehearsal of the scenario leader-lost: nothing is broken.","runbook_url":"https://r/#x"},"startsAt":"2026-01-01T00:00:00.000Z","endsAt":"2026-01-01T00:02:00.000Z"}]
            """.Trim(),
            request.Body!.Replace("\\u0022", "\\\"", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task AnAlertThatEndsIsSaidToEndNow()
    {
        Answer(200, "");
        await Client().SendAsync([Alert()], "leader-lost", ended: true, Ct);
        Assert.Contains(
            "\"endsAt\":\"2026-01-01T00:00:00.000Z\"",
            Assert.Single(_alertmanager.LogEntries).RequestMessage!.Body,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task NothingIsSentWhereThereIsNothingToSay()
    {
        await Client().SendAsync([], "leader-lost", ended: false, Ct);
        Assert.Empty(_alertmanager.LogEntries);
    }

    [Fact]
    public async Task RealAlertsAreThoseThatAreNoRehearsalOfThatClusterAlone()
    {
        Answer(
            200,
            """
            [{"labels":{"alertname":"A","cluster":"c"}},{"labels":{"alertname":"A","cluster":"c"}},
             {"labels":{"alertname":"B","rehearsal":"true"}},{"labels":{"alertname":"C"}}]
            """
        );
        Assert.Equal(["A", "C"], await Client().RealAlertsAsync("a\"b\\ &c", Ct));

        var request = Assert.Single(_alertmanager.LogEntries).RequestMessage!;
        Assert.Equal(
            "/api/v2/alerts?active=true&filter=cluster%3D%22a%5C%22b%5C%5C%20%26c%22",
            new Uri(request.AbsoluteUrl).PathAndQuery
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[{}]")]
    [InlineData("[1]")]
    [InlineData("[{\"labels\":{\"alertname\":7}}]")]
    [InlineData("<html>")]
    [InlineData("")]
    public async Task WhatIsNoListOfAlertsIsNoAlertmanager(string body)
    {
        Answer(200, body);
        Assert.Equal($"{Url()} does not answer as an Alertmanager with the API v2 does", await RefusalAsync(Client()));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(302)]
    public async Task AnotherStatusIsSaidWithWhatWasAsked(int status)
    {
        Answer(status, "no");
        Assert.Equal($"{Url()} answers {status} to GET /api/v2/alerts", await RefusalAsync(Client()));
        Assert.Equal(
            $"{Url()} answers {status} to POST /api/v2/alerts",
            (
                await Assert.ThrowsAsync<HttpRequestException>(() => Client().SendAsync([Alert()], "x", false, Ct))
            ).Message
        );
    }

    [Fact]
    public async Task NobodyThereIsSaidWithTheReason()
    {
        var url = Url();
        _alertmanager.Stop();
        var said = await RefusalAsync(new AlertmanagerClient(_transport, url, _clock));
        Assert.StartsWith($"{url} does not answer: Connection refused", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAnswerWithoutEndIsNotRead()
    {
        using var transport = new StreamHandler(200, new EndlessStream());
        Assert.Equal(
            "http://am/ answers with more than 16777216 bytes",
            await RefusalAsync(new(transport, new Uri("http://am"), _clock))
        );
    }

    [Fact]
    public async Task OneThatTakesTheConnectionAndNeverAnswersEndsAtItsDeadline()
    {
        using var transport = new HangingHandler();
        var client = new AlertmanagerClient(transport, new Uri("http://am"), _clock);
        var sending = client.SendAsync([Alert()], "x", false, Ct);
        var asking = client.RealAlertsAsync("c", Ct);
        Assert.False(sending.IsCompleted || asking.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(3));
        const string Late = "http://am/ does not answer: nothing within 3 s";
        Assert.Equal(
            Late,
            (
                await Assert.ThrowsAsync<HttpRequestException>(() => sending.WaitAsync(TimeSpan.FromSeconds(30), Ct))
            ).Message
        );
        Assert.Equal(
            Late,
            (
                await Assert.ThrowsAsync<HttpRequestException>(() => asking.WaitAsync(TimeSpan.FromSeconds(30), Ct))
            ).Message
        );
    }

    [Fact]
    public async Task OneThatStopsInTheMiddleOfItsBodyEndsAtItsDeadline()
    {
        using var body = new StalledStream("[{\"labels\":"u8.ToArray(), observesCancellation: false);
        using var transport = new StreamHandler(200, body);
        var asking = new AlertmanagerClient(transport, new Uri("http://am"), _clock).RealAlertsAsync("c", Ct);
        await body.Stalled.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(
            "http://am/ does not answer: nothing within 3 s",
            (
                await Assert.ThrowsAsync<HttpRequestException>(() => asking.WaitAsync(TimeSpan.FromSeconds(30), Ct))
            ).Message
        );
    }

    private void Answer(int status, string body) =>
        _alertmanager.Given(Request.Create()).RespondWith(Response.Create().WithStatusCode(status).WithBody(body));

    private Uri Url(string path = "") => new(_alertmanager.Url + path);

    private AlertmanagerClient Client(string path = "") => new(_transport, Url(path), _clock);

    private static async Task<string> RefusalAsync(AlertmanagerClient client) =>
        (await Assert.ThrowsAsync<HttpRequestException>(() => client.RealAlertsAsync("c", Ct))).Message;

    private FiringAlert Alert() =>
        new(
            new AlertRule("NoLeader", "page", TimeSpan.FromSeconds(30), TimeSpan.Zero, "https://r/#x", []),
            ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal,
                [
                    KeyValuePair.Create("alertname", "ClustermgrNoLeader"),
                    KeyValuePair.Create("cluster", "a\"b\\"),
                    KeyValuePair.Create("severity", "page"),
                ]
            ),
            "No leader.",
            _clock.GetUtcNow()
        );
}
