using System.Net;
using ClustermgrExporter.Clustermgr;

namespace ClustermgrExporter.Admin;

/// <summary>
/// Sends writes to one member: the only code of this program that can. Each goes out once, on a connection of its own.
/// </summary>
/// <param name="options">Its timeout bounds the whole of one write.</param>
internal sealed class ClustermgrAdmin(HttpMessageInvoker http, ClientOptions options, TimeProvider time)
{
    /// <summary>A member forwards a write to the leader, and gives a dead one up after 30 s.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(35);

    private const int ProposeFailed = 906;

    public async Task<WriteAnswer> SendAsync(Write write, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        using var caller = ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        using var content = new SentOnce(write.Body);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.BaseUrl, write.Path))
        {
            Content = content,
            Version = HttpVersion.Version11,
        };
        var token = options.Secret is null
            ? null
            : AuthToken.For(request.RequestUri!.AbsolutePath, time.GetUtcNow().ToUnixTimeSeconds(), options.Secret);
        if (token is not null) request.Headers.TryAddWithoutValidation(AuthToken.Header, token);
        WriteAnswer answer;
        try
        {
            using var response = await http.SendAsync(request, deadline.Token);
            answer = Of(response, await ErrorOfAsync(response, deadline.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            answer = new WriteAnswer(content.Begun ? WriteEnd.Unknown : WriteEnd.NotSent,
                ct.IsCancellationRequested ? "stopped while it waited for the answer"
                : deadline.IsCancellationRequested ? $"no answer within {options.Timeout.TotalSeconds} s"
                : Failures.Of(e, options.BaseUrl.Scheme).Detail);
        }
        return answer with { Sentence = Sentence.Clean(Sentence.Without(answer.Sentence, options.Secret, token)).TrimEnd('.') };
    }

    /// <summary>How far the text of an error came makes no difference to the error, nor does what follows a 200.</summary>
    private static async Task<ErrorBody> ErrorOfAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using var body = new PooledBody();
        try
        {
            await body.FillAsync(await response.Content.ReadAsStreamAsync(ct), ErrorBody.MaxBytes, ct);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            // the status has come, and says it
        }
        return ErrorBody.Of(body.Bytes);
    }

    private WriteAnswer Of(HttpResponseMessage response, ErrorBody error)
    {
        var status = (int)response.StatusCode;
        // Versions differ in whether the raft layer's own errors are those of HTTP.
        if (status == 200 && Refusal.OfRaft(status, error) is null) return new WriteAnswer(WriteEnd.Accepted, "200");
        var (_, detail) = error.IsMarkup ? (default, Refusal.OfMarkup(status)) : Refusal.Of(status, error);
        return status switch
        {
            403 => new WriteAnswer(WriteEnd.Refused, Refusal.OfToken(options)),
            // What was proposed lies in the leader's log, and is committed should a majority come back.
            ProposeFailed => new WriteAnswer(WriteEnd.Unknown, $"{detail}; it reached no majority in time, and may take effect later"),
            // A forward that failed, or a proxy's word: the leader may have it all the same.
            >= 500 and < 600 => new WriteAnswer(WriteEnd.Unknown, detail),
            _ => new WriteAnswer(WriteEnd.Refused, detail),
        };
    }
}
