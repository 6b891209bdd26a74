using System.Collections.Immutable;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ClustermgrExporter.Web;

/// <summary>
/// GET /metrics: copies what the polls have rendered. It waits for no poll and formats nothing, so that any number of
/// scrapes costs their bytes and no more.
/// </summary>
/// <param name="clusters">Each cluster's newest page, in the order of the configuration; called once a scrape.</param>
/// <param name="own">The exporter's own lines.</param>
/// <param name="clock">Rations compression.</param>
/// <param name="compresses">Keeps a compressed page; else each scrape is sent plain.</param>
internal sealed class MetricsEndpoint(
    Func<ImmutableArray<ClusterPage>> clusters,
    IOwnLines own,
    TimeProvider clock,
    bool compresses = true,
    bool whole = false
)
{
    private readonly GzipCache _gzip = new(clock);
    private volatile Negotiated? _negotiated;

    /// <summary>The <see cref="RequestDelegate"/>. It asks for no token of the request, which would be made for each: a
    /// reader that is gone ends the flush.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var isHead = HttpMethods.IsHead(request.Method);
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!isHead && !HttpMethods.IsGet(request.Method))
        {
            response.Headers.Allow = "GET, HEAD";
            await Refuse(response, StatusCodes.Status405MethodNotAllowed, "Metrics are read with GET or HEAD.\n");
            return;
        }

        response.Headers.Vary = "Accept, Accept-Encoding";
        var (format, coding) = Negotiate(request.Headers);
        if (coding == ContentCoding.None)
        {
            await Refuse(
                response,
                StatusCodes.Status406NotAcceptable,
                "Accept-Encoding forbids both gzip and identity: allow one of them.\n"
            );
            return;
        }

        response.ContentType = FormatNegotiation.ContentType(format);
        await own.CurrentAsync();
        if (coding == ContentCoding.Gzip && compresses)
        {
            var compressed = await _gzip.Of(Newest, format);
            response.Headers.ContentEncoding = "gzip";
            response.ContentLength = compressed.Length;
            if (isHead)
            {
                return;
            }
            await response.StartAsync(CancellationToken.None);
            Scraped(
                await PieceWriter.WriteAsync(
                    response.BodyWriter,
                    [compressed],
                    compressed.Length,
                    CancellationToken.None
                )
            );
            return;
        }
        var page = Newest();
        response.ContentLength = page.Length(format);
        if (isHead)
        {
            return;
        }
        // Before its start the response would take every byte into a buffer of its own first.
        await response.StartAsync(CancellationToken.None);
        Scraped(await page.WriteToAsync(response.BodyWriter, format, CancellationToken.None));
    }

    /// <summary>Who hung up before the end has no page, and some clusters are not all.</summary>
    private void Scraped(bool taken)
    {
        if (taken)
        {
            own.Scraped(whole);
        }
    }

    /// <summary>A scraper asks with the same headers each time: they are read anew only where they are not those of the
    /// last one.
    /// </summary>
    private (Format Format, ContentCoding Coding) Negotiate(IHeaderDictionary headers)
    {
        var (accept, encoding) = (headers.Accept, headers.AcceptEncoding);
        if (_negotiated is not { } last || last.Accept != accept || last.AcceptEncoding != encoding)
        {
            _negotiated = last = new Negotiated(
                accept,
                encoding,
                FormatNegotiation.Choose(accept),
                EncodingNegotiation.Choose(encoding)
            );
        }
        return (last.Format, last.Coding);
    }

    /// <summary>With own lines that are not older than those of any page before.</summary>
    private MetricsPage Newest() => new(clusters(), own.Last);

    private static Task Refuse(HttpResponse response, int status, string why)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(why);
    }

    private sealed record Negotiated(
        StringValues Accept,
        StringValues AcceptEncoding,
        Format Format,
        ContentCoding Coding
    );
}
