using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using System.Threading.RateLimiting;
using ClustermgrExporter.Configuration;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Access;

/// <summary>
/// Who is let in to the pages, and with which headers they are sent, as the web configuration in force says. It is
/// exchanged while all runs, but that TLS is neither begun nor ended.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "A limiter that was exchanged may still be asked; it holds a timer."
)]
internal sealed class AccessGate
{
    private readonly bool _openHealth;
    private readonly PasswordCheck _passwords = new();
    private volatile Force _force;

    /// <param name="openHealth">/-/healthy and /-/ready are answered without a password: who balances load cannot log
    /// in.</param>
    public AccessGate(WebConfig config, bool openHealth)
    {
        _openHealth = openHealth;
        _force = new Force(config, Limiter(config));
    }

    /// <summary>That is in force.</summary>
    public WebConfig Config => _force.Config;

    /// <summary>Nothing is asked of anybody, and nothing added.</summary>
    public bool IsOpen => Config is { Users.IsEmpty: true, Headers.IsEmpty: true, RateLimit: null };

    /// <summary>"" or why it cannot be taken over while this runs.</summary>
    public string Objection(WebConfig config) =>
        (Config.Tls, config.Tls) switch
        {
            (null, not null) => "TLS cannot be begun while this runs; restart it",
            (not null, null) => "TLS cannot be ended while this runs; restart it",
            // A file that is half written, or empty on a full disk, must not let everybody in.
            _ when config.Users.IsEmpty && !Config.Users.IsEmpty =>
                "passwords cannot be switched off while this runs; restart it",
            _ => "",
        };

    /// <summary>From the next request and the next handshake on.</summary>
    public void TakeOver(WebConfig config)
    {
        // A bucket that has not changed stays as full as it is.
        var (before, same) = (_force, config.RateLimit == Config.RateLimit);
        _force = new Force(config, same ? before.Limiter : Limiter(config));
        if (!same)
        {
            before.Limiter?.Dispose();
        }
    }

    public async Task AnswerAsync(HttpContext context, RequestDelegate page)
    {
        var (config, limiter) = (_force.Config, _force.Limiter);
        var open = _openHealth && IsHealth(context.Request.Path);
        // Who floods the pages must not get the process restarted.
        if (limiter is not null && !open && !Acquired(limiter))
        {
            await TooManyAsync(
                context,
                "too many requests; rate_limit of the web configuration allows no more, come again in a second\n"
            );
            return;
        }
        if (!config.Headers.IsEmpty)
        {
            // After those of the page itself, which they replace.
            context.Response.OnStarting(
                static state =>
                {
                    var (response, headers) = ((HttpResponse, WebConfig))state;
                    foreach (var (name, value) in headers.Headers)
                    {
                        response.Headers[name] = value;
                    }
                    return Task.CompletedTask;
                },
                (context.Response, config)
            );
        }
        if (config.Users.IsEmpty || open)
        {
            await page(context);
            return;
        }
        switch (await LoginAsync(context, config))
        {
            case Login.Accepted:
                await page(context);
                break;
            case Login.Busy:
                await TooManyAsync(
                    context,
                    "too many logins of this client wait to be checked; come again in a second\n"
                );
                break;
            default:
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"clustermgr-exporter\", charset=\"UTF-8\"";
                await PlainText.WriteAsync(context, StatusCodes.Status401Unauthorized, "a login is needed\n");
                break;
        }
    }

    private static Task TooManyAsync(HttpContext context, string sentence)
    {
        context.Response.Headers.RetryAfter = "1";
        return PlainText.WriteAsync(context, StatusCodes.Status429TooManyRequests, sentence);
    }

    private async ValueTask<Login> LoginAsync(HttpContext context, WebConfig config) =>
        Credentials(context.Request.Headers.Authorization) is var (user, password)
            ? await _passwords.CheckAsync(
                config.Users,
                user,
                password,
                context.Connection.RemoteIpAddress ?? IPAddress.None,
                context.RequestAborted
            )
            : Login.Refused;

    /// <summary>Null where there are none, or they cannot be read.</summary>
    private static (string User, string Password)? Credentials(string? authorization)
    {
        const string Scheme = "Basic ";
        if (authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }
        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), bytes, out var length))
        {
            return null;
        }
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0
            ? (text[..colon], text[(colon + 1)..])
            : null;
    }

    private static bool Acquired(TokenBucketRateLimiter limiter)
    {
        try
        {
            using var lease = limiter.AttemptAcquire();
            return lease.IsAcquired;
        }
        catch (ObjectDisposedException)
        {
            return true; // exchanged at this moment
        }
    }

    private static bool IsHealth(PathString path) => path.Value is "/-/healthy" or "/-/ready";

    private static TokenBucketRateLimiter? Limiter(WebConfig config) =>
        config.RateLimit is { } limit
            ? new TokenBucketRateLimiter(
                new TokenBucketRateLimiterOptions
                {
                    TokenLimit = limit.Burst,
                    TokensPerPeriod = 1,
                    ReplenishmentPeriod = limit.Interval,
                    QueueLimit = 0,
                    AutoReplenishment = true,
                }
            )
            : null;

    private sealed record Force(WebConfig Config, TokenBucketRateLimiter? Limiter);
}
