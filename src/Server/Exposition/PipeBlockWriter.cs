using System.IO.Pipelines;

namespace ClustermgrExporter.Exposition;

/// <summary>Copies finished bytes to a reader, in blocks: requesting memory from the pipe for every small piece costs
/// more than the copy.</summary>
internal static class PipeBlockWriter
{
    // A slow reader must not make the server hold the whole page: what is written is flushed every so often.
    private const int BlockBytes = 64 << 10;

    /// <summary>Writes and flushes; ends early, without an error, when the reader is gone.</summary>
    /// <param name="length">Total length of all pieces.</param>
    /// <returns>False if the reader left before the end.</returns>
    public static async ValueTask<bool> WriteAsync(
        PipeWriter target,
        IEnumerable<ReadOnlyMemory<byte>> pieces,
        long length,
        CancellationToken ct
    )
    {
        var block = Memory<byte>.Empty;
        var filled = 0;
        foreach (var piece in pieces)
        {
            for (var rest = piece; !rest.IsEmpty; )
            {
                if (filled == block.Length)
                {
                    if (filled > 0)
                    {
                        target.Advance(filled);
                        length -= filled;
                        if ((await target.FlushAsync(ct)).IsCompleted)
                        {
                            return false;
                        }
                    }
                    block = target.GetMemory((int)Math.Clamp(length, 1, BlockBytes));
                    filled = 0;
                }
                var count = Math.Min(rest.Length, block.Length - filled);
                rest.Span[..count].CopyTo(block.Span[filled..]);
                filled += count;
                rest = rest[count..];
            }
        }
        target.Advance(filled);
        return !(await target.FlushAsync(ct)).IsCompleted;
    }
}
