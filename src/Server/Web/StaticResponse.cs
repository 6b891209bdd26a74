using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ClustermgrExporter.Web;

/// <summary>A finished response body with its ETag.</summary>
internal sealed class StaticResponse(string type, byte[] bytes)
{
    /// <summary>Smaller bodies are not compressed: gzip would save no packet.</summary>
    private const int WorthCompressing = 1024;

    private readonly string _hash = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
    private byte[]? _gzip;

    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>By default clients revalidate each time, and get 304 while nothing has changed.</summary>
    public string CacheControl { get; init; } = "no-cache";

    public int Length => bytes.Length;

    /// <summary>Answers GET or HEAD, with 304 if the client already has these bytes.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var request = context.Request;
        var response = context.Response;
        var gzip =
            bytes.Length >= WorthCompressing
            && EncodingNegotiation.Choose(request.Headers.AcceptEncoding) == ContentCoding.Gzip;
        // A strong ETag identifies the bytes as they are sent.
        var tag = new EntityTagHeaderValue(gzip ? $"\"{_hash}-gzip\"" : $"\"{_hash}\"");
        response.Headers.ETag = tag.ToString();
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.CacheControl = CacheControl;
        response.Headers.XContentTypeOptions = "nosniff";
        if (Status == StatusCodes.Status200OK && Has(request, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.StatusCode = Status;
        response.ContentType = type;
        if (gzip)
        {
            response.Headers.ContentEncoding = "gzip";
        }
        var body = gzip ? Compress() : bytes;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static bool Has(HttpRequest request, EntityTagHeaderValue tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(entry => entry.Tag == "*" || entry.Compare(tag, useStrongComparison: false));

    /// <summary>Compressed on first use; concurrent first uses produce the same bytes.</summary>
    private byte[] Compress()
    {
        if (_gzip is { } made)
        {
            return made;
        }
        var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }
        return _gzip = target.ToArray();
    }
}

internal static class PlainText
{
    public static async Task WriteAsync(HttpContext context, int status, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
