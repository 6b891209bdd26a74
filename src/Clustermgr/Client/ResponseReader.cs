using System.Net;
using Clustermgr.Analysis;

namespace Clustermgr.Client;

/// <summary>A response without its times; the detail is not sanitized yet.</summary>
internal readonly record struct ResponseReading<T>(Outcome Outcome, T? Value, string Detail)
    where T : class
{
    public ResponseReading((Outcome Outcome, string Detail) failure)
        : this(failure.Outcome, null, failure.Detail) { }
}

/// <summary>Reads a response whose headers have arrived.</summary>
internal static class ResponseReader
{
    /// <param name="body">Receives the body, so that the caller can report how much arrived.</param>
    /// <exception cref="TimeoutException">The deadline of the request has passed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<ResponseReading<T>> ReadAsync<T>(
        ResponseFormat<T> format,
        HttpResponseMessage response,
        PooledBody body,
        ClientOptions options,
        CancellationToken ct
    )
        where T : class
    {
        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            return new((Outcome.Auth, ErrorResponse.DescribeTokenRefusal(options)));
        }
        var ok = response.StatusCode == HttpStatusCode.OK;
        if (ok && CheckHeaders(response, options.MaxBodyBytes) is { } reason)
        {
            return new(reason);
        }
        var limit = ok ? options.MaxBodyBytes : ErrorBody.MaxBytes;
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(ct);
            var whole = await body.FillAsync(stream, limit, ct);
            if (!whole && ok)
            {
                return new((Outcome.TooLarge, $"the body is larger than {limit} bytes"));
            }
        }
        // A truncated error body does not change the outcome.
        catch (Exception e) when (e is IOException or HttpRequestException && !ct.IsCancellationRequested)
        {
            if (ok)
            {
                return new((Outcome.Invalid, $"cut short after {body.Length} bytes: {e.Message}"));
            }
        }
        return ok ? ReadBody(format, body.Bytes) : ReadError(format, response, body.Bytes);
    }

    private static (Outcome, string)? CheckHeaders(HttpResponseMessage response, int limit)
    {
        if (response.Content.Headers.ContentLength is { } length && length > limit)
        {
            return (Outcome.TooLarge, $"a body of {length} bytes is announced, the limit is {limit}");
        }
        var encoding = string.Join(", ", response.Content.Headers.ContentEncoding);
        return encoding is "" or "identity"
            ? null
            : (Outcome.Invalid, $"the body is encoded ({encoding}), which was not requested");
    }

    private static ResponseReading<T> ReadBody<T>(ResponseFormat<T> format, ReadOnlySpan<byte> utf8)
        where T : class
    {
        // For most empty lists clustermgr answers null, for some with an empty body.
        if (utf8.IsEmpty)
        {
            return format.WhenEmpty is { } nothing
                ? new(Outcome.Ok, nothing, "")
                : new((Outcome.Invalid, "HTTP 200 with an empty body"));
        }
        if (format.Parse(utf8, out var reason) is { } value)
        {
            return new(Outcome.Ok, value, "");
        }
        var error = ErrorBody.Parse(utf8);
        if (ErrorResponse.FromRaft(200, error) is { } refusal)
        {
            return new(refusal);
        }
        if (error.IsMarkup)
        {
            return new((Outcome.Invalid, ErrorResponse.DescribeMarkupPage(200)));
        }
        return new((Outcome.Invalid, error.IsJson ? $"HTTP 200 with an error: {error.Text}" : reason));
    }

    private static ResponseReading<T> ReadError<T>(
        ResponseFormat<T> format,
        HttpResponseMessage response,
        ReadOnlySpan<byte> utf8
    )
        where T : class
    {
        var status = (int)response.StatusCode;
        var error = ErrorBody.Parse(utf8);
        if (error.IsJson && format.ErrorMapper?.Invoke(status, error.Text) is { } meant)
        {
            return new(Outcome.Ok, meant, "");
        }
        if (status is >= 300 and < 400 && response.Headers.Location is { } elsewhere)
        {
            return new((Outcome.HttpError, $"HTTP {status} to {elsewhere}: redirects are not followed"));
        }
        if (error.IsMarkup)
        {
            return new((Outcome.HttpError, ErrorResponse.DescribeMarkupPage(status)));
        }
        if (status == 404 && format.IsUniversal)
        {
            return new((Outcome.HttpError, $"HTTP 404: {ErrorResponse.NoClustermgr}"));
        }
        return new(ErrorResponse.FromStatus(status, error));
    }
}
