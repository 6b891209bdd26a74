using System.Net;
using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Client;

/// <summary>One deadline for connect, headers and body; the caller may cancel earlier.</summary>
public sealed class DeadlineTests : AskingTests
{
    [Fact]
    public async Task AConnectThatHangsTimesOut()
    {
        using var connecting = new SemaphoreSlim(0);
        using var handler = ClustermgrTransport.Create(null, new NameResolver());
        handler.ConnectCallback = async (_, ct) =>
        {
            connecting.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            throw new InvalidOperationException("unreachable");
        };
        var asking = Client(new Uri("http://127.0.0.1:1"), http: handler).GetStatAsync(Ct);
        await Bounded(connecting.WaitAsync(Ct));
        await TimesOutAsync(asking);
    }

    [Fact]
    public async Task AServerThatHangsBeforeItsHeadersTimesOut()
    {
        var asked = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            asked.SetResult();
            await connection.HangAsync();
        });
        var asking = Client(server.Url).GetStatAsync(Ct);
        await Bounded(asked.Task);
        await TimesOutAsync(asking);
    }

    [Fact]
    public async Task AServerThatTricklesItsBodyTimesOut()
    {
        using var sent = new SemaphoreSlim(0);
        using var more = new SemaphoreSlim(0);
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 76\r\n\r\n");
            foreach (var c in SmallStat)
            {
                await connection.SendAsync(c.ToString());
                sent.Release();
                await more.WaitAsync(connection.Stop);
            }
        });
        var asking = Client(server.Url).GetStatAsync(Ct);
        for (var second = 1; second <= 3; second++)
        {
            await Bounded(sent.WaitAsync(Ct));
            Assert.False(asking.IsCompleted);
            Clock.Advance(TimeSpan.FromSeconds(1));
            more.Release();
        }
        Assert.Equal((Outcome.Timeout, TimeSpan.FromSeconds(3)), Ended(await Bounded(asking)));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task AHalfBodyAndThenSilenceTimesOutAndSaysHowFarItCame(int status)
    {
        var reading = new StalledStream("{\"raft_status\""u8.ToArray(), observesCancellation: true);
        using var http = new StreamHandler(status, reading);
        var asking = Client(new Uri("http://a:1"), http: http).GetStatAsync(Ct);
        await Bounded(reading.Stalled.Task);
        Clock.Advance(TimeSpan.FromSeconds(3));
        Is(Outcome.Timeout, "only 14 bytes of the body came within 3 s", await Bounded(asking));
    }

    [Fact]
    public async Task TheCallerWhoGivesUpGetsAnExceptionAtOnce()
    {
        var asked = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            asked.SetResult();
            await connection.HangAsync();
        });
        using var caller = new CancellationTokenSource();
        var asking = Client(server.Url).GetStatAsync(caller.Token);
        await Bounded(asked.Task);
        await caller.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bounded(asking));
        Assert.Equal(caller.Token, thrown.CancellationToken);
    }

    [Fact]
    public async Task TheCallerWhoGivesUpInTheMiddleOfABodyGetsAnException()
    {
        var reading = new StalledStream("{"u8.ToArray(), observesCancellation: true);
        using var http = new StreamHandler(200, reading);
        using var caller = new CancellationTokenSource();
        var asking = Client(new Uri("http://a:1"), http: http).GetStatAsync(caller.Token);
        await Bounded(reading.Stalled.Task);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bounded(asking));
    }

    /// <summary>For example because it never gets a lock.</summary>
    [Fact]
    public async Task ATransportThatNeverReturnsCostsItsDeadlineAndWhatComesTooLateIsClosed()
    {
        var late = new StalledStream([], observesCancellation: true);
        using var http = new HangingHandler();

        await TimesOutAsync(Client(new Uri("http://127.0.0.1:9998"), http: http).GetStatAsync(Ct));

        http.Answer.SetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(late) });
        Assert.False(late.CanRead); // disposed
    }

    /// <summary>The server sends headers and half a body; then the read ignores its cancellation.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task ABodyWhoseReadNeverReturnsCostsItsDeadline(int status)
    {
        var reading = new StalledStream("{\"raft_status\""u8.ToArray(), observesCancellation: false);
        using var http = new StreamHandler(status, reading);
        var asking = Client(new Uri("http://a:1"), http: http).GetStatAsync(Ct);
        await Bounded(reading.Stalled.Task);
        Clock.Advance(TimeSpan.FromSeconds(3));
        Is(Outcome.Timeout, "only 14 bytes of the body came within 3 s", await Bounded(asking));
    }

    /// <summary>An abandoned read may still write to its buffer, which must not be in use elsewhere by then.</summary>
    [Fact]
    public async Task ABufferThatAnAbandonedReadMayStillWriteToIsNeverUsedAgain()
    {
        var reading = new StalledStream([], observesCancellation: false);
        using var http = new StreamHandler(200, reading);
        var asking = Client(new Uri("http://a:1"), http: http).GetStatAsync(Ct);
        await Bounded(reading.Stalled.Task);
        Clock.Advance(TimeSpan.FromSeconds(3));
        await Bounded(asking);

        var rented = Enumerable
            .Range(0, 64)
            .Select(_ => System.Buffers.ArrayPool<byte>.Shared.Rent(reading.Buffer.Length))
            .ToList();
        reading.Buffer.Span.Fill(0x2A);
        Assert.DoesNotContain(rented, buffer => buffer.AsSpan().IndexOfAnyExcept((byte)0x2A) < 0);
        foreach (var buffer in rented)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [Fact]
    public async Task ACallerWhoGivesUpIsNotKeptByATransportThatHearsNothing()
    {
        using var http = new HangingHandler();
        using var caller = new CancellationTokenSource();
        var asking = Client(new Uri("http://a:1"), http: http).GetStatAsync(caller.Token);
        await caller.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bounded(asking));
        Assert.Equal(caller.Token, thrown.CancellationToken);
    }

    [Fact]
    public async Task ACallerWhoHasGivenUpAlreadyAsksNothing()
    {
        await using var server = RawServer.Once(RawServer.Response(200, SmallStat));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Client(server.Url).GetStatAsync(new CancellationToken(canceled: true))
        );
        Assert.Equal(0, server.Connections);
    }

    private async Task TimesOutAsync(Task<Answer<StatReading>> asking)
    {
        Clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Assert.False(asking.IsCompleted);
        Clock.Advance(TimeSpan.FromTicks(1));
        var answer = await Bounded(asking);
        Is(Outcome.Timeout, "no answer within 3 s", answer);
        Assert.Equal(TimeSpan.FromSeconds(3), answer.Took);
    }

    private static (Outcome, TimeSpan) Ended(Answer<StatReading> answer) => (answer.Outcome, answer.Took);
}
