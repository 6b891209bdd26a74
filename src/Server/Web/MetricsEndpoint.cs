using System.Collections.Immutable;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ClustermgrExporter.Web;

/// <summary>
/// GET /metrics: sends the published pages, and waits for no poll. Lines are rendered and compressed at most once per
/// published page, however many clients scrape.
/// </summary>
/// <param name="clusters">Each cluster's newest page, in the order of the configuration; called once a scrape.</param>
/// <param name="exporterLines">The exporter's own lines.</param>
/// <param name="clock">Limits the rate of compression.</param>
/// <param name="compresses">Caches a compressed page; otherwise every scrape is sent plain.</param>
internal sealed class MetricsEndpoint(
    Func<ImmutableArray<ClusterPage>> clusters,
    IExporterLines exporterLines,
    TimeProvider clock,
    bool compresses = true,
    bool whole = false
)
{
    private readonly GzipCache _gzip = new(clock);
    private volatile Negotiated? _negotiated;

    /// <summary>The <see cref="RequestDelegate"/>. It does not use RequestAborted, which would allocate a token per
    /// request: a flush ends when the reader is gone.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var response = context.Response;
        var isHead = HttpMethods.IsHead(request.Method);
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!isHead && !HttpMethods.IsGet(request.Method))
        {
            response.Headers.Allow = "GET, HEAD";
            await RefuseAsync(response, StatusCodes.Status405MethodNotAllowed, "Metrics are read with GET or HEAD.\n");
            return;
        }

        response.Headers.Vary = "Accept, Accept-Encoding";
        var (format, coding) = Negotiate(request.Headers);
        if (coding == ContentCoding.None)
        {
            await RefuseAsync(
                response,
                StatusCodes.Status406NotAcceptable,
                "Accept-Encoding forbids both gzip and identity: allow one of them.\n"
            );
            return;
        }

        response.ContentType = FormatNegotiation.ContentType(format);
        await exporterLines.CurrentAsync();
        if (coding == ContentCoding.Gzip && compresses)
        {
            var compressed = await _gzip.GetAsync(Newest, format);
            response.Headers.ContentEncoding = "gzip";
            response.ContentLength = compressed.Length;
            if (isHead)
            {
                return;
            }
            await response.StartAsync(CancellationToken.None);
            RecordScrape(
                await PipeBlockWriter.WriteAsync(
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
        // Before it is started the response would copy every byte into a buffer of its own.
        await response.StartAsync(CancellationToken.None);
        RecordScrape(await page.WriteToAsync(response.BodyWriter, format, CancellationToken.None));
    }

    /// <summary>Records a scrape only if the reader took the whole page.</summary>
    private void RecordScrape(bool taken)
    {
        if (taken)
        {
            exporterLines.RecordScrape(whole);
        }
    }

    /// <summary>A scraper sends the same headers each time: they are parsed only if they differ from those of the last
    /// request.</summary>
    private (MetricsFormat Format, ContentCoding Coding) Negotiate(IHeaderDictionary headers)
    {
        var accept = headers.Accept;
        var encoding = headers.AcceptEncoding;
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

    /// <summary>The newest page. Its own lines are not older than those of any page before.</summary>
    private MetricsPage Newest() => new(clusters(), exporterLines.Last);

    private static Task RefuseAsync(HttpResponse response, int status, string why)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(why);
    }

    private sealed record Negotiated(
        StringValues Accept,
        StringValues AcceptEncoding,
        MetricsFormat Format,
        ContentCoding Coding
    );
}
