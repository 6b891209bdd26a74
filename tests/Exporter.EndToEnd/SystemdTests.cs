using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>The notifications to systemd, received on a test socket.</summary>
public sealed class SystemdTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ItSaysWhenItServesLivesReloadsAndStops()
    {
        using var folder = new TempFolder();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var path = Path.Combine(folder.Path, "notify");
        manager.Bind(new UnixDomainSocketEndPoint(path));
        var file = folder.Write(
            "exporter.yaml",
            "poll_interval: 1s\ntimeout: 500ms\nclusters: [{ name: a, members: [http://127.0.0.1:1] }]\n"
        );
        await using var exporter = await ExporterProcess.StartAsync(
            [$"--config.file={file}"],
            Ct,
            [KeyValuePair.Create("NOTIFY_SOCKET", path), KeyValuePair.Create("WATCHDOG_USEC", "200000")]
        );

        Assert.Equal("READY=1\nSTATUS=serving 1 cluster", await HeardAsync(manager));
        // Several in each interval, so that a late one has no effect.
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("WATCHDOG=1", await HeardAsync(manager));
        }

        exporter.Child.Signal(PosixSignal.SIGHUP);
        var reloading = await AfterSignsOfLifeAsync(manager);
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$", reloading);
        // The monotonic time of this machine, within a minute of now.
        var now = System.Diagnostics.Stopwatch.GetTimestamp() / (System.Diagnostics.Stopwatch.Frequency / 1_000_000.0);
        Assert.InRange(double.Parse(reloading.Split('=')[2]), now - 60_000_000, now);
        Assert.Equal("READY=1\nSTATUS=serving 1 cluster", await AfterSignsOfLifeAsync(manager));

        exporter.Child.Signal(PosixSignal.SIGTERM);
        Assert.Equal("STOPPING=1", await AfterSignsOfLifeAsync(manager));
        Assert.Equal(0, await exporter.Child.EndAsync(TimeSpan.FromSeconds(20), Ct));
    }

    /// <summary>A service manager that is gone, or watches another process, causes no error.</summary>
    [Fact]
    public async Task AManagerThatIsNotThereIsNoFault()
    {
        await using var exporter = await ExporterProcess.StartAsync(
            ["--clustermgr.url=http://127.0.0.1:1"],
            Ct,
            [
                KeyValuePair.Create("NOTIFY_SOCKET", "/nonexistent/notify"),
                KeyValuePair.Create("WATCHDOG_USEC", "100000"),
                KeyValuePair.Create("WATCHDOG_PID", "1"),
            ]
        );
        await exporter.ReadyAsync(Ct);
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it says that nobody hears it",
            _ => Task.FromResult(exporter.Child.Error.Contains("systemd is unreachable: ", StringComparison.Ordinal)),
            () => exporter.Child,
            Ct
        );
        exporter.Child.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await exporter.Child.EndAsync(TimeSpan.FromSeconds(20), Ct));
    }

    private static async Task<string> AfterSignsOfLifeAsync(Socket manager)
    {
        string heard;
        do
        {
            heard = await HeardAsync(manager);
        } while (heard == "WATCHDOG=1");
        return heard;
    }

    private static async Task<string> HeardAsync(Socket manager)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(ExporterProcess.Patience);
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await manager.ReceiveAsync(buffer, patience.Token));
    }
}
