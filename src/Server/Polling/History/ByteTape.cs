using System.Numerics;

namespace ClustermgrExporter.Polling.History;

/// <summary>Rows of bytes: new ones at the end, old ones dropped from the front. Grows to its bound as it is filled.
/// </summary>
internal sealed class ByteTape(int mostBytes)
{
    private byte[] _buffer = [];
    private int _start,
        _length;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start, _length);

    public bool Fits(int more) => _length + more <= mostBytes;

    /// <param name="row">That fits.</param>
    public void Append(ReadOnlySpan<byte> row)
    {
        if (_start + _length + row.Length > _buffer.Length)
        {
            var needed = _length + row.Length;
            var buffer =
                needed <= _buffer.Length
                    ? _buffer
                    : new byte[Math.Min(mostBytes, Math.Max(256, (int)BitOperations.RoundUpToPowerOf2((uint)needed)))];
            Bytes.CopyTo(buffer);
            (_buffer, _start) = (buffer, 0);
        }
        row.CopyTo(_buffer.AsSpan(_start + _length));
        _length += row.Length;
    }

    public void Drop(int bytes) => (_start, _length) = (_start + bytes, _length - bytes);
}
