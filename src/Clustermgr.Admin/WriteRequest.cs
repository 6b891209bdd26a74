using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Clustermgr.Client;

namespace Clustermgr.Admin;

/// <summary>One write as it goes to the server.</summary>
/// <param name="Path">One of <see cref="WritePath"/>.</param>
/// <param name="Body">JSON.</param>
public sealed record WriteRequest(string Path, string Body)
{
    private const int LearnerType = 1,
        NormalType = 2;

    // The body is shown to the user before it is sent, so only what JSON requires is escaped.
    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static WriteRequest ConfigSet(string key, string value) =>
        Create(
            WritePath.ConfigSet,
            json =>
            {
                json.WriteString("key", key);
                json.WriteString("value", value);
            }
        );

    /// <summary>Includes node_host, which the documentation omits and the server requires.</summary>
    public static WriteRequest MemberAdd(NewMember member) =>
        Create(
            WritePath.MemberAdd,
            json =>
            {
                json.WriteNumber("peer_id", member.Id);
                json.WriteString("host", member.RaftHost);
                json.WriteNumber("member_type", member.Learner ? LearnerType : NormalType);
                json.WriteString("node_host", member.NodeHost);
            }
        );

    public static WriteRequest MemberRemove(ulong peer) =>
        Create(WritePath.MemberRemove, json => json.WriteNumber("peer_id", peer));

    public static WriteRequest LeadershipTransfer(ulong target) =>
        Create(WritePath.LeadershipTransfer, json => json.WriteNumber("peer_id", target));

    /// <summary>Sends it, once, with <paramref name="body"/>.</summary>
    public Task<HttpResponseMessage> SendAsync(
        IClustermgrWrites api,
        HttpContent body,
        SentToken? token,
        CancellationToken ct
    ) =>
        Path switch
        {
            WritePath.ConfigSet => api.SetConfigAsync(body, token, ct),
            WritePath.MemberAdd => api.AddMemberAsync(body, token, ct),
            WritePath.MemberRemove => api.RemoveMemberAsync(body, token, ct),
            WritePath.LeadershipTransfer => api.TransferLeadershipAsync(body, token, ct),
            _ => throw new InvalidOperationException($"no write has the path {Path}"),
        };

    private static WriteRequest Create(string path, Action<Utf8JsonWriter> fields)
    {
        var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, JsonOptions))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        return new WriteRequest(path, Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }
}

/// <param name="RaftHost">host:port.</param>
/// <param name="NodeHost">host:port of its HTTP side.</param>
public sealed record NewMember(ulong Id, string RaftHost, string NodeHost, bool Learner);

/// <summary>The body of a write. It records whether it was sent and is never sent twice, even if a transport
/// retries.</summary>
internal sealed class SendOnceContent : HttpContent
{
    private readonly byte[] _body;
    private int _taken;

    public SendOnceContent(string json)
    {
        _body = Encoding.UTF8.GetBytes(json);
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>Prevents the body from being sent from now on.</summary>
    /// <returns>True when no byte was handed to a connection, so that no server can act on it.</returns>
    public bool Withdraw() => Interlocked.Exchange(ref _taken, 1) == 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0)
        {
            throw new InvalidOperationException("a write is sent once");
        }
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
