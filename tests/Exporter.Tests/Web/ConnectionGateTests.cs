using ClustermgrExporter.Web;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>Which connection is closed when all are taken.</summary>
public sealed class ConnectionGateTests : ILogEventSink
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _log = [];
    private readonly ConnectionGate _gate;

    public ConnectionGateTests() =>
        _gate = new ConnectionGate(3, _time, new LoggerConfiguration().WriteTo.Sink(this).CreateLogger());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhoNeverAskedGoesFirstAndTheOldestOfThose()
    {
        var scraper = await OpenAsync();
        Ask(scraper);
        _time.Advance(TimeSpan.FromSeconds(60));
        var silent = await OpenAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        var younger = await OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var next = await OpenAsync();
            Assert.Equal((true, false, false, false), (silent.Aborted, younger.Aborted, scraper.Aborted, next.Aborted));
            silent = younger;
            younger = next;
        }
        Assert.Equal((3, 100), (_gate.Open, (int)_gate.Closed));
        Assert.Equal(2, _log.Count); // 100 s, once a minute
        Assert.StartsWith(
            "Warning: all 3 connections to this server are taken; the longest idle ones are closed, 1 so far: ",
            _log[0],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task OfThoseThatAskedTheLongestSilentGoes()
    {
        Connection[] open = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        foreach (var i in (int[])[1, 0, 2])
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Ask(open[i]);
        }
        _time.Advance(TimeSpan.FromSeconds(60));
        await OpenAsync();
        Assert.Equal([false, true, false], open.Select(connection => connection.Aborted));
    }

    [Fact]
    public async Task WhereAllAreBusyTheNextWaits()
    {
        Connection[] open = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        foreach (var connection in open)
        {
            Ask(connection);
        }
        var room = _gate.EnterAsync(new Connection(hangs: false), Ct).AsTask();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(room.IsCompleted);
        Assert.DoesNotContain(open, connection => connection.Aborted);
        open[0].Close();
        await StepAsync(room);
        Assert.DoesNotContain(open[1..], connection => connection.Aborted);
    }

    /// <summary>A connection takes a moment to close, during which no other one is closed for the same
    /// newcomer.</summary>
    [Fact]
    public async Task OneGoesForOneNewcomerAndWhoHangsInItsEndIsNotWaitedForLong()
    {
        Connection[] open = [await OpenAsync(hangs: true), await OpenAsync(), await OpenAsync()];
        _time.Advance(TimeSpan.FromSeconds(2));
        var room = _gate.EnterAsync(new Connection(hangs: false), Ct).AsTask();
        Assert.Equal((1, false, false), (open[0].Aborts, open[1].Aborted, open[2].Aborted));
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal((1, false, false), (open[0].Aborts, open[1].Aborted, open[2].Aborted));
        await StepAsync(room);
        Assert.Equal((1, true, false), (open[0].Aborts, open[1].Aborted, open[2].Aborted));
    }

    [Fact]
    public async Task AsManyAsThereArePlacesStayAndNobodyGoesBeforeThereIsANewcomer()
    {
        Connection[] open = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.DoesNotContain(open, connection => connection.Aborted);
        Assert.Equal((3, 0L), (_gate.Open, _gate.Closed));
    }

    [Fact]
    public async Task AnAnswerThatTakesLongIsNoSilence()
    {
        Connection[] open = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        var answer = new TaskCompletionSource();
        var answered = Answer(open[0], answer.Task);
        _time.Advance(TimeSpan.FromSeconds(20));
        Ask(open[1]);
        Ask(open[2]);
        _time.Advance(TimeSpan.FromSeconds(10));
        await OpenAsync();
        Assert.Equal((false, true), (open[0].Aborted, open[1].Aborted || open[2].Aborted));
        answer.SetResult();
        await answered;
    }

    /// <summary>A scraper that has just connected, while others send requests all the time.</summary>
    [Fact]
    public async Task WhoHasJustComeIsNotPutOutBeforeItCouldAsk()
    {
        Connection[] open = [await OpenAsync(), await OpenAsync()];
        foreach (var connection in open)
        {
            Ask(connection);
        }
        var fresh = await OpenAsync();
        var room = _gate.EnterAsync(new Connection(hangs: false), Ct).AsTask();
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal((false, false), (room.IsCompleted, fresh.Aborted));
        Ask(fresh);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal((false, false), (room.IsCompleted, fresh.Aborted));
        await StepAsync(room);
        Assert.Equal((true, false), (open[0].Aborted || open[1].Aborted, fresh.Aborted));
    }

    void ILogEventSink.Emit(LogEvent logEvent) =>
        _log.Add($"{logEvent.Level}: {logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)}");

    private async Task<Connection> OpenAsync(bool hangs = false)
    {
        var connection = new Connection(hangs);
        await StepAsync(_gate.EnterAsync(connection, Ct).AsTask());
        return connection;
    }

    /// <summary>Advances the clock until the task has ended; what it waits for begins on another thread.</summary>
    private async Task StepAsync(Task ends)
    {
        for (var i = 0; i < 2000 && !ends.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.02));
            await Task.Delay(1, Ct);
        }
        Assert.True(ends.IsCompleted, "the task does not end");
        await ends;
    }

    private static void Ask(Connection connection) => _ = Answer(connection, Task.CompletedTask);

    private static Task Answer(Connection connection, Task answer) =>
        ConnectionGate.AnswerAsync(new DefaultHttpContext(connection.Features), answer);

    private sealed class Connection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();
        private readonly bool _hangs;

        public Connection(bool hangs)
        {
            _hangs = hangs;
            ConnectionClosed = _closed.Token;
        }

        public int Aborts { get; private set; }

        public bool Aborted => Aborts > 0;

        public void Close() => _closed.Cancel();

        public override void Abort(ConnectionAbortedException abortReason)
        {
            Aborts++;
            if (!_hangs)
            {
                Close();
            }
        }
    }
}
