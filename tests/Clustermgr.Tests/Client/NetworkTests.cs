using System.Net;
using System.Net.Sockets;
using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Client;

/// <summary>Network faults and the resulting outcomes.</summary>
public sealed class NetworkTests : AskingTests
{
    [Fact]
    public async Task NobodyListensIsRefused()
    {
        using var held = new Socket(SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound but not listening: no other process can take the port
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)held.LocalEndPoint!).Port}");
        Is(Outcome.Refused, "connection refused", await Bounded(Client(url).GetStatAsync(Ct)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    public async Task AConnectionThatEndsBeforeTheHeadersDoIsRefused(string said) =>
        Is(
            Outcome.Refused,
            "connection closed before an answer; perhaps the port speaks TLS: write https://",
            await StatOfAsync(said)
        );

    [Fact]
    public async Task AConnectionThatIsResetBeforeAnAnswerIsRefused()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            connection.Reset();
        });
        Is(Outcome.Refused, "connection reset before an answer", await Bounded(Client(server.Url).GetStatAsync(Ct)));
    }

    /// <summary>This happens after a restart of the member, or when a firewall has dropped the connection.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AReusedConnectionThatEndsBeforeTheAnswerIsOneMoreTryOnANewOne(bool reset)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            await connection.SendAsync(RawServer.Response(200, SmallStat));
            await connection.RequestAsync();
            if (reset)
            {
                connection.Reset();
            }
        });
        using var http = MemberConnectionPools.Create(null, new NameResolver());
        var client = Client(server.Url, http: http);
        for (var i = 1; i <= 4; i++)
        {
            Assert.Equal(Outcome.Ok, (await Bounded(client.GetStatAsync(Ct))).Outcome);
            Assert.Equal(i, server.Connections);
        }
    }

    [Fact]
    public async Task AProxyIsAskedInTheMembersPlace()
    {
        var asked = "";
        await using var proxy = new RawServer(async connection =>
        {
            asked = await connection.RequestAsync() ?? "";
            await connection.SendAsync(RawServer.Response(200, SmallStat));
        });
        using var http = MemberConnectionPools.Create(null, new NameResolver(), proxy.Url);
        var client = Client(new Uri("http://member.example:9998"), http: http);
        Assert.Equal(Outcome.Ok, (await Bounded(client.GetStatAsync(Ct))).Outcome);
        Assert.StartsWith("GET http://member.example:9998/stat HTTP/1.1\r\n", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnANewConnectionThereIsNoOtherTry()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            connection.Reset();
        });
        using var http = MemberConnectionPools.Create(null, new NameResolver());
        Is(
            Outcome.Refused,
            "connection reset before an answer",
            await Bounded(Client(server.Url, http: http).GetStatAsync(Ct))
        );
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("220 smtp.example ESMTP\r\n")]
    [InlineData("HTTP/1.1 two hundred\r\n\r\n")]
    [InlineData("\0\u0001\u0002\u00ff\r\n\r\n")]
    public async Task AnotherProtocolIsInvalid(string said)
    {
        var answer = await StatOfAsync(said);
        Assert.Equal(Outcome.Invalid, answer.Outcome);
        Assert.StartsWith("not an HTTP answer: ", answer.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Detail, char.IsControl);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\n{\"raft_status\":", "cut short after 15 bytes: ")]
    [InlineData("Content-Length: 100\r\n\r\n", "cut short after 0 bytes: ")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nf\r\n{\"raft_status\":\r\n", "cut short after 15 bytes: ")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nf\r\n{\"raft_status\":\r\nmud\r\n", "cut short after ")]
    public async Task ABodyThatEndsTooEarlyIsInvalid(string said, string detail)
    {
        var answer = await StatOfAsync("HTTP/1.1 200 OK\r\n" + said);
        Assert.Equal(Outcome.Invalid, answer.Outcome);
        Assert.StartsWith(detail, answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABodyThatIsResetIsInvalid()
    {
        var got = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"raft_status\":");
            await got.Task; // the reset would overtake the bytes
            connection.Reset();
        });
        using var http = new SeenHandler(got);
        var answer = await Bounded(Client(server.Url, http: http).GetStatAsync(Ct));
        Assert.Equal(Outcome.Invalid, answer.Outcome);
        Assert.StartsWith("cut short after ", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnErrorWhoseTextIsCutIsStillThatError()
    {
        var cut = "Content-Length: 100\r\n\r\n{\"err";
        Assert.Equal(Outcome.ReadIndex, (await StatOfAsync("HTTP/1.1 908 X\r\n" + cut)).Outcome);
        Is(Outcome.HttpError, "HTTP 500: {\"err", await StatOfAsync("HTTP/1.1 500 X\r\n" + cut));
    }

    [Fact]
    public async Task PollsShareOneConnection()
    {
        await using var server = RawServer.Always(RawServer.Response(200, SmallStat));
        var client = Client(server.Url);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(Outcome.Ok, (await Bounded(client.GetStatAsync(Ct))).Outcome);
        }
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task AnErrorDoesNotCostTheConnection()
    {
        await using var server = RawServer.Always(RawServer.Response(908, """{"error":"raft read index error"}"""));
        var client = Client(server.Url);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Outcome.ReadIndex, (await Bounded(client.GetStatAsync(Ct))).Outcome);
        }
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task AConnectionThatClosedBetweenPollsIsReplaced()
    {
        await using var server = RawServer.Once(RawServer.Response(200, SmallStat));
        var client = Client(server.Url);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Outcome.Ok, (await Bounded(client.GetStatAsync(Ct))).Outcome);
        }
        Assert.Equal(5, server.Connections);
    }

    [Fact]
    public async Task ARequestThatHangsDoesNotHoldBackAnother()
    {
        await using var server = new RawServer(async connection =>
        {
            while (await connection.RequestAsync() is { } head)
            {
                if (head.StartsWith("GET /config", StringComparison.Ordinal))
                {
                    await connection.HangAsync();
                }
                await connection.SendAsync(RawServer.Response(200, SmallStat));
            }
        });
        var client = Client(server.Url);
        var hanging = client.GetSwitchAsync("disk_repair", Ct);
        Assert.Equal(Outcome.Ok, (await Bounded(client.GetStatAsync(Ct))).Outcome);
        Assert.False(hanging.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(3));
        Is(Outcome.Timeout, "no answer within 3 s", await Bounded(hanging));
    }

    [Fact]
    public async Task ANameThatDoesNotResolveIsDns()
    {
        // First as the transport reports it, then with the real resolver: .invalid never resolves.
        using var http = new ThrowingHandler(
            new HttpRequestException(HttpRequestError.NameResolutionError, "Name or service not known")
        );
        var url = new Uri("http://clustermgr.invalid:9998");
        Is(
            Outcome.Dns,
            "the host name does not resolve; check the URL and DNS",
            await Bounded(Client(url, http: http).GetStatAsync(Ct))
        );
        Is(
            Outcome.Dns,
            "the host name does not resolve; check the URL and DNS",
            await Bounded(Client(url).GetStatAsync(Ct))
        );
    }

    [Fact]
    public async Task WhatTheKernelSaysOfARouteIsInTheDetail()
    {
        using var http = new ThrowingHandler(
            new HttpRequestException(
                HttpRequestError.ConnectionError,
                "x",
                new SocketException((int)SocketError.HostUnreachable)
            )
        );
        var answer = await Bounded(Client(new Uri("http://10.0.0.1:9998"), http: http).GetStatAsync(Ct));
        Assert.Equal(Outcome.Refused, answer.Outcome);
        Assert.StartsWith("no connection: ", answer.Detail, StringComparison.Ordinal);
    }

    private sealed class ThrowingHandler(Exception exception) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) =>
            Task.FromException<HttpResponseMessage>(exception);
    }

    /// <summary>Signals when the headers have arrived.</summary>
    private sealed class SeenHandler(TaskCompletionSource seen)
        : DelegatingHandler(
            global::Clustermgr.Client.ClustermgrTransport.Create(null, new global::Clustermgr.Client.NameResolver())
        )
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            var response = await base.SendAsync(request, ct);
            seen.SetResult();
            return response;
        }
    }
}
