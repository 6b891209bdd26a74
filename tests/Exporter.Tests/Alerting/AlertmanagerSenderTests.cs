using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Configuration;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClustermgrExporter.Tests.Alerting;

public sealed class AlertmanagerSenderTests
{
    private readonly FakeTimeProvider _time = new(AlertHarness.Start);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A server may echo what it was sent, its login included.</summary>
    [Theory]
    [InlineData(400, "no\nlabels", "HTTP 400: no labels", false)]
    [InlineData(400, "Basic eDpwYXNzOndvcmQ=, x:pass:word", "HTTP 400: Basic (secret), x:(secret)", false)]
    [InlineData(413, "", "HTTP 413", false)]
    [InlineData(429, "slower", "HTTP 429: slower", true)]
    [InlineData(500, "on fire", "HTTP 500: on fire", true)]
    [InlineData(401, "pass:word", "HTTP 401: it refuses the login; check basic_auth or authorization", true)]
    public async Task ARefusalIsToldInItsWordsWithoutTheLogin(int status, string body, string detail, bool retriable)
    {
        await using var server = RawServer.Always(RawServer.Response(status, body));
        using var sender = Create(server.Url);

        var delivery = await sender.SendAsync([Message()], Ct);

        var outcome = status == 401 ? Outcome.Auth : Outcome.HttpError;
        Assert.Equal(new AlertDelivery(outcome, detail, retriable), delivery);
        Assert.False(delivery.Accepted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnErrorThatHangsIsEndedByTheDeadlineAndItsStatusCounts(bool observesCancellation)
    {
        await using var body = new StalledStream([.. "half"u8], observesCancellation);
        using var sender = new AlertmanagerSender(
            new AlertmanagerConfig(new Uri("http://am")),
            new StreamHandler(503, body),
            _time
        );

        var sending = sender.SendAsync([Message()], Ct);
        await body.Stalled.Task.WaitAsync(Ct);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(new AlertDelivery(Outcome.HttpError, "HTTP 503", IsRetriable: true), await sending.WaitAsync(Ct));
    }

    private AlertmanagerSender Create(Uri url) =>
        AlertmanagerSender.Create(
            new AlertmanagerConfig(url) { User = "x", Password = new Secret("pass:word") },
            new NameResolver(),
            _time
        );

    private AlertMessage Message() => new("", [], [], _time.GetUtcNow(), _time.GetUtcNow().AddMinutes(4), false);
}
