namespace Clustermgr.Client;

/// <summary>How one member is asked.</summary>
/// <param name="BaseUrl">scheme://host:port, without path.</param>
/// <param name="Secret">Of the server's auth section; null where it asks for no token.</param>
/// <param name="Timeout">Connect, headers and body of one request together.</param>
/// <param name="MaxBodyBytes">The largest answer that is read.</param>
internal sealed record ClientOptions(Uri BaseUrl, string? Secret, TimeSpan Timeout, int MaxBodyBytes)
{
    /// <summary>Without the secret, and without what a URL may carry before its host: this lands in logs.</summary>
    public override string ToString() =>
        $"{BaseUrl.Scheme}://{BaseUrl.Authority} {(Secret is null ? "without" : "with")} secret, "
        + $"timeout {Timeout.TotalSeconds} s, at most {MaxBodyBytes} bytes";
}
