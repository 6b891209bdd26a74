using Clustermgr.Client;
using Clustermgr.Formatting;

namespace Clustermgr.Admin;

/// <summary>
/// Sends writes to one member: the only code of this program that can. Each goes out once, on a connection of its own.
/// </summary>
/// <param name="api">Whose requests end at the deadline of <paramref name="options"/>.</param>
internal sealed class ClustermgrAdmin(IClustermgrWrites api, ClientOptions options)
{
    /// <summary>A member forwards a write to the leader, and gives a dead one up after 30 s.</summary>
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
            answer = Of(response, await ErrorOfAsync(response, ct));
        }
        catch (Exception e) when (HttpApi.IsFailure(e))
        {
            // A transport that was given up may still come round to it: from here on it sends nothing.
            answer = new WriteAnswer(
                content.Withdraw() ? WriteEnd.NotSent : WriteEnd.Unknown,
                ct.IsCancellationRequested ? "stopped while it waited for the answer"
                    : e is TimeoutException ? $"no answer within {options.Timeout.TotalSeconds} s"
                    : TransportFailure.FromException(e, options.BaseUrl.Scheme).Detail
            );
        }
        return answer with
        {
            Sentence = Sentence.Clean(Sentence.Without(answer.Sentence, options.Secret, token?.Value)).TrimEnd('.'),
        };
    }

    /// <summary>How far the text of an error came makes no difference to the error, nor does what follows a
    /// 200.</summary>
    private static async Task<ErrorBody> ErrorOfAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using var body = new PooledBody();
        try
        {
            await body.FillAsync(await response.Content.ReadAsStreamAsync(ct), ErrorBody.MaxBytes, ct);
        }
        catch (Exception e) when (HttpApi.IsFailure(e))
        {
            // the status has come, and says it
        }
        return ErrorBody.Parse(body.Bytes);
    }

    private WriteAnswer Of(HttpResponseMessage response, ErrorBody error)
    {
        var status = (int)response.StatusCode;
        // Versions differ in whether the raft layer's own errors are those of HTTP.
        if (status == 200 && Refusal.OfRaft(status, error) is null)
        {
            return new WriteAnswer(WriteEnd.Accepted, "200");
        }
        var (_, detail) = error.IsMarkup ? (default, Refusal.OfMarkup(status)) : Refusal.FromStatus(status, error);
        return status switch
        {
            403 => new WriteAnswer(WriteEnd.Refused, Refusal.OfToken(options)),
            // What was proposed lies in the leader's log, and is committed should a majority come back.
            ProposeFailed => new WriteAnswer(
                WriteEnd.Unknown,
                $"{detail}; it reached no majority in time, and may take effect later"
            ),
            // A forward that failed, or a proxy's word: the leader may have it all the same.
            >= 500 and < 600 => new WriteAnswer(WriteEnd.Unknown, detail),
            _ => new WriteAnswer(WriteEnd.Refused, detail),
        };
    }
}

/// <summary>What is known of a write after its only attempt.</summary>
internal enum WriteEnd
{
    /// <summary>200. For a transfer of leadership that only says that it was asked for.</summary>
    Accepted,

    /// <summary>The server said no: nothing has changed.</summary>
    Refused,

    /// <summary>It never left: nothing has changed.</summary>
    NotSent,

    /// <summary>It left, and no answer says what became of it.</summary>
    Unknown,
}

/// <param name="Sentence">What was seen, without its full stop. Never holds a secret.</param>
internal sealed record WriteAnswer(WriteEnd End, string Sentence);
