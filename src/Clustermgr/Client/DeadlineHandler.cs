using System.Buffers;
using System.Net;

namespace Clustermgr.Client;

/// <summary>
/// Ends every request, its body included, at its deadline, whether or not the inner transport observes cancellation. A
/// lock of the runtime's connection pool that is never released was seen about once in 3,000 first connections on a
/// busy machine; it would block a poll forever.
/// </summary>
/// <param name="timeout">Deadline of one request: connect, headers and body together.</param>
/// <exception cref="TimeoutException">Thrown by a request, and by a read of its body, once the deadline has
/// passed.</exception>
public sealed class DeadlineHandler(TimeSpan timeout, TimeProvider time, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deadline = new Deadline(timeout, time);
        try
        {
            var response = await deadline.RunAsync(
                stop => base.SendAsync(request, stop),
                static late => late.Dispose(),
                cancellationToken
            );
            response.Content = new DeadlineContent(response.Content, deadline);
            return response;
        }
        catch
        {
            deadline.Dispose();
            throw;
        }
    }
}

/// <summary>The deadline of one request. It ends the waiting even when the awaited operation never completes.</summary>
public sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly TaskCompletionSource _passed = new();

    public Deadline(TimeSpan timeout, TimeProvider time)
    {
        _source = new CancellationTokenSource(timeout, time);
        // Registered before a transport uses the token, and therefore called after it: a transport that observes it
        // ends first.
        _registration = _source.Token.UnsafeRegister(
            static passed => ((TaskCompletionSource)passed!).TrySetResult(),
            _passed
        );
    }

    /// <summary>Returns the result of <paramref name="operation"/>, or throws at the deadline.</summary>
    /// <param name="operation">Receives a token that is cancelled at the deadline or by the caller.</param>
    /// <param name="disposeLateResult">Called with a result that arrives too late, to dispose it.</param>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> operation,
        Action<T>? disposeLateResult,
        CancellationToken cancellationToken
    )
    {
        using var givingUp = cancellationToken.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(),
            _source
        );
        var work = operation(_source.Token);
        if (!work.IsCompleted && await Task.WhenAny(work, _passed.Task) != work)
        {
            Abandon(work, disposeLateResult);
            throw CreateException(cancellationToken);
        }
        try
        {
            return await work;
        }
        // Any failure after the cancellation is the cancellation.
        catch (Exception e) when (_source.IsCancellationRequested && HttpApi.IsFailure(e))
        {
            throw CreateException(cancellationToken);
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }

    /// <summary>Observes the exception of an abandoned operation, so that it is not reported as unobserved.</summary>
    private static void Abandon<T>(Task<T> work, Action<T>? disposeLateResult) =>
        _ = work.ContinueWith(
            static (ended, late) =>
            {
                if (ended.IsCompletedSuccessfully)
                {
                    ((Action<T>?)late)?.Invoke(ended.Result);
                }
                else
                {
                    _ = ended.Exception;
                }
            },
            disposeLateResult,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );

    private static Exception CreateException(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(cancellationToken)
            : new TimeoutException("the deadline of the request has passed");
}

/// <summary>A body that is read under the deadline of its request.</summary>
internal sealed class DeadlineContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly Deadline _deadline;

    public DeadlineContent(HttpContent inner, Deadline deadline)
    {
        _inner = inner;
        _deadline = deadline;
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override Task<Stream> CreateContentReadStreamAsync() =>
        CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new DeadlineStream(
            await _deadline.RunAsync(_inner.ReadAsStreamAsync, static late => late.Dispose(), cancellationToken),
            _deadline
        );

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        await using var body = await CreateContentReadStreamAsync(cancellationToken);
        await body.CopyToAsync(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength ?? 0;
        return _inner.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _deadline.Dispose();
        }
        base.Dispose(disposing);
    }
}

/// <summary>Reads into its own buffer, because an abandoned read may still write to it later.</summary>
internal sealed class DeadlineStream(Stream inner, Deadline deadline) : Stream
{
    private const int BufferBytes = 16 << 10;

    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("a body has no length before its end");

    public override long Position
    {
        get => throw new NotSupportedException("a body has no position");
        set => throw new NotSupportedException("a body has no position");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        var own = _buffer;
        var room = Math.Min(buffer.Length, own.Length);
        // Not returned to the pool before the read has ended; an abandoned read keeps its buffer.
        _buffer = [];
        var read = await deadline.RunAsync(
            stop => inner.ReadAsync(own.AsMemory(0, room), stop).AsTask(),
            null,
            cancellationToken
        );
        _buffer = own;
        own.AsSpan(0, read).CopyTo(buffer.Span);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a body is read asynchronously: only so its deadline holds");

    public override void Flush()
    {
        // nothing is written
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        throw new NotSupportedException("a body is read in order");

    public override void SetLength(long value) => throw new NotSupportedException("a body is only read");

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a body is only read");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (_buffer is { Length: > 0 } own)
            {
                ArrayPool<byte>.Shared.Return(own);
            }
            _buffer = null;
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
