using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Clustermgr.Client;

/// <summary>The token that clustermgr requires when auth.enable_auth is set.</summary>
internal static class AuthToken
{
    public const string Header = "BLOB-STORE-AUTH-TOKEN";

    /// <summary>base64url( ts ‖ md5( param ‖ ts ‖ secret ) ), ts as 8 bytes little-endian.</summary>
    /// <param name="param">The path followed by the raw query, without the question mark between them.</param>
    [SuppressMessage("Security", "CA5351", Justification = "The server checks md5; there is no other scheme.")]
    public static string Create(string param, long unixSeconds, string secret)
    {
        Span<byte> token = stackalloc byte[sizeof(long) + MD5.HashSizeInBytes];
        BinaryPrimitives.WriteInt64LittleEndian(token, unixSeconds);

        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(Encoding.UTF8.GetBytes(param));
        md5.AppendData(token[..sizeof(long)]);
        md5.AppendData(Encoding.UTF8.GetBytes(secret));
        md5.GetHashAndReset(token[sizeof(long)..]);

        // 24 bytes encode to exactly 32 characters, so the padding that the server requires is empty.
        return Convert.ToBase64String(token).Replace('+', '-').Replace('/', '_');
    }
}

/// <summary>Receives the token of one request, so that it can be redacted from the response.</summary>
public sealed class SentToken
{
    /// <summary>Name of the request property that holds the token.</summary>
    public const string Key = "token";

    public static readonly HttpRequestOptionsKey<object?> Option = new(Key);

    /// <summary>Null until the request was sent, and when the member requires no token.</summary>
    public string? Value { get; set; }
}

/// <summary>Signs each request with a token over its path and query as the member sees them: without the path of
/// <paramref name="baseUrl"/>, which a proxy removes.</summary>
internal sealed class TokenHandler(string secret, Uri baseUrl, TimeProvider time, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    private readonly int _prefix = baseUrl.AbsolutePath.TrimEnd('/').Length;

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var uri = request.RequestUri!;
        var token = AuthToken.Create(
            uri.AbsolutePath[_prefix..] + uri.Query.TrimStart('?'),
            time.GetUtcNow().ToUnixTimeSeconds(),
            secret
        );
        request.Headers.TryAddWithoutValidation(AuthToken.Header, token);
        if (request.Options.TryGetValue(SentToken.Option, out var sent) && sent is SentToken holder)
        {
            holder.Value = token;
        }
        return base.SendAsync(request, cancellationToken);
    }
}
