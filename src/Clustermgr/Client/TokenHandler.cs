namespace Clustermgr.Client;

/// <summary>Receives the token of one request, so that whoever shows an answer can hide it there.</summary>
internal sealed class SentToken
{
    /// <summary>The property of a request that holds it.</summary>
    public const string Key = "token";

    public static readonly HttpRequestOptionsKey<object?> Option = new(Key);

    /// <summary>Null until the request was sent, and where the member asks for none.</summary>
    public string? Value { get; set; }
}

/// <summary>Signs each request with the token of its path and query as they are sent.</summary>
internal sealed class TokenHandler(string secret, TimeProvider time, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var uri = request.RequestUri!;
        var token = AuthToken.For(
            uri.AbsolutePath + uri.Query.TrimStart('?'),
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
