using System.Diagnostics;
using System.Runtime.InteropServices;
using ClustermgrExporter.Config;
using ClustermgrExporter.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>Signals are for the verb that runs, whatever the server does just then.</summary>
public sealed class SignalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASignalWhileTheServerStartsIsNotItsOwn()
    {
        var listen = ListenAddress.Parse("127.0.0.1:0", _ => [], out _)!;
        using var logs = new SignallingLogs();

        await using var server = await ExporterServer.StartAsync(listen, context => context.Response.WriteAsync("served"), logs);

        Assert.True(logs.Heard, "no signal came while the server started, so nothing was tested");
        using var http = new HttpClient();
        Assert.Equal("served", await http.GetStringAsync(server.Url, Ct));
    }

    /// <summary>Sends SIGTERM to this process once the host is starting, before it listens, and goes on when all who hear it have.</summary>
    private sealed class SignallingLogs : ILoggerFactory
    {
        private readonly ManualResetEventSlim _first = new(), _last = new();
        private readonly PosixSignalRegistration _before;
        private PosixSignalRegistration? _after;

        public SignallingLogs() => _before = Hear(_first);

        public bool Heard { get; private set; }

        public ILogger CreateLogger(string categoryName)
        {
            if (_after is not null || categoryName != "Microsoft.AspNetCore.Hosting.Diagnostics") return NullLogger.Instance;
            // Registrations are told in their order or its reverse: what lies between these two has heard it when both have.
            _after = Hear(_last);
            using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {Environment.ProcessId}"]);
            Heard = _first.Wait(TimeSpan.FromSeconds(60), Ct) && _last.Wait(TimeSpan.FromSeconds(60), Ct);
            return NullLogger.Instance;
        }

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
            _before.Dispose();
            _after?.Dispose();
            _first.Dispose();
            _last.Dispose();
        }

        private static PosixSignalRegistration Hear(ManualResetEventSlim heard) => PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true; // it would end the tests
            heard.Set();
        });
    }
}
