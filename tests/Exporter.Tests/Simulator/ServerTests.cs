using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ClustermgrSimulator;
using ClustermgrSimulator.Faults;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

/// <summary>The simulated members on real sockets, and each fault as a client sees it.</summary>
public sealed class ServerTests : IAsyncLifetime
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly SimulatedCluster _cluster = new(
        new SimulatorOptions
        {
            FirstLeader = 1,
            Timings = new Timings { Boot = Delay.Exactly(0.05), Rejoin = Delay.Exactly(0.05) },
        },
        TimeProvider.System
    );

    private readonly HttpClient _client = new() { Timeout = MaxWait };
    private SimulatorServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _server = SimulatorServer.Start(_cluster, IPAddress.Loopback, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _cluster.Dispose();
    }

    [Fact]
    public async Task EveryMemberAnswersForItselfAndNamesTheLeadersAddress()
    {
        for (ulong id = 1; id <= 3; id++)
        {
            var body = await _client.GetStringAsync(Stat(id), Ct);
            Assert.Contains($"\"node_id\":{id},", body, StringComparison.Ordinal);
            Assert.Contains($"\"leader_host\":\"{Url(1).Authority}\"", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnUnknownPathIs404InPlainTextAndTheConnectionLivesOn()
    {
        using var unknown = await _client.GetAsync(new Uri(Url(2), "/nothing"), Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("text/plain", unknown.Content.Headers.ContentType?.MediaType);
        Assert.Contains("leader_host", await _client.GetStringAsync(Stat(2), Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKilledMemberRefusesAndComesBackOnItsPort()
    {
        Assert.NotEmpty(await _client.GetStringAsync(Stat(2), Ct));
        _cluster.Kill(2);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetStringAsync(Stat(2), Ct));
        Assert.Equal(
            SocketError.ConnectionRefused,
            Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode
        );
        _cluster.Start(2);
        var waited = Stopwatch.StartNew();
        while (!_cluster.Members[1].Listening)
        {
            Assert.True(waited.Elapsed < MaxWait, "the member did not listen again");
            await Task.Delay(10, Ct);
        }
        Assert.Contains("\"node_id\":2,", await _client.GetStringAsync(Stat(2), Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHungMemberAcceptsAndAnswersWhenItGoesOn()
    {
        _cluster.Hang(3);
        var waiting = _client.GetStringAsync(Stat(3), Ct);
        await Task.Delay(200, Ct);
        Assert.False(waiting.IsCompleted);
        _cluster.Resume(3);
        Assert.Contains("\"node_id\":3,", await waiting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMemberKilledWhileItHangsResetsWhoWaits()
    {
        _cluster.Hang(3);
        var waiting = _client.GetStringAsync(Stat(3), Ct);
        await Task.Delay(200, Ct);
        _cluster.Kill(3);
        var reset = await Assert.ThrowsAsync<HttpRequestException>(() => waiting);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(Innermost(reset)).SocketErrorCode);
    }

    [Fact]
    public async Task AWriteThatIsCutOffIsDoneAndResetsTheConnection()
    {
        _cluster.SetFaults(1, new MemberFaults { Writes = WriteFault.CutAfter });
        using var content = new StringContent("{\"key\":\"balance\",\"value\":\"Enable\"}");
        var reset = await Assert.ThrowsAsync<HttpRequestException>(() =>
            _client.PostAsync(new Uri(Url(1), "/config/set"), content, Ct)
        );
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(Innermost(reset)).SocketErrorCode);
        Assert.Equal("\"Enable\"", await _client.GetStringAsync(new Uri(Url(3), "/config/get?key=balance"), Ct));
    }

    [Fact]
    public async Task AClientThatLeavesAHungMemberIsForgotten()
    {
        _cluster.Hang(3);
        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _client.GetStringAsync(Stat(3), gone.Token));
        var waited = Stopwatch.StartNew();
        while (_cluster.OpenRequests > 0)
        {
            Assert.True(waited.Elapsed < MaxWait, "the request is still open");
            await Task.Delay(10, Ct);
        }
    }

    [Fact]
    public async Task WithoutAQuorumAReadIsAnsweredWithAStatusThatHttpDoesNotKnow()
    {
        await using var own = new SimulatorServerFixture(new Timings { ReadTimeout = TimeSpan.FromSeconds(0.2) });
        own.Cluster.Kill(2);
        own.Cluster.Kill(3);
        using var response = await _client.GetAsync(new Uri(own.Url(1), "/config/get?key=balance"), Ct);
        Assert.Equal(908, (int)response.StatusCode);
        Assert.Equal("status code 908", response.ReasonPhrase);
        Assert.Contains(
            "raft read index error",
            await response.Content.ReadAsStringAsync(Ct),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ABodyInChunksIsReadLikeAnyOther()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url(1), "/config/set"));
        request.Content = new StringContent("{\"key\":\"balance\",\"value\":\"Enable\"}");
        request.Headers.TransferEncodingChunked = true;
        using var set = await _client.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.Equal("\"Enable\"", await _client.GetStringAsync(new Uri(Url(1), "/config/get?key=balance"), Ct));
    }

    [Fact]
    public async Task SeveralClustersAreServedSideBySideFromThePortsAskedFor()
    {
        using var first = new SimulatedCluster(new SimulatorOptions { Seed = 1 }, TimeProvider.System);
        using var second = new SimulatedCluster(new SimulatorOptions { Seed = 2 }, TimeProvider.System);
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var address = IPAddress.Parse("127.0.83.1"); // no other test uses a port of this address
        taken.Bind(new IPEndPoint(address, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        var refused = Assert.Throws<SocketException>(() =>
            SimulatorServer.Start([first, second], address, TimeProvider.System, port - 3)
        );
        Assert.Equal(SocketError.AddressAlreadyInUse, refused.SocketErrorCode);

        taken.Dispose();
        await using var both = SimulatorServer.Start([first, second], address, TimeProvider.System, port - 3);
        Assert.Equal(port, both.GetUrls(second)[1].Port);
        foreach (var url in both.GetUrls(first).Values.Concat(both.GetUrls(second).Values))
        {
            Assert.Contains("leader_host", await _client.GetStringAsync(new Uri(url, "/stat"), Ct));
        }
    }

    [Fact]
    public async Task HalfABodyIsCutInTheMiddle()
    {
        _cluster.SetFaults(2, new MemberFaults { Body = BodyFault.Half });
        var cut = await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetStringAsync(Stat(2), Ct));
        Assert.Equal(HttpRequestError.ResponseEnded, cut.HttpRequestError);
    }

    [Fact]
    public async Task AHugeBodyIsAsLongAsItSays()
    {
        _cluster.SetFaults(2, new MemberFaults { Body = BodyFault.Huge, HugeBytes = 3 << 20 });
        Assert.Equal(3 << 20, (await _client.GetByteArrayAsync(Stat(2), Ct)).Length);
    }

    [Fact]
    public async Task ATricklingBodyBeginsAndDoesNotEnd()
    {
        _cluster.SetFaults(2, new MemberFaults { Body = BodyFault.Trickle });
        using var response = await _client.GetAsync(Stat(2), HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var body = await response.Content.ReadAsStreamAsync(Ct);
        Assert.Equal(1, await body.ReadAsync(new byte[100], Ct));
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(1500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await body.ReadAsync(new byte[100], soon.Token) > 0) { }
        });
    }

    [Fact]
    public async Task ASwitchSetThroughAFollowerIsReadFromAnother()
    {
        using var content = new StringContent("{\"key\":\"balance\",\"value\":\"Enable\"}");
        using var set = await _client.PostAsync(new Uri(Url(2), "/config/set"), content, Ct);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.Equal("\"Enable\"", await _client.GetStringAsync(new Uri(Url(3), "/config/get?key=balance"), Ct));
    }

    private Uri Url(ulong member) => _server.GetUrls(_cluster)[member];

    private Uri Stat(ulong member) => new(Url(member), "/stat");

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    private sealed class SimulatorServerFixture : IAsyncDisposable
    {
        private readonly SimulatorServer _server;

        public SimulatorServerFixture(Timings timings)
        {
            Cluster = new SimulatedCluster(
                new SimulatorOptions { FirstLeader = 1, Timings = timings },
                TimeProvider.System
            );
            _server = SimulatorServer.Start(Cluster, IPAddress.Loopback, TimeProvider.System);
        }

        public SimulatedCluster Cluster { get; }

        public Uri Url(ulong member) => _server.GetUrls(Cluster)[member];

        public async ValueTask DisposeAsync()
        {
            await _server.DisposeAsync();
            Cluster.Dispose();
        }
    }
}
