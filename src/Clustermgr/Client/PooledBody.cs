using System.Buffers;

namespace Clustermgr.Client;

/// <summary>One body in a rented buffer, which grows with the data received and not with the length
/// announced.</summary>
public sealed class PooledBody : IDisposable
{
    private const int FirstBytes = 16 << 10;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => Memory.Span;

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>Reads to the end.</summary>
    /// <returns>False when there are more than <paramref name="limit"/> bytes.</returns>
    public async Task<bool> FillAsync(Stream stream, int limit, CancellationToken ct)
    {
        while (true)
        {
            if (Length == _buffer.Length)
            {
                Grow();
            }
            // One byte beyond the limit distinguishes a body that just fits from one that does not.
            var room = (int)Math.Min(_buffer.Length - Length, (long)limit + 1 - Length);
            var read = await stream.ReadAsync(_buffer.AsMemory(Length, room), ct);
            if (read == 0)
            {
                return true;
            }
            Length += read;
            if (Length > limit)
            {
                return false;
            }
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        _buffer = [];
        Length = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, 2 * _buffer.Length));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        _buffer = larger;
    }
}
