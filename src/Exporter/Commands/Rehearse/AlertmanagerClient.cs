using System.Net;
using System.Text.Json;
using Clustermgr.Client;
using ClustermgrExporter.Alerting;

namespace ClustermgrExporter.Commands;

/// <summary>Sends alerts to one Alertmanager. Failures throw HttpRequestException with a sentence.</summary>
/// <param name="transport">The caller disposes it.</param>
/// <param name="url">The API is below its path.</param>
internal sealed class AlertmanagerClient(HttpMessageHandler transport, Uri url, TimeProvider time)
{
    /// <summary>Maximum size of its list of alerts.</summary>
    private const int MaxBodyBytes = 16 << 20;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(3);

    /// <summary>An alert that is not sent again resolves itself after this time, if this process dies.</summary>
    private static readonly TimeSpan AlertLifetime = TimeSpan.FromMinutes(2);

    private readonly IAlertmanagerApi _api = HttpApi.Create<IAlertmanagerApi>(transport, url, RequestTimeout, time);

    /// <summary>Sends alerts as firing, or as ended.</summary>
    public async Task SendAsync(
        IReadOnlyCollection<FiringAlert> alerts,
        string scenario,
        bool ended,
        CancellationToken ct
    )
    {
        if (alerts.Count == 0)
        {
            return;
        }
        var now = time.GetUtcNow();
        using var content = AlertMessage.CreateContent(
            alerts.Select(alert =>
                CreateMessage(
                    alert,
                    scenario,
                    alert.At < now ? alert.At : now,
                    ended ? now : now + AlertLifetime,
                    ended
                )
            )
        );
        await AskAsync(stop => _api.PostAlertsAsync(content, stop), static (_, _) => Task.FromResult(true), ct);
    }

    /// <summary>Returns the names of the firing alerts of a cluster that are not from a rehearsal.</summary>
    public async Task<IReadOnlyList<string>> RealAlertsAsync(string cluster, CancellationToken ct)
    {
        var quoted = cluster
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        return await AskAsync(stop => _api.GetActiveAlertsAsync($"cluster=\"{quoted}\"", stop), NamesAsync, ct);
    }

    /// <summary>Reads the names of the alerts that are not from a rehearsal.</summary>
    private async Task<IReadOnlyList<string>> NamesAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using var body = new PooledBody();
        if (!await body.FillAsync(await response.Content.ReadAsStreamAsync(ct), MaxBodyBytes, ct))
        {
            throw new HttpRequestException($"{url} answers with more than {MaxBodyBytes} bytes");
        }
        try
        {
            using var alerts = JsonDocument.Parse(body.Memory);
            return
            [
                .. alerts
                    .RootElement.EnumerateArray()
                    .Select(alert => alert.GetProperty("labels"))
                    .Where(labels => !labels.TryGetProperty("rehearsal", out _))
                    .Select(labels => labels.GetProperty("alertname").GetString() ?? "")
                    .Distinct(),
            ];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HttpRequestException($"{url} does not answer as an Alertmanager with the API v2 does");
        }
    }

    private static AlertMessage CreateMessage(
        FiringAlert alert,
        string scenario,
        DateTimeOffset startsAt,
        DateTimeOffset endsAt,
        bool ended
    ) =>
        new(
            "",
            [.. alert.Labels],
            [
                KeyValuePair.Create("summary", $"REHEARSAL: {alert.Labels["cluster"]}: {alert.Sentence}"),
                KeyValuePair.Create(
                    "description",
                    $"{alert.Sentence} This is a rehearsal of the scenario {scenario}: nothing is broken."
                ),
                KeyValuePair.Create("runbook_url", alert.Rule.Runbook),
            ],
            startsAt,
            endsAt,
            ended
        );

    private async Task<T> AskAsync<T>(
        Func<CancellationToken, Task<HttpResponseMessage>> send,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken ct
    )
    {
        try
        {
            using var response = await send(ct);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return await read(response, ct);
            }
            var request = response.RequestMessage!;
            throw new HttpRequestException(
                $"{url} answers {(int)response.StatusCode} to {request.Method} {request.RequestUri!.AbsolutePath}"
            );
        }
        catch (TimeoutException)
        {
            throw new HttpRequestException($"{url} does not answer: nothing within {RequestTimeout.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException { InnerException: not null } or IOException)
        {
            throw new HttpRequestException($"{url} does not answer: {e.InnerException?.Message ?? e.Message}");
        }
    }
}
