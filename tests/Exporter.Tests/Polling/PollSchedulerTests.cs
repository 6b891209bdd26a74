using ClustermgrExporter.Polling;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>Stopping a poller waits for its work: an exception there would skip the rest of the shutdown.</summary>
public sealed class PollSchedulerTests : ILogEventSink
{
    private readonly List<string> _log = [];

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task WhatWorkThrowsAtTheEndStaysInside(bool fault, int said)
    {
        using var stop = new CancellationTokenSource();
        using var log = new LoggerConfiguration().WriteTo.Sink(this).CreateLogger();

        await new PollScheduler(new FakeTimeProvider(), log).RunAsync(
            TimeSpan.FromSeconds(1),
            TimeSpan.Zero,
            async ct =>
            {
                await stop.CancelAsync();
                if (fault)
                {
                    throw new InvalidOperationException("disposed while in use");
                }
                ct.ThrowIfCancellationRequested();
            },
            stop.Token
        );

        Assert.Equal(said, _log.Count);
    }

    void ILogEventSink.Emit(LogEvent logEvent) =>
        _log.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
}
