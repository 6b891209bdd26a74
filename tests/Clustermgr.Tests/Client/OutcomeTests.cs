using System.Text;
using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Client;

/// <summary>Complete responses of a server and the resulting outcomes.</summary>
public sealed class OutcomeTests : AskingTests
{
    [Theory]
    [InlineData(907, """{"Status":907,"Code":"","Err":{}}""", Outcome.NoLeader)]
    [InlineData(200, """{"Status":907,"Code":"","Err":{}}""", Outcome.NoLeader)]
    [InlineData(500, """{"Status":907,"Code":"","Err":{}}""", Outcome.NoLeader)]
    [InlineData(907, "", Outcome.NoLeader)]
    [InlineData(908, """{"error":"raft read index error"}""", Outcome.ReadIndex)]
    [InlineData(908, """{"Status":908,"Code":"","Err":{}}""", Outcome.ReadIndex)]
    [InlineData(200, """{"Status":908,"Code":"","Err":{}}""", Outcome.ReadIndex)]
    [InlineData(908, "", Outcome.ReadIndex)]
    [InlineData(403, "", Outcome.Auth)]
    public async Task AnErrorWithAnOutcomeOfItsOwnHasItWhereverTheNumberStands(int status, string body, object outcome)
    {
        var answer = await StatOfAsync(status, body);
        Assert.Equal(outcome, answer.Outcome);
        Assert.Null(answer.Value);
        Assert.NotEqual("", answer.Detail);
    }

    [Theory]
    [InlineData(910, """{"error":"duplicated member","code":"X"}""", "HTTP 910: duplicated member")]
    [InlineData(999, """{"error":"never heard of"}""", "HTTP 999: never heard of")]
    [InlineData(500, """{"Status":906,"Code":"","Err":{}}""", "HTTP 500: Status 906")]
    [InlineData(
        400,
        """{"error":"args(ConfigArgs) field(Key) do not omit","code":"Argument"}""",
        "HTTP 400: args(ConfigArgs) field(Key) do not omit"
    )]
    [InlineData(404, "404 page not found\n", "HTTP 404: this is not a clustermgr; check host and port")]
    [InlineData(404, """{"error":"Not Found"}""", "HTTP 404: this is not a clustermgr; check host and port")]
    [InlineData(
        404,
        "\r\n<html><body>nginx</body></html>",
        "HTTP 404, an HTML page: this is not a clustermgr; check host and port"
    )]
    [InlineData(401, "<!DOCTYPE html>", "HTTP 401, an HTML page: this is not a clustermgr; check host and port")]
    [InlineData(
        502,
        "<html>",
        "HTTP 502, an HTML page: a proxy answers in the member's place; check what is behind it, or give "
            + "the member's own URL"
    )]
    [InlineData(500, """{"error":"It ends. Twice.."}""", "HTTP 500: It ends. Twice")]
    [InlineData(502, "", "HTTP 502, with an empty body")]
    [InlineData(204, "", "HTTP 204, with an empty body")]
    [InlineData(500, "{\"error\":\"a\\u0000b\\r\\nc\\u202ed\"}", "HTTP 500: a b c d")]
    [InlineData(500, """{"error":"half a pair \ud800"}""", """HTTP 500: {"error":"half a pair \ud800"}""")]
    [InlineData(500, """{"error":""}""", "HTTP 500, without an error text")]
    [InlineData(500, """{"error":7}""", """HTTP 500: {"error":7}""")]
    public async Task AnyOtherStatusShowsItsNumberAndTheTextOnOneLine(int status, string body, string detail) =>
        Is(Outcome.HttpError, detail, await StatOfAsync(status, body));

    [Fact]
    public async Task APageForBrowsersIsNoAnswer() =>
        Is(
            Outcome.Invalid,
            "HTTP 200, an HTML page: this is not a clustermgr; check host and port",
            await StatOfAsync(200, "<!doctype html><title>Welcome to nginx!</title>")
        );

    [Fact]
    public async Task ALongErrorIsCutAndAHugeOneIsNotEvenRead()
    {
        var body = string.Create(50_000_000, 'x', (span, c) => span.Fill(c));
        var answer = await StatOfAsync(RawServer.Response(500, body));
        Assert.Equal(Outcome.HttpError, answer.Outcome);
        Assert.Equal(200, answer.Detail.Length);
        Assert.StartsWith("HTTP 500: xxx", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARedirectIsNotFollowed()
    {
        await using var elsewhere = RawServer.Once(RawServer.Response(200, SmallStat));
        var answer = await StatOfAsync(
            $"HTTP/1.1 302 Found\r\nLocation: {elsewhere.Url}stat\r\nContent-Length: 0\r\n\r\n"
        );
        Is(Outcome.HttpError, $"HTTP 302 to {elsewhere.Url}stat: redirects are not followed", answer);
        Assert.Equal(0, elsewhere.Connections);
    }

    [Theory]
    [InlineData(304, "HTTP 304, with an empty body")]
    [InlineData(305, "HTTP 305, with an empty body")]
    public async Task ARedirectToNowhereIsAnErrorLikeAnother(int status, string detail) =>
        Is(Outcome.HttpError, detail, await StatOfAsync($"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n"));

    [Fact]
    public async Task ALocationDoesNotHideWhatTheStatusSays() =>
        Assert.Equal(Outcome.NoLeader, (await StatOfAsync("HTTP/1.1 907 X\r\nLocation: /x\r\n\r\n")).Outcome);

    [Fact]
    public void NoProxyOfTheEnvironmentAnswersInAMembersName()
    {
        using var handler = ClustermgrTransport.Create(null, new NameResolver());
        Assert.False(handler.UseProxy);
    }

    [Fact]
    public async Task AContinueBeforeTheAnswerIsPassedOver()
    {
        var answer = await StatOfAsync("HTTP/1.1 100 Continue\r\n\r\n" + RawServer.Response(200, SmallStat));
        Assert.Equal(Outcome.Ok, answer.Outcome);
    }

    [Theory]
    [InlineData("Content-Length: 2000000\r\n\r\n", "a body of 2000000 bytes is announced, the limit is 1000")]
    [InlineData("\r\n", "the body is larger than 1000 bytes")]
    public async Task ABodyOverTheLimitIsTooLargeAnnouncedOrNot(string headers, string detail)
    {
        var body = SmallStat + new string(' ', 2_000_000 - SmallStat.Length);
        Is(Outcome.TooLarge, detail, await StatOfAsync($"HTTP/1.1 200 OK\r\n{headers}{body}", maxBodyBytes: 1000));
    }

    [Fact]
    public async Task AChunkedBodyOverTheLimitIsTooLarge()
    {
        var body = SmallStat + new string(' ', 2_000_000 - SmallStat.Length);
        var answer = await StatOfAsync(Chunked(body, 7000) + "0\r\n\r\n", maxBodyBytes: 1000);
        Is(Outcome.TooLarge, "the body is larger than 1000 bytes", answer);
    }

    [Fact]
    public async Task ABodyOfExactlyTheLimitFits()
    {
        var body = SmallStat + new string(' ', 70_000 - SmallStat.Length);
        Assert.Equal(Outcome.Ok, (await StatOfAsync(RawServer.Response(200, body), 70_000)).Outcome);
        Assert.Equal(Outcome.Ok, (await StatOfAsync("HTTP/1.1 200 OK\r\n\r\n" + body, 70_000)).Outcome);
        Assert.Equal(Outcome.TooLarge, (await StatOfAsync("HTTP/1.1 200 OK\r\n\r\n" + body, 69_999)).Outcome);
    }

    [Fact]
    public async Task HeadersOverTheLimitAreTooLarge() =>
        Is(
            Outcome.TooLarge,
            "the headers are larger than 16 KiB",
            await StatOfAsync($"HTTP/1.1 200 OK\r\nX-Large: {new string('x', 100_000)}\r\n\r\n{SmallStat}")
        );

    [Fact]
    public async Task AChunkedBodyIsReadWhole() =>
        Assert.Equal(Outcome.Ok, (await StatOfAsync(Chunked(SmallStat, 7) + "0\r\n\r\n")).Outcome);

    [Fact]
    public async Task AnEncodedBodyIsInvalid() =>
        Is(
            Outcome.Invalid,
            "the body is encoded (gzip), which was not requested",
            await StatOfAsync("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\u001f\u008b\b")
        );

    [Fact]
    public async Task NothingIsAskedForButPlainJson()
    {
        string? head = null;
        await using var server = new RawServer(async connection =>
        {
            head = await connection.RequestAsync();
            await connection.SendAsync(RawServer.Response(200, SmallStat));
        });
        await Bounded(Client(server.Url).GetStatAsync(Ct));
        Assert.Equal($"GET /stat HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\n\r\n", head);
    }

    [Fact]
    public async Task AnErrorTextUnder200IsInvalidAndShown() =>
        Is(
            Outcome.Invalid,
            "HTTP 200 with an error: out of luck",
            await StatOfAsync(200, """{"error":"out of luck"}""")
        );

    [Fact]
    public async Task TheAnswerSaysWhenAndHowLong()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            Clock.Advance(TimeSpan.FromSeconds(2));
            await connection.SendAsync(RawServer.Response(200, SmallStat));
        });
        var begun = Clock.GetUtcNow();
        var answer = await Bounded(Client(server.Url).GetStatAsync(Ct));
        Assert.Equal((begun.AddSeconds(2), TimeSpan.FromSeconds(2)), (answer.At, answer.Took));
        Assert.Equal("", answer.Detail);
    }

    private static string Chunked(string body, int size)
    {
        var text = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (var chunk in body.Chunk(size))
        {
            text.Append($"{chunk.Length:x}\r\n").Append(chunk).Append("\r\n");
        }
        return text.ToString();
    }
}
