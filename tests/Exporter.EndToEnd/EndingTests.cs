using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>On a signal it ends with 0, even if a peer hangs; the peers here would hang for a minute or forever. The
/// five seconds that this takes on an idle machine are not asserted, since the machine may be busy.</summary>
public sealed class EndingTests
{
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task AMemberThatHangsDoesNotHoldUpTheEnd(PosixSignal signal)
    {
        await using var cluster = LocalCluster.Start();
        cluster.Simulated.Hang(2);
        await using var exporter = await ExporterProcess.StartAsync([.. cluster.Flags, "--clustermgr.timeout=1m"], Ct);
        // The others have answered, so the hanging member was asked too, also for /config/get.
        await exporter.ScrapeUntilAsync(
            "the others are up",
            page => page.All("clustermgr_up").Count(up => up.Text == "1") == 2,
            Ct
        );

        exporter.Child.Signal(signal);

        Assert.Equal(0, await exporter.Child.EndAsync(EndDeadline, Ct));
        Assert.Contains("msg=stopping", exporter.Child.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("level=error", exporter.Child.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheDemoEndsToo()
    {
        await using var demo = await ExporterProcess.StartAsync(["demo", "--scenario=follower-hung"], Ct);
        await demo.ReadyAsync(Ct);
        await demo.Child.TypeAsync("hang leader", Ct);

        demo.Child.Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await demo.Child.EndAsync(EndDeadline, Ct));
    }

    [Fact]
    public async Task AScrapeInFlightMayFinishFirst()
    {
        using var folder = new TempFolder();
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={ManyMembers(folder)}"], Ct);
        using var scrape = await SlowScrape.BeginAsync(exporter.Metrics, Ct);

        exporter.Child.Signal(PosixSignal.SIGTERM);
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it is stopping",
            _ => Task.FromResult(exporter.Child.Error.Contains("msg=stopping", StringComparison.Ordinal)),
            () => exporter.Child,
            Ct
        );
        var body = await scrape.FinishAsync(Ct);

        // The page is complete: a truncated one would not parse.
        Assert.Equal(scrape.ContentLength, body.Length);
        Assert.Equal(
            ManyClusters,
            ExpositionParser.Parse(body, MetricsFormat.Text004).All("clustermgr_exporter_clusters").Single().Value
        );
        Assert.Equal(0, await exporter.Child.EndAsync(EndDeadline, Ct));
    }

    [Fact]
    public async Task AScrapeThatIsNeverReadIsCutAndHoldsUpNoEnd()
    {
        using var folder = new TempFolder();
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={ManyMembers(folder)}"], Ct);
        using var scrape = await SlowScrape.BeginAsync(exporter.Metrics, Ct);

        exporter.Child.Signal(PosixSignal.SIGTERM);

        // 0 after the drain of three seconds; on a busy machine the limit of five seconds may end it.
        Assert.True(await exporter.Child.EndAsync(EndDeadline, Ct) is 0 or EndedByItsBound, exporter.Child.ToString());
    }

    [Fact]
    public async Task AThousandIdleConnectionsDoNotHoldUpTheEnd()
    {
        await using var exporter = await ExporterProcess.StartAsync(["--clustermgr.url=http://127.0.0.1:1"], Ct);
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                var client = new TcpClient();
                idle.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, exporter.Metrics.Port, Ct);
            }
            // Each connection has had an answer, and is kept alive.
            foreach (var client in idle)
            {
                await client.GetStream().WriteAsync("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Ct);
            }
            foreach (var client in idle)
            {
                Assert.True(await client.GetStream().ReadAsync(new byte[1024], Ct) > 0);
            }
            exporter.Child.Signal(PosixSignal.SIGTERM);

            Assert.Equal(0, await exporter.Child.EndAsync(EndDeadline, Ct));
        }
        finally
        {
            foreach (var client in idle)
            {
                client.Dispose();
            }
        }
    }

    [Fact]
    public async Task AnAddressThatIsTakenIsToldWithWhatToDo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        foreach (
            var verb in (string[][])
                [
                    ["--clustermgr.url=http://127.0.0.1:1"],
                    ["demo"],
                ]
        )
        {
            var (exit, output, error) = await ExporterProcess.RunAsync(
                [.. verb, $"--web.listen-address=127.0.0.1:{port}"],
                Ct
            );

            Assert.Equal((1, ""), (exit, output));
            Assert.Contains(
                $"127.0.0.1:{port} is in use; choose another with --web.listen-address, "
                    + $"or see who has it: ss -ltnp 'sport = :{port}'",
                error,
                StringComparison.Ordinal
            );
            Assert.DoesNotContain(" at ", error, StringComparison.Ordinal); // no stack
        }
    }

    private const int EndedByItsBound = 128 + 15;

    private const int ManyClusters = 1950;

    /// <summary>A configuration whose page of many megabytes fits into no socket buffer: many clusters with long names
    /// and members that refuse connections.</summary>
    private static string ManyMembers(TempFolder folder)
    {
        var text = new StringBuilder("poll_interval: 1h\nclusters:\n");
        var longName = new string('x', 190);
        for (var i = 0; i < ManyClusters; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"- {{ name: c{i}-{longName}, members: [http://127.1.{i / 200}.{i % 200 + 1}:1, "
                    + $"http://127.2.{i / 200}.{i % 200 + 1}:1, http://127.3.{i / 200}.{i % 200 + 1}:1] }}\n"
            );
        }
        return folder.Write("exporter.yaml", text.ToString());
    }

    /// <summary>A scraper that reads the first bytes of its answer and then waits.</summary>
    private sealed class SlowScrape : IDisposable
    {
        private readonly Socket _socket;
        private readonly MemoryStream _body = new();

        private SlowScrape(Socket socket) => _socket = socket;

        public int ContentLength { get; private set; }

        public static async Task<SlowScrape> BeginAsync(Uri metrics, CancellationToken ct)
        {
            var scrape = new SlowScrape(new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 });
            await scrape._socket.ConnectAsync(IPAddress.Loopback, metrics.Port, ct);
            await scrape._socket.SendAsync("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), ct);
            var head = new byte[2048];
            var length = await scrape._socket.ReceiveAsync(head, ct);
            var text = Encoding.ASCII.GetString(head, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 200 ", text, StringComparison.Ordinal);
            var line = text[..end]
                .Split("\r\n")
                .Single(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
            scrape.ContentLength = int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
            Assert.True(
                scrape.ContentLength > 8 << 20,
                $"{scrape.ContentLength} bytes may fit into buffers: nothing would be in flight"
            );
            scrape._body.Write(head, end + 4, length - end - 4);
            return scrape;
        }

        public async Task<byte[]> FinishAsync(CancellationToken ct)
        {
            var buffer = new byte[64 << 10];
            while (_body.Length < ContentLength && await _socket.ReceiveAsync(buffer, ct) is var read and > 0)
            {
                _body.Write(buffer, 0, read);
            }
            return _body.ToArray();
        }

        public void Dispose() => _socket.Dispose();
    }
}
