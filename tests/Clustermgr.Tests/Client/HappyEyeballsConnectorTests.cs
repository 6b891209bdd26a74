using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Clustermgr.Tests.Client;

public sealed class HappyEyeballsConnectorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _tried = new();
    private readonly HashSet<string> _dropping = [],
        _refusing = [];
    private readonly List<Made> _made = [];
    private readonly HappyEyeballsConnector _race;

    public HappyEyeballsConnectorTests() => _race = new HappyEyeballsConnector(_time, ConnectAsync);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnAddressThatDropsEverythingCostsAQuarterOfASecondOnce()
    {
        _dropping.Add("10.0.0.1");
        var connecting = ConnectAsync("10.0.0.1", "10.0.0.2");
        Assert.Equal(["10.0.0.1"], _tried);
        _time.Advance(HappyEyeballsConnector.AttemptDelay - TimeSpan.FromMilliseconds(1));
        Assert.Equal(["10.0.0.1"], _tried);
        await StepAsync(connecting, TimeSpan.FromMilliseconds(1), 1);
        Assert.Equal("10.0.0.2", ((Made)await Bounded(connecting)).Address);
        _tried.Clear();
        Assert.Equal("10.0.0.2", ((Made)await Bounded(ConnectAsync("10.0.0.1", "10.0.0.2"))).Address);
        Assert.Equal(["10.0.0.2"], _tried); // the working address, at once
    }

    [Fact]
    public async Task OneThatRefusesCostsNothing()
    {
        _refusing.Add("10.0.0.1");
        Assert.Equal("10.0.0.2", ((Made)await Bounded(ConnectAsync("10.0.0.1", "10.0.0.2"))).Address);
    }

    [Fact]
    public async Task WhereAllRefuseTheFirstFailureIsTold()
    {
        _refusing.UnionWith(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
        var e = await Assert.ThrowsAsync<SocketException>(() =>
            Bounded(ConnectAsync("10.0.0.1", "10.0.0.2", "10.0.0.3"))
        );
        Assert.Equal(SocketError.ConnectionRefused, e.SocketErrorCode);
        Assert.Equal(3, _tried.Count);
    }

    [Fact]
    public async Task WhereAllDropItEndsAtTheCallersDeadlineAndLeavesNothingOpen()
    {
        _dropping.UnionWith(["10.0.0.1", "10.0.0.2"]);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var connecting = _race.ConnectAsync(
            "name",
            [.. ((string[])["10.0.0.1", "10.0.0.2"]).Select(IPAddress.Parse)],
            9998,
            deadline.Token
        );
        await StepAsync(connecting, TimeSpan.FromMilliseconds(100), 10);
        Assert.Equal(2, _tried.Count);
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bounded(connecting));
        Assert.Empty(_made);
    }

    [Fact]
    public async Task TheKindsOfAddressTakeTurns()
    {
        _refusing.UnionWith(["10.0.0.1", "10.0.0.2", "fd00::1", "fd00::2"]);
        await Assert.ThrowsAsync<SocketException>(() =>
            Bounded(ConnectAsync("fd00::1", "fd00::2", "10.0.0.1", "10.0.0.2"))
        );
        Assert.Equal(["fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2"], _tried);
    }

    [Fact]
    public async Task AnAddressThatWorkedAndIsGoneIsNoLongerTried()
    {
        _refusing.Add("10.0.0.1");
        await Bounded(ConnectAsync("10.0.0.1", "10.0.0.2"));
        _refusing.Clear();
        _tried.Clear();
        await Bounded(ConnectAsync("10.0.0.3", "10.0.0.4"));
        Assert.Equal(["10.0.0.3"], _tried);
    }

    /// <summary>With real sockets: the first of two addresses refuses, and the member answers on the second.</summary>
    [Fact]
    public async Task AMemberOfTwoAddressesAnswersByTheSecond()
    {
        await using var server = RawServer.Once(
            "HTTP/1.1 200 OK\r\nContent-Length: " + AskingTests.SmallStat.Length + "\r\n\r\n" + AskingTests.SmallStat
        );
        var names = new NameResolver(_ =>
            Task.FromResult<IPAddress[]>([IPAddress.Parse("127.9.9.9"), IPAddress.Loopback])
        );
        using var http = ClustermgrTransport.Create(null, names);
        var client = new ClustermgrClient(
            http,
            new ClientOptions(new Uri($"http://member:{server.Url.Port}"), null, TimeSpan.FromSeconds(30), 1 << 20),
            TimeProvider.System
        );
        var answer = await Bounded(client.GetStatAsync(Ct));
        Assert.Equal((Outcome.Ok, ""), (answer.Outcome, answer.Detail));
    }

    private static Task<T> Bounded<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

    private Task<Stream> ConnectAsync(params string[] addresses) =>
        _race.ConnectAsync("name", [.. addresses.Select(IPAddress.Parse)], 9998, Ct);

    /// <summary>Advances the clock in steps, since the code that waits for it may run on another thread.</summary>
    private async Task StepAsync(Task until, TimeSpan step, int least)
    {
        for (var i = 0; i < least || (_tried.Count < 2 && !until.IsCompleted && i < 200); i++)
        {
            _time.Advance(step);
            await Task.Delay(5, Ct);
        }
    }

    private async Task<Stream> ConnectAsync(IPEndPoint address, CancellationToken ct)
    {
        var text = address.Address.ToString();
        _tried.Enqueue(text);
        if (_dropping.Contains(text))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }
        if (_refusing.Contains(text))
        {
            throw new SocketException((int)SocketError.ConnectionRefused);
        }
        var made = new Made(text);
        lock (_made)
        {
            _made.Add(made);
        }
        return made;
    }

    private sealed class Made(string address) : MemoryStream
    {
        public string Address => address;
    }
}
