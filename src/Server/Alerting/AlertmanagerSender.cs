using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Alerting;

/// <summary>What became of a request with alerts.</summary>
/// <param name="Detail">What went wrong; "" when they were accepted.</param>
/// <param name="IsRetriable">Whether the same request may be accepted later. One that is invalid (400) is not.</param>
internal readonly record struct AlertDelivery(Outcome Outcome, string Detail, bool IsRetriable)
{
    public bool Accepted => Outcome == Outcome.Ok;
}

/// <summary>Posts alerts to one Alertmanager, with its login.</summary>
/// <param name="transport">Disposed with the sender.</param>
internal sealed class AlertmanagerSender(AlertmanagerConfig config, HttpMessageHandler transport, TimeProvider time)
    : IDisposable
{
    /// <summary>Maximum length of an error that is read, in bytes.</summary>
    private const int MaxErrorBytes = 4096;

    private readonly IAlertmanagerApi _api = HttpApi.Create<IAlertmanagerApi>(
        transport,
        config.Url,
        config.Timeout,
        time
    );

    public AlertmanagerConfig Config => config;

    /// <param name="names">Resolves its host.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public static AlertmanagerSender Create(AlertmanagerConfig config, NameResolver names, TimeProvider time)
    {
        var connections = ClustermgrTransport.Create(CollectorFactory.CreateTlsOptions(config.Tls), names);
        return new(config, CreateLogin(config) is { } login ? new LoginHandler(login, connections) : connections, time);
    }

    /// <summary>A failure is a value.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<AlertDelivery> SendAsync(IEnumerable<AlertMessage> alerts, CancellationToken ct)
    {
        try
        {
            using var content = AlertMessage.CreateContent(alerts);
            using var response = await _api.PostAlertsAsync(content, ct);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return new(Outcome.Ok, "", IsRetriable: false);
            }
            var refused = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
            var reason = refused
                ? "it refuses the login; check basic_auth or authorization"
                : await ReadErrorAsync(response, ct);
            return new(
                refused ? Outcome.Auth : Outcome.HttpError,
                $"HTTP {(int)response.StatusCode}{(reason.Length > 0 ? ": " : "")}{reason}",
                refused || (int)response.StatusCode is 408 or 429 or >= 500
            );
        }
        catch (TimeoutException)
        {
            return new(Outcome.Timeout, $"no answer within {config.Timeout.TotalSeconds} s", IsRetriable: true);
        }
        catch (Exception e) when (HttpApi.IsFailure(e) && !ct.IsCancellationRequested)
        {
            var (outcome, detail) = TransportFailure.FromException(e, config.Url.Scheme);
            return new(outcome, detail, IsRetriable: true);
        }
    }

    public void Dispose() => transport.Dispose();

    /// <summary>Returns "" when the error cannot be read: the status says enough.</summary>
    private async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using var body = new PooledBody();
        try
        {
            await body.FillAsync(await response.Content.ReadAsStreamAsync(ct), MaxErrorBytes, ct);
        }
        catch (Exception e) when (HttpApi.IsFailure(e) && !ct.IsCancellationRequested)
        {
            return "";
        }
        var text = Encoding.UTF8.GetString(body.Memory.Span);
        return TextSanitizer.Clean(
            TextSanitizer.Redact(
                text,
                CreateLogin(config)?.Parameter,
                config.Password?.Reveal(),
                config.Bearer?.Reveal()
            )
        );
    }

    private static AuthenticationHeaderValue? CreateLogin(AlertmanagerConfig config) =>
        config.Bearer is { } bearer ? new("Bearer", bearer.Reveal())
        : config is { User: { } user, Password: { } password }
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password.Reveal()}")))
        : null;

    private sealed class LoginHandler(AuthenticationHeaderValue login, HttpMessageHandler inner)
        : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            request.Headers.Authorization = login;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
