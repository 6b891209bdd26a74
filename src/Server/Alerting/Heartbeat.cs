using Clustermgr.Client;
using Serilog;

namespace ClustermgrExporter.Alerting;

/// <summary>Requests a URL every minute (dead man's switch): its receiver raises an alarm when the requests stop. GET;
/// any 2xx is a success.</summary>
internal sealed class Heartbeat(NameResolver names, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private const double IntervalSeconds = 60;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _http = new(
        new DeadlineHandler(RequestTimeout, time, ClustermgrTransport.Create(null, names))
    );
    private readonly CancellationTokenSource _stop = new();
    private Task _sending = Task.CompletedTask;
    private double? _lastSentSeconds;
    private string _lastLogged = "";

    /// <summary>Null for none.</summary>
    public Uri? Url { get; set; }

    /// <summary>Sends a heartbeat if one is due, and does not wait for the answer.</summary>
    /// <param name="now">Steady seconds.</param>
    public void SendIfDue(double now)
    {
        if (Url is null || now - _lastSentSeconds < IntervalSeconds || !_sending.IsCompleted)
        {
            return;
        }
        _lastSentSeconds = now;
        _sending = SendAsync(Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(Uri url)
    {
        var failure = "";
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var answer = await _http.SendAsync(request, _stop.Token);
            failure = answer.IsSuccessStatusCode ? "" : $"HTTP {(int)answer.StatusCode}";
        }
        catch (Exception e) when (HttpApi.IsFailure(e))
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }
            failure =
                e is TimeoutException
                    ? $"no answer within {RequestTimeout.TotalSeconds} s"
                    : TransportFailure.FromException(e, url.Scheme).Detail;
        }
        if (failure == _lastLogged)
        {
            return;
        }
        _lastLogged = failure;
        // Only the host is logged: the path is often a secret.
        if (failure.Length > 0)
        {
            log.Warning(
                "the heartbeat does not reach {Host:l}: {Failure:l}; tried again every minute",
                url.Host,
                failure
            );
        }
        else
        {
            log.Information("the heartbeat reaches {Host:l} again", url.Host);
        }
    }
}
