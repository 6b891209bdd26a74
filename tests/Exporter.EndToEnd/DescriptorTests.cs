using System.Net;
using System.Net.Sockets;
using System.Text;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Too few file descriptors, and clients that keep connections open.</summary>
public sealed class DescriptorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Silent connections, half requests, and requests whose answers are not read: many times the
    /// limit.</summary>
    [Theory]
    [InlineData(128, "")]
    [InlineData(128, "GET /metr")]
    [InlineData(200, "GET /metrics HTTP/1.1\r\nHost: x\r\n")]
    [InlineData(160, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task ConnectionsThatAreLeftOpenTakeNothingFromPollsAndScrapes(int limit, string sent)
    {
        NeedNative();
        await using var cluster = LocalCluster.Start();
        await using var exporter = await ExporterProcess.StartLimitedAsync(limit, cluster.Flags, Ct);
        await exporter.ReadyAsync(Ct);
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < 3 * limit; i++)
            {
                sockets.Add(await OpenAsync(exporter.Metrics, sent));
                if (i % limit != limit - 1)
                {
                    continue;
                }
                // On a new connection, like a restarted Prometheus.
                using var http = new System.Net.Http.HttpClient { Timeout = ExporterProcess.Patience };
                var page = await http.GetStringAsync(exporter.Metrics, Ct);
                Assert.Equal(
                    3,
                    page.Split('\n')
                        .Count(line =>
                            line.StartsWith("clustermgr_up{", StringComparison.Ordinal)
                            && line.EndsWith(" 1", StringComparison.Ordinal)
                        )
                );
                // The schedulers of this cluster do not listen.
                var ofMembers = page.Split('\n')
                    .Where(line => !line.Contains("endpoint=\"scheduler\"", StringComparison.Ordinal))
                    .ToList();
                Assert.DoesNotContain(
                    ofMembers,
                    line => line.Contains("outcome=\"refused\"", StringComparison.Ordinal)
                );
                Assert.DoesNotContain(
                    ofMembers,
                    line => line.Contains("outcome=\"timeout\"", StringComparison.Ordinal)
                );
            }
        }
        finally
        {
            foreach (var socket in sockets)
            {
                socket.Dispose();
            }
        }
        Assert.False(exporter.Child.Ended, exporter.Child.ToString());
        Assert.DoesNotContain("bug in this program", exporter.Child.Error, StringComparison.Ordinal);
        Assert.Contains("connections to this server are taken", exporter.Child.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(82)]
    public async Task ALimitThatIsTooLowIsRefusedWithWhatItTakes(int limit)
    {
        NeedNative();
        await using var child = ProgramUnderTest.StartLimited(
            limit,
            ["--clustermgr.url=http://127.0.0.1:1", "--web.listen-address=127.0.0.1:0"]
        );
        Assert.Equal(1, await child.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Contains($"1 member in 1 cluster need up to 84 file descriptors", child.Error, StringComparison.Ordinal);
        Assert.Contains($"this process may open {limit}: raise the limit", child.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", child.Error, StringComparison.Ordinal);
    }

    private static void NeedNative() =>
        Assert.SkipUnless(
            ProgramUnderTest.IsNative,
            "only the native program is measured: the runtime of the other one uses 150 descriptors itself; run "
                + "tests/run-all.sh"
        );

    private static async Task<Socket> OpenAsync(Uri metrics, string sent)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, metrics.Port, Ct);
        try
        {
            if (sent.Length > 0)
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(sent), Ct);
            }
        }
        catch (SocketException)
        {
            // it was already closed for another connection
        }
        return socket;
    }
}
