using System.Net.Security;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using Clustermgr.Tests.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Collection;

/// <summary>Which clusters share connections, and how long a connection is kept.</summary>
public sealed class SharedTransportsTests : AskingTests
{
    private static readonly TlsConfig Unverified = new(null, null, null, null, InsecureSkipVerify: true);

    private readonly SharedTransports _all = new(new NameResolver());

    /// <summary>The number of this test's requests on each connection. Requests of other tests may arrive too, if the
    /// port of their closed server was reused here.</summary>
    private readonly List<int> _served = [];

    [Fact]
    public void ClustersThatAreAskedAlikeShareOneSetAndOthersHaveTheirOwn()
    {
        List<HttpMessageHandler> leases =
        [
            _all.Acquire(Cluster("http://10.0.0.1:9998", "http://10.0.0.2:9998"), Every(5)),
            _all.Acquire(Cluster("http://10.0.1.1:9998"), Every(5)),
            _all.Acquire(Cluster("https://10.0.2.1:9998"), Every(5)),
        ];
        Assert.Equal(1, _all.Count);

        leases.Add(_all.Acquire(Cluster("https://10.0.3.1:9998") with { Tls = Unverified }, Every(5)));
        Assert.Equal(2, _all.Count);
        leases.Add(_all.Acquire(Cluster("http://10.0.4.1:9998"), Every(15)));
        Assert.Equal(3, _all.Count);

        // Clusters behind one server have their own connections, which count for them only.
        leases.Add(_all.Acquire(Cluster("http://proxy:80/a", "http://proxy:80/b"), Every(5)));
        leases.Add(_all.Acquire(Cluster("http://proxy:80/c"), Every(5)));
        leases.Add(
            _all.Acquire(Cluster("http://10.0.5.1:9998") with { ProxyUrl = new Uri("http://proxy:80") }, Every(5))
        );
        leases.Add(
            _all.Acquire(Cluster("http://10.0.6.1:9998") with { Schedulers = [new Uri("http://proxy:80/s")] }, Every(5))
        );
        Assert.Equal(3, _all.Count);

        leases.ForEach(lease => lease.Dispose());
        leases.ForEach(lease => lease.Dispose());
        Assert.Equal(0, _all.Count);
    }

    [Fact]
    public async Task AClusterThatGoesTakesNoConnectionFromThoseThatStay()
    {
        await using var server = Serve();
        var gone = Of(server, 5);
        var stays = Of(server, 5);
        Assert.Equal(Outcome.Ok, await AskAsync(server, gone));
        gone.Dispose();
        gone.Dispose();

        Assert.Equal(Outcome.Ok, await AskAsync(server, stays));
        Assert.Equal([2], Served);

        stays.Dispose();
        Assert.Equal(0, _all.Count);
        using var anew = Of(server, 5);
        Assert.Equal(Outcome.Ok, await AskAsync(server, anew));
        Assert.Equal([2, 1], Served);
    }

    [Fact]
    public async Task OfALongIntervalAPlainConnectionIsNotKeptButForOneRound()
    {
        var ended = new TaskCompletionSource();
        await using var server = Serve(ended: ended);
        using var http = Of(server, 15);
        Assert.Equal(Outcome.Ok, await AskAsync(server, http));
        Assert.Equal(Outcome.Ok, await AskAsync(server, http));
        Assert.Equal([2], Served);

        await Bounded(ended.Task);
        Assert.Equal(Outcome.Ok, await AskAsync(server, http));
        Assert.Equal([2, 1], Served);
    }

    [Theory]
    [InlineData(5, "http")]
    [InlineData(15, "https")]
    public async Task OfAShortIntervalAndWithTlsItIsKept(int seconds, string scheme)
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Sign("CN=a member", "127.0.0.1");
        await using var server = Serve(async stream =>
        {
            if (scheme == "http")
            {
                return stream;
            }
            var secured = new SslStream(stream);
            await secured.AuthenticateAsServerAsync(certificate);
            return secured;
        });
        var url = new UriBuilder(server.Url) { Scheme = scheme }.Uri;
        using var http = _all.Acquire(Cluster($"{url}") with { Tls = Unverified }, Every(seconds));
        Assert.Equal(Outcome.Ok, await AskAsync(url, http));

        await Task.Delay(MemberConnectionPools.ShortIdleTimeout * 2.5, Ct);

        Assert.Equal(Outcome.Ok, await AskAsync(url, http));
        Assert.Equal([2], Served);
    }

    private int[] Served
    {
        get
        {
            lock (_served)
            {
                return [.. _served];
            }
        }
    }

    private RawServer Serve(Func<Stream, Task<Stream>>? secure = null, TaskCompletionSource? ended = null) =>
        new(
            async connection =>
            {
                int? mine = null;
                while (await connection.RequestAsync() is { } head)
                {
                    if (head.Contains(AuthToken.Header, StringComparison.OrdinalIgnoreCase))
                    {
                        lock (_served)
                        {
                            if (mine is null)
                            {
                                mine = _served.Count;
                                _served.Add(0);
                            }
                            _served[mine.Value]++;
                        }
                    }
                    await connection.SendAsync(RawServer.Response(200, SmallStat));
                }
                if (mine is not null)
                {
                    ended?.TrySetResult();
                }
            },
            secure
        );

    private HttpMessageHandler Of(RawServer server, int seconds) =>
        _all.Acquire(Cluster($"{server.Url}"), Every(seconds));

    private Task<Outcome> AskAsync(RawServer server, HttpMessageHandler http) => AskAsync(server.Url, http);

    private async Task<Outcome> AskAsync(Uri url, HttpMessageHandler http) =>
        (await Bounded(Client(url, secret: "known", http: http).GetStatAsync(Ct))).Outcome;

    private static ExporterConfig Every(int seconds) =>
        new() { Clusters = [], PollInterval = TimeSpan.FromSeconds(seconds) };

    private static ClusterConfig Cluster(params string[] urls) =>
        new() { Name = "c", Members = [.. urls.Select(url => new MemberConfig(url, new Uri(url)))] };
}
