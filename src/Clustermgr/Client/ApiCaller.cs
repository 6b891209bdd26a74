using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace Clustermgr.Client;

/// <summary>Sends one request and reads the response; failures become outcomes.</summary>
internal sealed class ApiCaller(ClientOptions options, TimeProvider time)
{
    public async Task<Answer<T>> AskAsync<T>(
        ResponseFormat<T> format,
        Func<SentToken?, CancellationToken, Task<HttpResponseMessage>> send,
        CancellationToken ct
    )
        where T : class
    {
        ct.ThrowIfCancellationRequested();
        var started = time.GetTimestamp();
        var token = options.Secret is null ? null : new SentToken();
        using var body = new PooledBody();
        ResponseReading<T> verdict;
        try
        {
            using var response = await send(token, ct);
            verdict = await ResponseReader.ReadAsync(format, response, body, options, ct);
        }
        catch (Exception e) when (HttpApi.IsFailure(e))
        {
            ct.ThrowIfCancellationRequested();
            verdict =
                e is TimeoutException
                    ? new ResponseReading<T>(Outcome.Timeout, null, DescribeTimeout(body.Length))
                    : new ResponseReading<T>(TransportFailure.FromException(e, options.BaseUrl.Scheme));
        }
        // Foreign messages may end with a full stop, and whoever shows a detail adds its own.
        var detail = TextSanitizer
            .Clean(TextSanitizer.Redact(verdict.Detail, options.Secret, token?.Value))
            .TrimEnd('.');
        return new Answer<T>(verdict.Outcome, verdict.Value, detail, time.GetUtcNow(), time.GetElapsedTime(started));
    }

    private string DescribeTimeout(int received) =>
        received > 0
            ? $"only {received} bytes of the body came within {options.Timeout.TotalSeconds} s"
            : $"no answer within {options.Timeout.TotalSeconds} s";
}

/// <summary>Parses a body. Returns null, with a reason, when it is not the expected JSON. Never throws.</summary>
public delegate T? BodyParser<out T>(ReadOnlySpan<byte> utf8, out string reason)
    where T : class;

/// <summary>How the answers of one endpoint are read.</summary>
/// <param name="ErrorMapper">Maps an error of the server, by its status and text, to a value; returns null when it is
/// an error.</param>
/// <param name="IsUniversal">True when every clustermgr has the endpoint, so that a server without it is not a
/// clustermgr.</param>
public sealed record ResponseFormat<T>(
    BodyParser<T> Parse,
    Func<int, string, T?>? ErrorMapper = null,
    bool IsUniversal = false
)
    where T : class
{
    /// <summary>The value of a 200 response with an empty body; null when that is invalid.</summary>
    public T? WhenEmpty { get; init; }
}
