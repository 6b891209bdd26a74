using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Clustermgr.Admin;

/// <summary>The body of a write. It knows whether it left, and never leaves twice, whatever a transport thinks of
/// trying again.</summary>
internal sealed class SendOnceContent : HttpContent
{
    private readonly byte[] _body;
    private int _taken;

    public SendOnceContent(string json)
    {
        _body = Encoding.UTF8.GetBytes(json);
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>Afterwards it is never sent.</summary>
    /// <returns>True: no byte of it was handed to a connection, so no server can have acted on it, nor will.</returns>
    public bool Withdraw() => Interlocked.Exchange(ref _taken, 1) == 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0)
        {
            throw new InvalidOperationException("a write is sent once");
        }
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
