using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClustermgrExporter.Tests.Support;

/// <summary>
/// A server that sends exactly the bytes that a test specifies, on a real socket. An exception of the script ends its
/// connection only: clients that hang up are part of the tests.
/// </summary>
public sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Stream, Task<Stream>> _secure;
    private readonly Func<RawConnection, Task> _script;
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    public RawServer(Func<RawConnection, Task> script, Func<Stream, Task<Stream>>? secure = null)
    {
        _script = script;
        _secure = secure ?? Task.FromResult;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}");

    public int Connections { get; private set; }

    /// <summary>Answers each request on a connection with the same bytes.</summary>
    public static RawServer Always(string response) => Always(Encoding.Latin1.GetBytes(response));

    public static RawServer Always(byte[] response) =>
        new(async connection =>
        {
            while (await connection.RequestAsync() is not null)
            {
                await connection.SendAsync(response);
            }
        });

    /// <summary>Answers once and closes.</summary>
    public static RawServer Once(string response) => Once(Encoding.Latin1.GetBytes(response));

    public static RawServer Once(byte[] response) =>
        new(async connection =>
        {
            await connection.RequestAsync();
            await connection.SendAsync(response);
        });

    /// <summary>A whole response with a body of UTF-8.</summary>
    public static string Response(int status, string body) =>
        $"HTTP/1.1 {status} Whatever\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n"
        + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting.WaitAsync(TimeSpan.FromSeconds(20));
        _listener.Stop();
        await Task.WhenAll(_connections).WaitAsync(TimeSpan.FromSeconds(20));
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Connections++;
                _connections.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
            // the end of the test
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using var network = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await using var stream = await _secure(network);
            await _script(new RawConnection(socket, stream, _stop.Token));
        }
        catch (Exception e)
            when (e
                    is IOException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or System.Security.Authentication.AuthenticationException
            )
        {
            // the client is gone, or the test is over
        }
    }
}

/// <summary>One accepted connection.</summary>
public sealed class RawConnection(Socket socket, Stream stream, CancellationToken stop)
{
    /// <summary>Cancelled when the test is over.</summary>
    public CancellationToken Stop => stop;

    public Task SendAsync(string latin1) => SendAsync(Encoding.Latin1.GetBytes(latin1));

    public async Task SendAsync(byte[] bytes)
    {
        await stream.WriteAsync(bytes, stop);
        await stream.FlushAsync(stop);
    }

    /// <summary>The head of the next request; null when the client has closed.</summary>
    public async Task<string?> RequestAsync()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop) == 0)
            {
                return null;
            }
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    /// <summary>The body that follows a head, by its Content-Length.</summary>
    public async Task<string> BodyAsync(string head)
    {
        var length = head.Split("\r\n")
            .First(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
            .Split(": ")[1];
        var body = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stop);
        return Encoding.UTF8.GetString(body);
    }

    /// <summary>Sends nothing more until the test is over.</summary>
    public Task HangAsync() => Task.Delay(Timeout.InfiniteTimeSpan, stop);

    /// <summary>Closes with a reset instead of an end.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }
}
