using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>A single real Alertmanager with its own folder and port.</summary>
internal sealed partial class AlertmanagerProcess : IAsyncDisposable
{
    public const string Program = "prometheus-alertmanager";

    private readonly TempFolder _folder;
    private readonly HttpClient _http;

    private AlertmanagerProcess(TempFolder folder, ChildProcess child, Uri url)
    {
        _folder = folder;
        Child = child;
        Url = url;
        _http = new HttpClient { BaseAddress = url, Timeout = ExporterProcess.Patience };
    }

    public ChildProcess Child { get; }

    public Uri Url { get; }

    public static async Task<AlertmanagerProcess> StartAsync(string config, CancellationToken ct)
    {
        var folder = new TempFolder();
        var child = ChildProcess.Start(
            Program,
            [
                $"--config.file={folder.Write("alertmanager.yml", config)}",
                $"--storage.path={Path.Combine(folder.Path, "data")}",
                "--web.listen-address=127.0.0.1:0",
                "--cluster.listen-address=",
            ]
        );
        try
        {
            var address = await Eventually.FindAsync(
                ExporterProcess.Patience,
                "Alertmanager listens",
                _ =>
                    Task.FromResult(
                        Listening().Match(child.Error) is { Success: true } said ? said.Groups[1].Value
                        : child.Ended ? throw new InvalidOperationException($"it ended: {child}")
                        : null
                    ),
                () => child,
                ct
            );
            return new AlertmanagerProcess(folder, child, new Uri($"http://{address}"));
        }
        catch
        {
            await child.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Name and cluster of the firing alerts that are inhibited.</summary>
    public async Task<ImmutableArray<(string Alert, string Cluster)>> InhibitedAsync(CancellationToken ct) =>
        [
            .. JsonNode
                .Parse(await _http.GetStringAsync("/api/v2/alerts?active=true&inhibited=true", ct))!
                .AsArray()
                .Where(alert => alert!["status"]!["inhibitedBy"]!.AsArray().Count > 0)
                .Select(alert => alert!["labels"]!)
                .Select(labels =>
                    (AlertNames.Short(labels["alertname"]!.GetValue<string>()), labels["cluster"]!.GetValue<string>())
                ),
        ];

    /// <summary>Labels of each firing alert of a name.</summary>
    public async Task<ImmutableArray<ImmutableDictionary<string, string>>> LabelsAsync(
        string alert,
        CancellationToken ct
    ) =>
        [
            .. JsonNode
                .Parse(await _http.GetStringAsync($"/api/v2/alerts?active=true&filter=alertname=%22{alert}%22", ct))!
                .AsArray()
                .Select(one =>
                    one!["labels"]!
                        .AsObject()
                        .ToImmutableDictionary(label => label.Key, label => label.Value!.GetValue<string>())
                ),
        ];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Child.DisposeAsync();
        _folder.Dispose();
    }

    [GeneratedRegex(@"msg=""Listening on"" address=(\S+)")]
    private static partial Regex Listening();
}
