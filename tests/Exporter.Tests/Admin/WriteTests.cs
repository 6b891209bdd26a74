using System.Net;
using System.Net.Sockets;
using Clustermgr.Admin;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using ClustermgrSimulator.Faults;
using Microsoft.Extensions.Time.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;

namespace ClustermgrExporter.Tests.Admin;

/// <summary>Writes to members on real sockets, and what each of their answers means.</summary>
public sealed class WriteTests
{
    private const string Secret = "s3cr3t-of-the-cluster";

    private static readonly WriteRequest SetRequest = WriteRequest.ConfigSet("balance", "false");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/config/set", """{"key":"balance","value":"false"}""", nameof(WriteOutcome.Accepted), "200")]
    [InlineData("/config/set", """{"key":"balance"}""", nameof(WriteOutcome.Refused), "HTTP 400: Illegal Arguments")]
    [InlineData(
        "/member/add",
        """{"peer_id":4,"host":"10.0.0.4:10110","member_type":2}""",
        nameof(WriteOutcome.Refused),
        "HTTP 400: Illegal Arguments"
    )]
    [InlineData(
        "/member/add",
        """{"peer_id":2,"host":"10.0.0.4:10110","member_type":2,"node_host":"10.0.0.4:9998"}""",
        nameof(WriteOutcome.Refused),
        "HTTP 910: duplicated member info"
    )]
    [InlineData("/member/remove", """{"peer_id":1}""", nameof(WriteOutcome.Refused), "HTTP 400: Request Not Allow")]
    [InlineData("/member/remove", """{"peer_id":9}""", nameof(WriteOutcome.Refused), "HTTP 400: Illegal Arguments")]
    [InlineData(
        "/leadership/transfer",
        """{"peer_id":9}""",
        nameof(WriteOutcome.Refused),
        "HTTP 400: Illegal Arguments"
    )]
    public async Task WhatTheServerSaysIsWhatIsSaid(string path, string body, string end, string sentence)
    {
        await using var cluster = new WriteServerFixture();
        Assert.Equal(Told(end, sentence), await cluster.SendAsync(1, new WriteRequest(path, body)));
        Assert.Equal(Told(end, sentence), await cluster.SendAsync(2, new WriteRequest(path, body))); // forwarded
    }

    [Fact]
    public async Task AServerThatKnowsNoSuchPathRefuses()
    {
        await using var cluster = new WriteServerFixture();
        Assert.Equal(
            new WriteAnswer(WriteOutcome.Refused, "HTTP 404: 404 page not found"),
            await SendAsync(new Uri(cluster.Url(1), "/no/such/path"), SetRequest)
        );
    }

    [Fact]
    public async Task WithoutALeaderTheMemberSays907AndNothingHasChanged()
    {
        await using var cluster = new WriteServerFixture(
            new Timings { GiveUp = Delay.Exactly(0), ForwardTimeout = TimeSpan.FromSeconds(0.1) }
        );
        cluster.Simulated.Kill(1);
        cluster.Simulated.Kill(3);
        WriteAnswer answer;
        do
        {
            answer = await cluster.SendAsync(2, SetRequest);
        } while (answer.Outcome == WriteOutcome.Unknown); // until it gives up the dead leader
        Assert.Equal(new WriteAnswer(WriteOutcome.Refused, "907: the member knows no leader"), answer);
    }

    [Fact]
    public async Task WithoutAMajorityItHangsThenIs906AndMayTakeEffectLater()
    {
        await using var cluster = new WriteServerFixture();
        cluster.Simulated.Kill(2);
        cluster.Simulated.Kill(3);
        Assert.Equal(
            new WriteAnswer(
                WriteOutcome.Unknown,
                "HTTP 906: raft propose error; it reached no majority in time, and may take effect later"
            ),
            await cluster.SendAsync(1, SetRequest)
        );
    }

    [Theory]
    [InlineData("kill")] // 502 at once, with an empty body
    [InlineData("isolate")] // the same after a timeout
    public async Task AForwardToALostLeaderIsUnknown(string how)
    {
        await using var cluster = new WriteServerFixture();
        SimulatorCommands.Execute(cluster.Simulated, $"{how} 1");
        Assert.Equal(
            new WriteAnswer(WriteOutcome.Unknown, "HTTP 502, with an empty body"),
            await cluster.SendAsync(2, SetRequest)
        );
    }

    [Theory]
    [InlineData(
        908,
        """{"error":"raft read index error"}""",
        nameof(WriteOutcome.Refused),
        "908: a linearizable read reached no quorum"
    )]
    [InlineData(
        200,
        """{"Status":907,"Code":"","Err":{}}""",
        nameof(WriteOutcome.Refused),
        "907: the member knows no leader"
    )]
    [InlineData(200, "", nameof(WriteOutcome.Accepted), "200")]
    [InlineData(302, "", nameof(WriteOutcome.Refused), "HTTP 302, with an empty body")]
    [InlineData(500, "boom", nameof(WriteOutcome.Unknown), "HTTP 500: boom")]
    [InlineData(
        503,
        "<html>",
        nameof(WriteOutcome.Unknown),
        "HTTP 503, an HTML page: a proxy answers in the member's place; check what is behind it, or give the "
            + "member's own URL"
    )]
    [InlineData(400, "echoed s3cr3t-of-the-cluster", nameof(WriteOutcome.Refused), "HTTP 400: echoed (secret)")]
    public async Task OtherAnswersAreReadToo(int status, string body, string end, string sentence)
    {
        using var server = WireMockServer.Start();
        server
            .Given(
                Request.Create().UsingPost().WithPath("/config/set").WithBody("""{"key":"balance","value":"false"}""")
            )
            .RespondWith(Response.Create().WithStatusCode(status).WithBody(body));
        Assert.Equal(Told(end, sentence), await SendAsync(new Uri(server.Url!), SetRequest, Secret));
        Assert.Single(server.LogEntries);
    }

    [Theory]
    [InlineData(Secret, nameof(WriteOutcome.Accepted), "200")]
    [InlineData(
        "another",
        nameof(WriteOutcome.Refused),
        "HTTP 403: the member refuses the token; compare the secret, and the clocks"
    )]
    [InlineData(
        null,
        nameof(WriteOutcome.Refused),
        "HTTP 403: the member asks for a token; configure the secret of its auth section"
    )]
    public async Task TheTokenIsThatOfThePath(string? secret, string end, string sentence)
    {
        await using var cluster = new WriteServerFixture(secret: Secret);
        Assert.Equal(Told(end, sentence), await cluster.SendAsync(1, SetRequest, secret));
    }

    [Theory]
    [InlineData(WriteFault.CutBefore)]
    [InlineData(WriteFault.CutAfter)]
    public async Task AConnectionThatIsCutOnceTheRequestWasTakenInIsUnknownAndNeverTriedAgain(WriteFault fault)
    {
        await using var cluster = new WriteServerFixture();
        cluster.Simulated.SetFaults(1, new MemberFaults { Writes = fault });
        Assert.Equal(WriteOutcome.Unknown, (await cluster.SendAsync(1, SetRequest)).Outcome);
        Assert.Equal(1, cluster.Simulated.WritesReceived);
    }

    /// <summary>The transport itself retries a request when a connection that it kept open turns out to be
    /// closed.</summary>
    [Fact]
    public async Task NotEvenTheTransportSendsItTwice()
    {
        var bodies = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            if (await connection.RequestAsync() is not null)
            {
                Interlocked.Increment(ref bodies); // then the connection ends
            }
        });
        using var http = ClustermgrTransport.Create(null, new NameResolver());
        var admin = new ClustermgrAdmin(http, Options(server.Url), TimeProvider.System);
        Assert.Equal(WriteOutcome.Accepted, (await admin.SendAsync(SetRequest, Ct)).Outcome);
        Assert.Equal(WriteOutcome.Unknown, (await admin.SendAsync(SetRequest, Ct)).Outcome);
        Assert.Equal((1, 1), (bodies, server.Connections));
    }

    [Fact]
    public async Task WhereNobodyListensNothingWasSent()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        Assert.Equal(
            new WriteAnswer(WriteOutcome.NotSent, "connection refused"),
            await SendAsync(new Uri($"http://127.0.0.1:{port}"), SetRequest)
        );
    }

    [Fact]
    public async Task ATlsPortThatIsAskedPlainlyIsNotSaidToHaveTakenAnything()
    {
        await using var server = RawServer.Once("\u0015\u0003\u0001\u0000\u0002\u0002\u0016");
        // Bytes were sent, so the outcome is unknown.
        Assert.Equal(WriteOutcome.Unknown, (await SendAsync(server.Url, SetRequest)).Outcome);
        await using var plain = new RawServer(connection => connection.SendAsync("not TLS at all"));
        Assert.Equal(
            WriteOutcome.NotSent,
            (await SendAsync(new Uri($"https://127.0.0.1:{plain.Port}"), SetRequest)).Outcome
        );
    }

    [Fact]
    public async Task AMemberThatNeverAnswersIsUnknownAfterTheDeadline()
    {
        await using var cluster = new WriteServerFixture();
        cluster.Simulated.Hang(1);
        Assert.Equal(
            new WriteAnswer(WriteOutcome.Unknown, "no answer within 0.5 s"),
            await cluster.SendAsync(1, SetRequest, timeout: TimeSpan.FromSeconds(0.5))
        );
    }

    [Fact]
    public async Task WhoStopsItIsToldThatItIsUnknown()
    {
        await using var cluster = new WriteServerFixture();
        cluster.Simulated.Hang(1);
        using var stop = new CancellationTokenSource();
        using var http = ClustermgrTransport.Create(null, new NameResolver());
        var sending = new ClustermgrAdmin(http, Options(cluster.Url(1)), TimeProvider.System).SendAsync(
            SetRequest,
            stop.Token
        );
        while (cluster.Simulated.WritesReceived == 0)
        {
            await Task.Delay(10, Ct);
        }
        await stop.CancelAsync();
        Assert.Equal(new WriteAnswer(WriteOutcome.Unknown, "stopped while it waited for the answer"), await sending);
    }

    /// <summary>The transport waits for a connection that it never gets, and ignores cancellation.</summary>
    [Fact]
    public async Task ATransportThatNeverSendsEndsAtTheDeadlineAndCanSendNothingAfterIt()
    {
        var clock = new FakeTimeProvider();
        using var transport = new HangingHandler(readsContent: false);
        var sending = new ClustermgrAdmin(transport, Options(new Uri("http://a:1")), clock).SendAsync(SetRequest, Ct);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(
            new WriteAnswer(WriteOutcome.NotSent, "no answer within 60 s"),
            await sending.WaitAsync(TimeSpan.FromSeconds(30), Ct)
        );
        // A connection becomes available later.
        await Assert.ThrowsAnyAsync<Exception>(() => transport.Content!.CopyToAsync(Stream.Null, Ct));
    }

    [Fact]
    public async Task ATransportThatSendsAndNeverReturnsIsUnknownAtTheDeadline()
    {
        var clock = new FakeTimeProvider();
        using var transport = new HangingHandler(readsContent: true);
        var sending = new ClustermgrAdmin(transport, Options(new Uri("http://a:1")), clock).SendAsync(SetRequest, Ct);
        clock.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromTicks(1));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(
            new WriteAnswer(WriteOutcome.Unknown, "no answer within 60 s"),
            await sending.WaitAsync(TimeSpan.FromSeconds(30), Ct)
        );
    }

    /// <summary>The status has arrived and decides the outcome, even if the rest of the answer hangs.</summary>
    [Theory]
    [InlineData(200, nameof(WriteOutcome.Accepted), "200")]
    [InlineData(400, nameof(WriteOutcome.Refused), "HTTP 400: {\"err")]
    [InlineData(500, nameof(WriteOutcome.Unknown), "HTTP 500: {\"err")]
    public async Task AnAnswerThatStopsInTheMiddleEndsAtTheDeadline(int status, string end, string sentence)
    {
        var clock = new FakeTimeProvider();
        using var body = new StalledStream("{\"err"u8.ToArray(), observesCancellation: false);
        using var transport = new StreamHandler(status, body);
        var sending = new ClustermgrAdmin(transport, Options(new Uri("http://a:1")), clock).SendAsync(SetRequest, Ct);
        await body.Stalled.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(Told(end, sentence), await sending.WaitAsync(TimeSpan.FromSeconds(30), Ct));
    }

    [Fact]
    public void NoWriteWaitsShorterThanAForwardToADeadLeaderTakes() =>
        Assert.True(ClustermgrAdmin.Deadline > TimeSpan.FromSeconds(30));

    private static WriteAnswer Told(string end, string sentence) => new(Enum.Parse<WriteOutcome>(end), sentence);

    private static async Task<WriteAnswer> SendAsync(
        Uri url,
        WriteRequest write,
        string? secret = null,
        TimeSpan? timeout = null
    )
    {
        using var http = ClustermgrTransport.Create(null, new NameResolver());
        return await new ClustermgrAdmin(http, Options(url, secret, timeout), TimeProvider.System).SendAsync(write, Ct);
    }

    private static ClientOptions Options(Uri url, string? secret = null, TimeSpan? timeout = null) =>
        new(url, secret, timeout ?? TimeSpan.FromSeconds(60), 1 << 20);

    /// <summary>Three members; node 1 leads. By default their timeouts for reads and forwards are 0.3 s instead of 10 s
    /// and 30 s.</summary>
    private sealed class WriteServerFixture : IAsyncDisposable
    {
        private readonly SimulatorServer _server;

        public WriteServerFixture(Timings? timings = null, string? secret = null)
        {
            Simulated = new SimulatedCluster(
                new SimulatorOptions
                {
                    FirstLeader = 1,
                    Secret = secret,
                    Timings = (timings ?? new Timings { ForwardTimeout = TimeSpan.FromSeconds(0.3) }) with
                    {
                        ReadTimeout = TimeSpan.FromSeconds(0.3),
                    },
                },
                TimeProvider.System
            );
            _server = SimulatorServer.Start(Simulated, IPAddress.Loopback, TimeProvider.System);
        }

        public SimulatedCluster Simulated { get; }

        public Uri Url(ulong member) => _server.GetUrls(Simulated)[member];

        public Task<WriteAnswer> SendAsync(
            ulong member,
            WriteRequest write,
            string? secret = null,
            TimeSpan? timeout = null
        ) => WriteTests.SendAsync(Url(member), write, secret, timeout);

        public async ValueTask DisposeAsync()
        {
            await _server.DisposeAsync();
            Simulated.Dispose();
        }
    }
}
