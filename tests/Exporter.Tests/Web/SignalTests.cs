using System.Diagnostics;
using System.Runtime.InteropServices;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Web;
using ClustermgrExporter.Web.Access;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>Signals are for the verb that runs, whatever the server is doing.</summary>
public sealed class SignalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASignalWhileTheServerStartsIsNotItsOwn()
    {
        var options = new ServerOptions([ListenAddress.Parse("127.0.0.1:0", _ => [], out _)!], "/metrics");
        using var signalling = new SignallingSink();
        await using var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(signalling).CreateLogger();
        var registry = new ClusterRegistry(
            (_, _) => throw new InvalidOperationException("there is no cluster"),
            TimeProvider.System,
            log
        );
        var telemetry = new ExporterTelemetry(() => new ConfigState(true, Samples.Now, 0), () => null);
        var site = new PageRouter(
            options,
            registry,
            new ExporterPage(telemetry, TimeProvider.System),
            TimeProvider.System,
            () => Task.FromResult(false)
        );

        await using var server = await ExporterServer.StartAsync(
            options,
            site,
            telemetry,
            new AccessGate(WebConfig.None, healthWithoutAuth: false),
            new ConnectionGate(DescriptorBudget.MaxScrapes, TimeProvider.System, log),
            log
        );

        Assert.True(signalling.Heard, "no signal came while the server started, so nothing was tested");
        using var http = new HttpClient();
        Assert.Equal(
            "clustermgr-exporter is healthy.\n",
            await http.GetStringAsync(new Uri(server.Url, "/-/healthy"), Ct)
        );
    }

    /// <summary>Sends SIGTERM to this process when the host logs that it starts, before it listens, and continues when
    /// all handlers have received it.</summary>
    private sealed class SignallingSink : ILogEventSink, IDisposable
    {
        private readonly ManualResetEventSlim _first = new(),
            _last = new();
        private readonly PosixSignalRegistration _before;
        private PosixSignalRegistration? _after;

        public SignallingSink() => _before = Hear(_first);

        public bool Heard { get; private set; }

        public void Emit(LogEvent logEvent)
        {
            var source = (logEvent.Properties.GetValueOrDefault("SourceContext") as ScalarValue)?.Value as string;
            if (_after is not null || source != "Microsoft.AspNetCore.Hosting.Diagnostics")
            {
                return;
            }
            // Handlers are called in the order of their registration or in reverse: when both of these were called,
            // those between them were called, too.
            _after = Hear(_last);
            using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {Environment.ProcessId}"]);
            Heard = _first.Wait(TimeSpan.FromSeconds(60), Ct) && _last.Wait(TimeSpan.FromSeconds(60), Ct);
        }

        public void Dispose()
        {
            _before.Dispose();
            _after?.Dispose();
            _first.Dispose();
            _last.Dispose();
        }

        private static PosixSignalRegistration Hear(ManualResetEventSlim heard) =>
            PosixSignalRegistration.Create(
                PosixSignal.SIGTERM,
                signal =>
                {
                    signal.Cancel = true; // it would stop the tests
                    heard.Set();
                }
            );
    }
}
