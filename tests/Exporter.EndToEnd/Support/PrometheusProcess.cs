using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>A real Prometheus with its own folder and port.</summary>
internal sealed partial class PrometheusProcess : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly HttpClient _http;

    private PrometheusProcess(TempFolder folder, ChildProcess child, Uri url)
    {
        _folder = folder;
        Child = child;
        _http = new HttpClient { BaseAddress = url, Timeout = ExporterProcess.Patience };
    }

    public ChildProcess Child { get; }

    /// <summary>The lines of its log above the level info.</summary>
    public IEnumerable<string> Complaints =>
        Child
            .Error.Split('\n')
            .Where(line =>
                line.Contains("level=", StringComparison.Ordinal)
                && !line.Contains("level=info", StringComparison.Ordinal)
                && !line.Contains("level=debug", StringComparison.Ordinal)
            );

    /// <summary>Log lines of scrapes that failed for any reason except a timeout.</summary>
    public IEnumerable<string> RefusedScrapes =>
        Child
            .Error.Split('\n')
            .Where(line =>
                (
                    line.Contains("msg=\"Scrape failed\"", StringComparison.Ordinal)
                    || line.Contains("msg=\"Append failed\"", StringComparison.Ordinal)
                ) && !line.Contains("context deadline exceeded", StringComparison.Ordinal)
            );

    /// <summary>Starts one that scrapes itself and these targets every three seconds, which is also the time that a
    /// busy machine has to answer.</summary>
    /// <param name="targets">URL of /metrics by the name of its job.</param>
    public static Task<PrometheusProcess> StartAsync(
        IEnumerable<(string Job, Uri Url)> targets,
        CancellationToken ct
    ) =>
        StartAsync(
            port =>
                $"global: {{ scrape_interval: 3s, scrape_timeout: 3s }}\nscrape_configs:\n- {{ job_name: itself, "
                + $"static_configs: [{{ targets: ['127.0.0.1:{port}'] }}] }}\n"
                + string.Concat(
                    targets.Select(target =>
                        $"- {{ job_name: {target.Job}, metrics_path: {target.Url.AbsolutePath}, static_configs: [{{ "
                        + $"targets: ['{target.Url.Authority}'] }}] }}\n"
                    )
                ),
            ct
        );

    /// <param name="config">Returns the text of its configuration, given its port.</param>
    public static async Task<PrometheusProcess> StartAsync(Func<int, string> config, CancellationToken ct)
    {
        Programs.Need("prometheus", "prometheus");
        var folder = new TempFolder();
        // It scrapes itself, so its port must be known in advance: a free port that nothing else here binds.
        var port = FreePort();
        var child = ChildProcess.Start(
            "prometheus",
            [
                $"--config.file={folder.Write("prometheus.yml", config(port))}",
                "--log.level=debug",
                "--web.enable-lifecycle",
                $"--storage.tsdb.path={Path.Combine(folder.Path, "data")}",
                $"--web.listen-address=127.0.0.1:{port}",
            ]
        );
        try
        {
            await Eventually.HoldsAsync(
                ExporterProcess.Patience,
                "Prometheus is ready",
                async stop =>
                {
                    if (Ready().IsMatch(child.Error))
                    {
                        return true;
                    }
                    if (!child.Ended)
                    {
                        return false;
                    }
                    await child.EndAsync(ExporterProcess.Patience, stop); // to include all its output
                    throw new InvalidOperationException($"it ended: {child}");
                },
                () => child,
                ct
            );
            return new PrometheusProcess(folder, child, new Uri($"http://127.0.0.1:{port}"));
        }
        catch
        {
            await child.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The result of an instant query: labels and value of each element.</summary>
    public async Task<IReadOnlyList<(JsonObject Labels, double Value)>> QueryAsync(
        string expression,
        CancellationToken ct
    )
    {
        var answer = JsonNode.Parse(
            await _http.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}", ct)
        )!;
        return
        [
            .. answer["data"]!["result"]!
                .AsArray()
                .Select(element =>
                    (
                        element!["metric"]!.AsObject(),
                        double.Parse(element["value"]![1]!.GetValue<string>(), CultureInfo.InvariantCulture)
                    )
                ),
        ];
    }

    /// <summary>The value of a query with one element; null if it has none.</summary>
    public async Task<double?> ValueAsync(string expression, CancellationToken ct) =>
        await QueryAsync(expression, ct) is [var (_, value)] ? value : null;

    /// <summary>The stored samples of each series of a selector between two times, in Unix seconds.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<(double At, double Value)>>> SamplesAsync(
        string selector,
        double from,
        double to,
        CancellationToken ct
    )
    {
        var answer = await GetAsync(
            $"/api/v1/query?query={Uri.EscapeDataString(string.Create(CultureInfo.InvariantCulture, $"{selector}[{Math.Ceiling((to - from) * 1000)}ms] @ {to:0.000}"))}",
            ct
        );
        return
        [
            .. answer["data"]!["result"]!
                .AsArray()
                .Select(series =>
                    series!["values"]!
                        .AsArray()
                        .Select(sample =>
                            (
                                sample![0]!.GetValue<double>(),
                                double.Parse(sample[1]!.GetValue<string>(), CultureInfo.InvariantCulture)
                            )
                        )
                        .ToList()
                ),
        ];
    }

    public async Task<JsonNode> GetAsync(string path, CancellationToken ct) =>
        JsonNode.Parse(await _http.GetStringAsync(path, ct))!;

    public Task<string> TextAsync(string path, CancellationToken ct) => _http.GetStringAsync(path, ct);

    /// <summary>Makes it reload its configuration and rules; returns its answer.</summary>
    public Task<HttpResponseMessage> ReloadAsync(CancellationToken ct) => _http.PostAsync("/-/reload", null, ct);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Child.DisposeAsync();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("Server is ready to receive web requests")]
    private static partial Regex Ready();
}
