using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ClustermgrExporter.Cli.Rehearsing;

/// <summary>Alertmanager's API, version 2, as far as a rehearsal needs it. What fails throws HttpRequestException with a
/// sentence.</summary>
internal sealed class AlertmanagerClient(HttpMessageInvoker http, Uri url, TimeProvider time)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    /// <summary>An alert that is not sent again ends by itself, should this process end without a word.</summary>
    private static readonly TimeSpan s_lives = TimeSpan.FromMinutes(2);

    /// <summary>Tells that they fire, or, at the end, that they no longer do.</summary>
    public async Task SendAsync(IReadOnlyCollection<FiringAlert> alerts, string scenario, bool ended, CancellationToken ct)
    {
        if (alerts.Count == 0) return;
        var now = time.GetUtcNow();
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartArray();
            foreach (var alert in alerts) Write(json, alert, scenario, ended ? now : now + s_lives);
            json.WriteEndArray();
        }
        using var content = new ReadOnlyMemoryContent(body.WrittenMemory);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Path("api/v2/alerts")) { Content = content };
        (await AskAsync(request, ct)).Dispose();
    }

    /// <summary>Names of alerts that fire for a cluster and are no rehearsal.</summary>
    public async Task<IReadOnlyList<string>> RealAlertsAsync(string cluster, CancellationToken ct)
    {
        var quoted = cluster.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        var filter = Uri.EscapeDataString($"cluster=\"{quoted}\"");
        using var request = new HttpRequestMessage(HttpMethod.Get, Path($"api/v2/alerts?active=true&filter={filter}"));
        using var answer = await AskAsync(request, ct);
        try
        {
            using var alerts = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(ct));
            return [.. alerts.RootElement.EnumerateArray().Select(alert => alert.GetProperty("labels"))
                .Where(labels => !labels.TryGetProperty("rehearsal", out _)).Select(labels => labels.GetProperty("alertname").GetString() ?? "").Distinct()];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HttpRequestException($"{url} does not answer as an Alertmanager with the API v2 does");
        }
    }

    private static void Write(Utf8JsonWriter json, FiringAlert alert, string scenario, DateTimeOffset endsAt)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels");
        foreach (var (name, value) in alert.Labels) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartObject("annotations");
        var cluster = alert.Labels["cluster"];
        json.WriteString("summary", $"REHEARSAL: {cluster}: {alert.Sentence}");
        json.WriteString("description", $"{alert.Sentence} This is a rehearsal of the scenario {scenario}, which somebody started: nothing is broken.");
        json.WriteString("runbook_url", alert.Rule.Runbook);
        json.WriteEndObject();
        json.WriteString("startsAt", Time(alert.At));
        json.WriteString("endsAt", Time(endsAt));
        json.WriteEndObject();
    }

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(s_timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(request, either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new HttpRequestException($"{url} does not answer: {(e is HttpRequestException ? e.InnerException?.Message ?? e.Message : $"nothing within {s_timeout.TotalSeconds} s")}");
        }
        if (answer.StatusCode == HttpStatusCode.OK) return answer;
        using (answer) throw new HttpRequestException($"{url} answers {(int)answer.StatusCode} to {request.Method} {request.RequestUri!.AbsolutePath}");
    }

    /// <summary>Below whatever path the API has there.</summary>
    private Uri Path(string path) => new($"{url.AbsoluteUri.TrimEnd('/')}/{path}");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
