using System.Net;

namespace ClustermgrExporter.Tests.Support;

/// <summary>Takes each request and never returns, whatever is cancelled.</summary>
/// <param name="readsContent">Whether the content of a request is read, as when it is sent.</param>
public sealed class HangingHandler(bool readsContent = false) : HttpMessageHandler
{
    public HttpContent? Content { get; private set; }

    /// <summary>What every request waits for.</summary>
    public TaskCompletionSource<HttpResponseMessage> Answer { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        Content = request.Content;
        if (readsContent)
        {
            await Content!.CopyToAsync(Stream.Null, CancellationToken.None);
        }
        return await Answer.Task;
    }
}

/// <summary>Answers each request with one body.</summary>
public sealed class StreamHandler(int status, Stream body) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StreamContent(body),
                RequestMessage = request,
            }
        );
}

/// <summary>Returns its bytes, then waits: until it is cancelled if it <paramref name="observesCancellation"/> that, or
/// else forever.</summary>
public sealed class StalledStream(byte[] head, bool observesCancellation) : MemoryStream(head)
{
    public TaskCompletionSource Stalled { get; } = new();

    /// <summary>Buffer of the waiting read.</summary>
    public Memory<byte> Buffer { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, CancellationToken.None);
        if (read > 0)
        {
            return read;
        }
        Buffer = buffer;
        Stalled.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, observesCancellation ? cancellationToken : CancellationToken.None);
        return 0;
    }
}

/// <summary>An endless stream of spaces.</summary>
public sealed class EndlessStream : MemoryStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer.Span.Fill((byte)' ');
        return ValueTask.FromResult(buffer.Length);
    }
}
