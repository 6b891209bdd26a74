using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace Clustermgr.Client;

/// <summary>Sends one request and reads its answer, whatever it is.</summary>
internal sealed class ApiCaller(ClientOptions options, TimeProvider time)
{
    public async Task<Answer<T>> AskAsync<T>(
        Route<T> route,
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
            verdict = await ResponseReader.ReadAsync(route, response, body, options, ct);
        }
        catch (Exception e) when (HttpApi.IsFailure(e))
        {
            ct.ThrowIfCancellationRequested();
            verdict =
                e is TimeoutException
                    ? new ResponseReading<T>(Outcome.Timeout, null, Late(body.Length))
                    : new ResponseReading<T>(TransportFailure.FromException(e, options.BaseUrl.Scheme));
        }
        // Others end their sentences, and whoever shows a detail ends it once more.
        var detail = Sentence.Clean(Sentence.Without(verdict.Detail, options.Secret, token?.Value)).TrimEnd('.');
        return new Answer<T>(verdict.Outcome, verdict.Value, detail, time.GetUtcNow(), time.GetElapsedTime(started));
    }

    private string Late(int received) =>
        received > 0
            ? $"only {received} bytes of the body came within {options.Timeout.TotalSeconds} s"
            : $"no answer within {options.Timeout.TotalSeconds} s";
}

/// <summary>Reads a body; null, with a reason, when it is not the JSON we know. Never throws.</summary>
public delegate T? BodyParser<out T>(ReadOnlySpan<byte> utf8, out string reason)
    where T : class;

/// <summary>How the answers of one endpoint are read.</summary>
/// <param name="Expected">What an error of the server's own means, by its status and text; null where it is an
/// error.</param>
/// <param name="Everywhere">Every clustermgr has it: who does not is none.</param>
public sealed record Route<T>(BodyParser<T> Parse, Func<int, string, T?>? Expected = null, bool Everywhere = false)
    where T : class
{
    /// <summary>What 200 with a body of no bytes means; null where it is no answer.</summary>
    public T? WhenEmpty { get; init; }
}
