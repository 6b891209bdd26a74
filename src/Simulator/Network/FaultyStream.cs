namespace ClustermgrSimulator;

/// <summary>A body that is cut in half or that trickles.</summary>
internal sealed class FaultyStream(SimulatedAnswer answer, TimeProvider clock) : Stream
{
    /// <summary>From one byte of a trickling body to the next.</summary>
    public static readonly TimeSpan TrickleInterval = TimeSpan.FromSeconds(1);

    private int _sent;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var trickle = answer.Delivery == Delivery.Trickle;
        var end = trickle ? answer.Body.Length : answer.Body.Length / 2;
        if (trickle && _sent < end)
        {
            await Task.Delay(TrickleInterval, clock, cancellationToken);
        }
        if (_sent >= end)
        {
            if (trickle)
            {
                return 0;
            }
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The body was cut in the middle.");
        }
        var count = trickle ? 1 : Math.Min(buffer.Length, end - _sent);
        answer.Body.Span.Slice(_sent, count).CopyTo(buffer.Span);
        _sent += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
