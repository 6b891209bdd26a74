using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ClustermgrSimulator;

/// <summary>One HTTP/1.1 connection, kept alive: as much of the protocol as clients of clustermgr use.</summary>
internal sealed class HttpConnection(Socket socket, SimulatedCluster cluster, ulong member, TimeProvider clock)
    : IDisposable
{
    private const int MostHead = 16 << 10,
        MostBody = 1 << 20;

    private readonly CancellationTokenSource _aborted = new();
    private byte[] _buffer = new byte[2048];
    private int _filled;

    /// <summary>Resets the connection.</summary>
    public void Abort()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return; // it was closed from the other side
        }
        socket.Dispose();
        _aborted.Cancel();
    }

    /// <summary>Not before <see cref="ServeAsync"/> has ended.</summary>
    public void Dispose()
    {
        socket.Dispose();
        _aborted.Dispose();
    }

    public async Task ServeAsync()
    {
        try
        {
            socket.NoDelay = true;
            while (await ReadAsync() is { } head && await RespondAsync(head)) { }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // the client left, or the member was killed
        }
    }

    private async Task<HttpHead?> ReadAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync(MostHead))
            {
                return null;
            }
        }
        var head = HttpHead.Parse(Encoding.Latin1.GetString(_buffer, 0, end));
        if (head is null || head.Length is not (>= 0 and <= MostBody))
        {
            await SendAsync(
                Head(
                    SimulatedAnswer.Empty(
                        head is null ? 400
                        : head.Length < 0 ? 411
                        : 413
                    )
                )
            );
            return null;
        }
        var total = end + 4 + head.Length;
        while (_filled < total)
        {
            if (!await FillAsync(total))
            {
                return null;
            }
        }
        head.Body = _buffer.AsSpan(end + 4, head.Length).ToArray();
        _filled -= total;
        _buffer.AsSpan(total, _filled).CopyTo(_buffer);
        return head;
    }

    private async Task<bool> FillAsync(int most)
    {
        if (_filled == _buffer.Length)
        {
            if (_filled >= most)
            {
                return false;
            }
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Math.Min(most, 1 << 16)));
        }
        var count = await socket.ReceiveAsync(_buffer.AsMemory(_filled), SocketFlags.None, _aborted.Token);
        _filled += count;
        return count > 0;
    }

    /// <summary>False where the connection ends with the answer.</summary>
    private async Task<bool> RespondAsync(HttpHead head)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(_aborted.Token);
        var pending = cluster.AnswerAsync(member, head.Method, head.Target, head.Token, head.Body, left.Token);
        var watch = pending.IsCompleted ? Task.CompletedTask : WatchAsync(left);
        var answer = await pending;
        await left.CancelAsync();
        await watch;
        if (answer.Delivery is Delivery.Refused or Delivery.Reset)
        {
            Abort();
            return false;
        }
        await SendAsync(Head(answer));
        switch (answer.Delivery)
        {
            case Delivery.Half:
                await SendAsync(answer.Body[..(answer.Body.Length / 2)]);
                return false;
            case Delivery.Trickle:
                for (var i = 0; i < answer.Body.Length; i++)
                {
                    await Task.Delay(FaultyStream.TrickleEvery, clock, _aborted.Token);
                    await SendAsync(answer.Body.Slice(i, 1));
                }
                break;
            default:
                await SendAsync(answer.Body);
                break;
        }
        return head.KeepAlive;
    }

    /// <summary>Notices that the client gives up while it waits, so that a hung member does not gather requests.
    /// </summary>
    private async Task WatchAsync(CancellationTokenSource left)
    {
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, left.Token);
            if (socket.Available == 0)
            {
                await left.CancelAsync();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // answered, or aborted: whoever did it goes on
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, _aborted.Token)..];
        }
    }

    private static ReadOnlyMemory<byte> Head(SimulatedAnswer answer)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} status code {answer.Status}\r\n");
        if (answer.ContentType is { } type)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Type: {type}\r\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Body.Length}\r\n\r\n");
        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
