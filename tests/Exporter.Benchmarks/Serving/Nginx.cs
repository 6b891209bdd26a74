using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClustermgrExporter.Benchmarks.Processes;

namespace ClustermgrExporter.Benchmarks.Serving;

/// <summary>A separate nginx, with its own configuration, folder and port, independent of the system's instance. It
/// serves /plain (no gzip), /dynamic (compresses each answer) and /static (a .gz file beside the plain one).</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly BenchmarkProcess _child;
    private readonly string _folder;

    private Nginx(BenchmarkProcess child, string folder, Uri url)
    {
        _child = child;
        _folder = folder;
        Url = url;
    }

    public Uri Url { get; }

    /// <param name="workers">A number or auto.</param>
    public static async Task<Nginx> StartAsync(string workers, byte[] plain, byte[] gzip, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("nginx-").FullName;
        // Workers of a master that runs as root are another user.
        using (var chmod = Process.Start("chmod", ["755", folder]))
        {
            await chmod.WaitForExitAsync(ct);
        }
        var port = FreePort();
        foreach (var name in new[] { "plain", "dynamic", "static" })
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, name), plain, ct);
        }
        await File.WriteAllBytesAsync(Path.Combine(folder, "static.gz"), gzip, ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), Configuration(folder, port, workers), ct);
        var nginx = new Nginx(
            BenchmarkProcess.Start(
                "nginx",
                ["-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-e", "stderr"],
                Console.Error.WriteLine
            ),
            folder,
            new Uri($"http://127.0.0.1:{port}/")
        );
        try
        {
            await nginx.ListeningAsync(ct);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    /// <summary>Of the master and its workers together.</summary>
    public TimeSpan Cpu() =>
        Workers().Append(_child.Pid).Aggregate(TimeSpan.Zero, (sum, pid) => sum + ProcessSample.Of(pid).Cpu);

    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What a careful administrator would turn on: files stay open, connections are kept, nothing is logged.
    /// </summary>
    private static string Configuration(string folder, int port, string workers) =>
        $$"""
            daemon off;
            worker_processes {{workers}};
            pid {{folder}}/nginx.pid;
            events { worker_connections 1024; }
            http {
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000000;
              open_file_cache max=16;
              default_type text/plain;
              server {
                listen 127.0.0.1:{{port}};
                root {{folder}};
                location = /dynamic { gzip on; gzip_comp_level 1; }
                location = /static { gzip_static on; }
              }
            }

            """.Replace("gzip on;", "gzip on; gzip_types text/plain; gzip_http_version 1.1;", StringComparison.Ordinal);

    private async Task ListeningAsync(CancellationToken ct)
    {
        for (var attempts = 0; ; attempts++)
        {
            if (_child.HasExited)
            {
                throw new InvalidOperationException("nginx ended at once; what it said stands above");
            }
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Url.Port, ct);
                return;
            }
            catch (SocketException) when (attempts < 100)
            {
                await Task.Delay(50, ct);
            }
        }
    }

    private IEnumerable<int> Workers() =>
        File.ReadAllText($"/proc/{_child.Pid}/task/{_child.Pid}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture));

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
