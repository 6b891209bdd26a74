using Clustermgr.Client;
using Clustermgr.Formatting;

namespace Clustermgr.Admin;

/// <summary>
/// Sends writes to one member: the only code of this program that can. Each goes out once, on a connection of its own.
/// </summary>
/// <param name="api">Its requests end at the deadline of <paramref name="options"/>.</param>
internal sealed class ClustermgrAdmin(IClustermgrWrites api, ClientOptions options)
{
    /// <summary>A member forwards a write to the leader and gives up after 30 s when the leader is dead.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(35);

    private const int ProposeFailed = 906;

    /// <param name="transport">The caller disposes it.</param>
    public ClustermgrAdmin(HttpMessageHandler transport, ClientOptions options, TimeProvider time)
        : this(
            HttpApi.Create<IClustermgrWrites>(transport, options.BaseUrl, options.Timeout, time, options.Secret),
            options
        ) { }

    public async Task<WriteAnswer> SendAsync(WriteRequest write, CancellationToken ct)
    {
        using var content = new SendOnceContent(write.Body);
        var token = options.Secret is null ? null : new SentToken();
        WriteAnswer answer;
        try
        {
            using var response = await write.SendAsync(api, content, token, ct);
            answer = CreateAnswer(response, await ReadErrorAsync(response, ct));
        }
        catch (Exception e) when (HttpApi.IsFailure(e))
        {
            // An abandoned transport may still try to send the body; after Withdraw it cannot.
            answer = new WriteAnswer(
                content.Withdraw() ? WriteOutcome.NotSent : WriteOutcome.Unknown,
                ct.IsCancellationRequested ? "stopped while it waited for the answer"
                    : e is TimeoutException ? $"no answer within {options.Timeout.TotalSeconds} s"
                    : TransportFailure.FromException(e, options.BaseUrl.Scheme).Detail
            );
        }
        return answer with
        {
            Sentence = TextSanitizer
                .Clean(TextSanitizer.Redact(answer.Sentence, options.Secret, token?.Value))
                .TrimEnd('.'),
        };
    }

    /// <summary>Reads the error body as far as it arrives. A truncated body does not change the result, and neither
    /// does a body after 200.</summary>
    private static async Task<ErrorBody> ReadErrorAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using var body = new PooledBody();
        try
        {
            await body.FillAsync(await response.Content.ReadAsStreamAsync(ct), ErrorBody.MaxBytes, ct);
        }
        catch (Exception e) when (HttpApi.IsFailure(e))
        {
            // the status is known and is enough
        }
        return ErrorBody.Parse(body.Bytes);
    }

    private WriteAnswer CreateAnswer(HttpResponseMessage response, ErrorBody error)
    {
        var status = (int)response.StatusCode;
        // Versions differ in whether the raft layer's own errors are those of HTTP.
        if (status == 200 && ErrorResponse.FromRaft(status, error) is null)
        {
            return new WriteAnswer(WriteOutcome.Accepted, "200");
        }
        var (_, detail) = error.IsMarkup
            ? (default, ErrorResponse.DescribeMarkupPage(status))
            : ErrorResponse.FromStatus(status, error);
        return status switch
        {
            403 => new WriteAnswer(WriteOutcome.Refused, ErrorResponse.DescribeTokenRefusal(options)),
            // The proposal is in the leader's log and is committed if a majority comes back.
            ProposeFailed => new WriteAnswer(
                WriteOutcome.Unknown,
                $"{detail}; it reached no majority in time, and may take effect later"
            ),
            // A failed forward, or an error of a proxy: the leader may still have received the write.
            >= 500 and < 600 => new WriteAnswer(WriteOutcome.Unknown, detail),
            _ => new WriteAnswer(WriteOutcome.Refused, detail),
        };
    }
}

/// <summary>The outcome of the only attempt to send a write.</summary>
internal enum WriteOutcome
{
    /// <summary>200. For a leadership transfer this only means that the transfer was requested.</summary>
    Accepted,

    /// <summary>The server refused the write; nothing has changed.</summary>
    Refused,

    /// <summary>The request was never sent; nothing has changed.</summary>
    NotSent,

    /// <summary>The request was sent and no answer says whether it took effect.</summary>
    Unknown,
}

/// <param name="Sentence">What happened, as a sentence without its final full stop. Contains no secret.</param>
internal sealed record WriteAnswer(WriteOutcome Outcome, string Sentence);
