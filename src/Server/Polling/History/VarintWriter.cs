using System.Numerics;
using System.Text;

namespace ClustermgrExporter.Polling.History;

/// <summary>Writes numbers with a variable length (LEB128): seven bits per byte, the lowest first.</summary>
internal ref struct VarintWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _target[..Length];

    public void WriteByte(byte value) => _target[Length++] = value;

    public void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            WriteByte((byte)(value | 0x80));
        }
        WriteByte((byte)value);
    }

    /// <summary>Zigzag-encoded, so that small negative numbers are short too.</summary>
    public void WriteZigzag(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    public void WriteString(ReadOnlySpan<char> text)
    {
        WriteVarint((ulong)Encoding.UTF8.GetByteCount(text));
        Length += Encoding.UTF8.GetBytes(text, _target[Length..]); // half a surrogate pair becomes U+FFFD
    }
}

/// <summary>Reads what <see cref="VarintWriter"/> wrote.</summary>
internal ref struct VarintReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;

    public int Position { get; private set; }

    public byte ReadByte() => _source[Position++];

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    public long ReadZigzag()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public string ReadString()
    {
        var length = (int)ReadVarint();
        Position += length;
        return Encoding.UTF8.GetString(_source.Slice(Position - length, length));
    }
}

/// <summary>A buffer of rows: new ones are appended at the end, old ones are dropped from the front. It grows up to its
/// limit.</summary>
internal sealed class RowBuffer(int maxBytes)
{
    private byte[] _buffer = [];
    private int _start,
        _length;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start, _length);

    public bool Fits(int more) => _length + more <= maxBytes;

    /// <param name="row">Must fit; see <see cref="Fits"/>.</param>
    public void Append(ReadOnlySpan<byte> row)
    {
        if (_start + _length + row.Length > _buffer.Length)
        {
            var needed = _length + row.Length;
            var buffer =
                needed <= _buffer.Length
                    ? _buffer
                    : new byte[Math.Min(maxBytes, Math.Max(256, (int)BitOperations.RoundUpToPowerOf2((uint)needed)))];
            Bytes.CopyTo(buffer);
            _buffer = buffer;
            _start = 0;
        }
        row.CopyTo(_buffer.AsSpan(_start + _length));
        _length += row.Length;
    }

    public void Drop(int bytes) => (_start, _length) = (_start + bytes, _length - bytes);
}
