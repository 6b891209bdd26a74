using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Client;

/// <summary>Linearizable reads share few connections, and do not delay other requests.</summary>
public sealed class ReadLanesTests : AskingTests
{
    private static readonly string Stat = RawServer.Response(200, SmallStat);
    private static readonly string NoDisks = RawServer.Response(200, """{"disks":null,"marker":0}""");
    private static readonly string Enabled = RawServer.Response(200, "\"true\"");

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    public async Task NothingButAGetEverLeavesForAMember(string method)
    {
        await using var server = RawServer.Always(Stat);
        using var http = new HttpMessageInvoker(MemberConnectionPools.Create(null, new NameResolver()));
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Url, "/config/set"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Bounded(http.SendAsync(request, Ct)));
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task AllKeysShareTwoConnections()
    {
        using var two = new CountdownEvent(MemberConnectionPools.LinearizableConnections);
        var both = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            // Nothing is answered until the maximum of two connections is open, so a third one would be noticed.
            if (two.Signal())
            {
                both.SetResult();
            }
            while (await connection.RequestAsync() is not null)
            {
                await both.Task;
                await connection.SendAsync(Enabled);
            }
        });
        using var http = MemberConnectionPools.Create(null, new NameResolver());
        var client = Client(server.Url, http: http);
        var answers = await Bounded(Task.WhenAll(TaskSwitches.Keys.Select(key => client.GetSwitchAsync(key, Ct))));
        Assert.All(answers, answer => Assert.Equal(Outcome.Ok, answer.Outcome));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task AKeyThatHangsHoldsBackNoOtherKey()
    {
        await using var server = new RawServer(async connection =>
        {
            while (await connection.RequestAsync() is { } head)
            {
                if (head.Contains("key=balance ", StringComparison.Ordinal))
                {
                    await connection.HangAsync();
                }
                await connection.SendAsync(Enabled);
            }
        });
        using var http = MemberConnectionPools.Create(null, new NameResolver());
        var client = Client(server.Url, http: http);
        var hung = client.GetSwitchAsync("balance", Ct);
        var others = TaskSwitches.Keys.Remove("balance").Select(key => client.GetSwitchAsync(key, Ct));
        Assert.All(await Bounded(Task.WhenAll(others)), answer => Assert.Equal(Outcome.Ok, answer.Outcome));
        Assert.False(hung.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(Outcome.Timeout, (await Bounded(hung)).Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BehindOneProxyAMemberThatHangsHoldsUpNoOther(bool byProxyUrl)
    {
        await using var proxy = new RawServer(async connection =>
        {
            while (await connection.RequestAsync() is { } head)
            {
                if (head.Contains("node-1", StringComparison.Ordinal))
                {
                    await connection.HangAsync();
                }
                await connection.SendAsync(head.Contains("/stat", StringComparison.Ordinal) ? Stat : Enabled);
            }
        });
        using var http = MemberConnectionPools.Create(
            null,
            new NameResolver(),
            byProxyUrl ? proxy.Url : null,
            members: 2
        );
        var clients = Enumerable
            .Range(1, 2)
            .Select(node =>
                Client(byProxyUrl ? new($"http://node-{node}.test:9998") : new(proxy.Url, $"node-{node}"), http: http)
            )
            .ToArray();
        var hung = TaskSwitches.Keys.Take(2).Select(key => clients[0].GetSwitchAsync(key, Ct)).ToList();
        var stat = clients[0].GetStatAsync(Ct);
        Assert.Equal(Outcome.Ok, (await Bounded(clients[1].GetSwitchAsync("balance", Ct))).Outcome);
        Assert.Equal(Outcome.Ok, (await Bounded(clients[1].GetStatAsync(Ct))).Outcome);
        Assert.False(stat.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(3));
        await Bounded(Task.WhenAll(hung));
        Assert.Equal(Outcome.Timeout, (await Bounded(stat)).Outcome);
    }

    [Fact]
    public async Task WhileEveryKeyHangsStatAndDisksAreAnsweredAndEachKeyKeepsItsOwnDeadline()
    {
        using var asked = new SemaphoreSlim(0);
        await using var server = new RawServer(async connection =>
        {
            while (await connection.RequestAsync() is { } head)
            {
                asked.Release();
                if (head.StartsWith("GET /config/", StringComparison.Ordinal))
                {
                    await connection.HangAsync();
                }
                await connection.SendAsync(head.StartsWith("GET /stat ", StringComparison.Ordinal) ? Stat : NoDisks);
            }
        });
        using var http = MemberConnectionPools.Create(null, new NameResolver());
        var client = Client(server.Url, http: http);
        var keys = TaskSwitches.Keys.Select(key => client.GetSwitchAsync(key, Ct)).ToList();
        for (var connection = 0; connection < MemberConnectionPools.LinearizableConnections; connection++)
        {
            await Bounded(asked.WaitAsync(Ct));
        }
        Assert.Equal(Outcome.Ok, (await Bounded(client.GetStatAsync(Ct))).Outcome);
        Assert.Equal(Outcome.Ok, (await Bounded(client.ListDisksAsync(DiskStatus.Broken, 0, Ct))).Outcome);
        Assert.DoesNotContain(keys, key => key.IsCompleted);
        // Includes those that wait for a connection: no request waits for several deadlines.
        Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.All(
            await Bounded(Task.WhenAll(keys)),
            key =>
                Assert.Equal(
                    (Outcome.Timeout, "no answer within 3 s", TimeSpan.FromSeconds(3)),
                    (key.Outcome, key.Detail, key.Took)
                )
        );
    }
}
