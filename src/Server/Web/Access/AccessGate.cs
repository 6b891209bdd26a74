using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using System.Threading.RateLimiting;
using ClustermgrExporter.Configuration;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Access;

/// <summary>
/// Checks logins, limits requests and adds headers, according to the current web configuration. The configuration can
/// be replaced at runtime, except that TLS cannot be switched on or off.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "A limiter that was replaced may still be in use; it only holds a timer."
)]
internal sealed class AccessGate
{
    private readonly bool _healthWithoutAuth;
    private readonly PasswordCheck _passwords = new();
    private volatile ActiveAccess _active;

    /// <param name="healthWithoutAuth">/-/healthy and /-/ready are answered without a password: load balancers cannot
    /// log in.</param>
    public AccessGate(WebConfig config, bool healthWithoutAuth)
    {
        _healthWithoutAuth = healthWithoutAuth;
        _active = new ActiveAccess(config, Limiter(config));
    }

    /// <summary>The current web configuration.</summary>
    public WebConfig Config => _active.Config;

    /// <summary>Whether there are no logins, no limit and no additional headers.</summary>
    public bool IsOpen => Config is { Users.IsEmpty: true, Headers.IsEmpty: true, RateLimit: null };

    /// <summary>Returns "" or why the configuration cannot be applied at runtime.</summary>
    public string Validate(WebConfig config) =>
        (Config.Tls, config.Tls) switch
        {
            (null, not null) => "TLS cannot be switched on while this runs; restart it",
            (not null, null) => "TLS cannot be switched off while this runs; restart it",
            // A file that is half written, or empty on a full disk, must not let everybody in.
            _ when config.Users.IsEmpty && !Config.Users.IsEmpty =>
                "passwords cannot be switched off while this runs; restart it",
            _ => "",
        };

    /// <summary>Applies a configuration from the next request and the next handshake on.</summary>
    public void Apply(WebConfig config)
    {
        // An unchanged limit keeps its bucket.
        var before = _active;
        var same = config.RateLimit == Config.RateLimit;
        _active = new ActiveAccess(config, same ? before.Limiter : Limiter(config));
        if (!same)
        {
            before.Limiter?.Dispose();
        }
    }

    public async Task AnswerAsync(HttpContext context, RequestDelegate page)
    {
        var config = _active.Config;
        var limiter = _active.Limiter;
        var open = _healthWithoutAuth && IsHealth(context.Request.Path);
        // A flood of requests must not get the process restarted by a failing health check.
        if (limiter is not null && !open && !TryAcquire(limiter))
        {
            await TooManyAsync(
                context,
                "too many requests; rate_limit of the web configuration allows no more, retry in a second\n"
            );
            return;
        }
        if (!config.Headers.IsEmpty)
        {
            // Set after the page's own headers, which they replace.
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
            case LoginResult.Accepted:
                await page(context);
                break;
            case LoginResult.Busy:
                await TooManyAsync(context, "too many logins of this client wait to be checked; retry in a second\n");
                break;
            default:
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"clustermgr-exporter\", charset=\"UTF-8\"";
                await PlainText.WriteAsync(context, StatusCodes.Status401Unauthorized, "authentication required\n");
                break;
        }
    }

    private static Task TooManyAsync(HttpContext context, string sentence)
    {
        context.Response.Headers.RetryAfter = "1";
        return PlainText.WriteAsync(context, StatusCodes.Status429TooManyRequests, sentence);
    }

    private async ValueTask<LoginResult> LoginAsync(HttpContext context, WebConfig config) =>
        Credentials(context.Request.Headers.Authorization) is var (user, password)
            ? await _passwords.CheckAsync(
                config.Users,
                user,
                password,
                context.Connection.RemoteIpAddress ?? IPAddress.None,
                context.RequestAborted
            )
            : LoginResult.Refused;

    /// <summary>Null if there are none, or they cannot be read.</summary>
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

    private static bool TryAcquire(TokenBucketRateLimiter limiter)
    {
        try
        {
            using var lease = limiter.AttemptAcquire();
            return lease.IsAcquired;
        }
        catch (ObjectDisposedException)
        {
            return true; // replaced at this moment
        }
    }

    private static bool IsHealth(PathString path) => path.Value is PagePaths.Healthy or PagePaths.Ready;

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

    private sealed record ActiveAccess(WebConfig Config, TokenBucketRateLimiter? Limiter);
}
