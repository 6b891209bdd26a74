using System.IO.Pipelines;
using ClustermgrExporter.Exposition;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class PieceWriterTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData()]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(65536, 1)]
    [InlineData(1, 65535, 1)]
    [InlineData(65537, 3, 0, 200_000, 1)]
    public async Task EveryByteArrivesOnceAndInOrder(params int[] lengths)
    {
        byte next = 0;
        var pieces = lengths
            .Select(length => new ReadOnlyMemory<byte>([.. Enumerable.Range(0, length).Select(_ => unchecked(next++))]))
            .ToList();
        using var target = new MemoryStream();
        await PipeBlockWriter.WriteAsync(PipeWriter.Create(target), pieces, lengths.Sum(), Ct);
        Assert.Equal(pieces.SelectMany(piece => piece.ToArray()), target.ToArray());
    }

    [Fact]
    public async Task AReaderThatLeavesEndsTheCopyingAfterOneBlock()
    {
        var taken = 0;
        IEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            for (; taken < 1000; taken++)
            {
                yield return new byte[16 << 10];
            }
        }
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        await PipeBlockWriter.WriteAsync(pipe.Writer, Pieces(), 1000 * (16 << 10), Ct);
        Assert.InRange(taken, 1, 8);
    }

    [Fact]
    public async Task ASlowReaderHoldsBackWhatIsCopied()
    {
        var taken = 0;
        IEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            for (; taken < 1000; taken++)
            {
                yield return new byte[16 << 10];
            }
        }
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 64 << 10, resumeWriterThreshold: 32 << 10));
        var writing = PipeBlockWriter.WriteAsync(pipe.Writer, Pieces(), 1000 * (16 << 10), Ct).AsTask();
        Assert.False(writing.IsCompleted);
        Assert.InRange(taken, 1, 8);
        await pipe.Reader.CompleteAsync();
        await writing.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }
}
