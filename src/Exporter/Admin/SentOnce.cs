using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ClustermgrExporter.Admin;

/// <summary>The body of a write. It knows whether it left, and never leaves twice, whatever a transport thinks of trying
/// again.</summary>
internal sealed class SentOnce : HttpContent
{
    private readonly byte[] _body;

    public SentOnce(string json)
    {
        _body = Encoding.UTF8.GetBytes(json);
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>False: no byte of it was handed to a connection, so no server can have acted on it.</summary>
    public bool Begun { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Begun) throw new InvalidOperationException("a write is sent once");
        Begun = true;
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
