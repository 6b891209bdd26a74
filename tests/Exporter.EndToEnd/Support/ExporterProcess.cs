using System.Text.RegularExpressions;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Support;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>The program, serving on its own port.</summary>
internal sealed partial class ExporterProcess : IAsyncDisposable
{
    /// <summary>Time limit for quick operations of the program, on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http;

    private ExporterProcess(ChildProcess child, Uri metrics)
    {
        Child = child;
        Metrics = metrics;
        _http = new HttpClient { BaseAddress = metrics, Timeout = Patience };
    }

    public ChildProcess Child { get; }

    public Uri Metrics { get; }

    public Uri Root => new(Metrics, "/");

    /// <summary>Starts it; it listens, but may not have polled yet.</summary>
    /// <param name="port">0 for any free port.</param>
    public static async Task<ExporterProcess> StartAsync(
        IEnumerable<string> arguments,
        CancellationToken ct,
        IEnumerable<KeyValuePair<string, string>>? environment = null,
        int port = 0
    )
    {
        return await ServingAsync(
            ProgramUnderTest.Start([.. arguments, $"--web.listen-address=127.0.0.1:{port}"], environment),
            ct
        );
    }

    /// <summary>Starts it with a limit of open files.</summary>
    public static Task<ExporterProcess> StartLimitedAsync(
        int descriptors,
        IEnumerable<string> arguments,
        CancellationToken ct
    ) =>
        ServingAsync(
            ProgramUnderTest.StartLimited(descriptors, [.. arguments, "--web.listen-address=127.0.0.1:0"]),
            ct
        );

    private static async Task<ExporterProcess> ServingAsync(ChildProcess child, CancellationToken ct)
    {
        try
        {
            // serve logs its address, demo prints it.
            var url = await Eventually.FindAsync(
                Patience,
                "it says where it serves",
                _ =>
                    Task.FromResult(
                        Serving().Match(child.Error) is { Success: true } logged ? logged.Groups[1].Value
                        : Printed().Match(child.Output) is { Success: true } printed ? printed.Groups[1].Value
                        : child.Ended ? throw new InvalidOperationException($"it ended during startup: {child}")
                        : null
                    ),
                () => child,
                ct
            );
            return new ExporterProcess(child, new Uri(url));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it until it exits.</summary>
    public static async Task<(int Exit, string Output, string Error)> RunAsync(
        IEnumerable<string> arguments,
        CancellationToken ct,
        IEnumerable<KeyValuePair<string, string>>? environment = null
    )
    {
        await using var child = ProgramUnderTest.Start(arguments, environment);
        var exit = await child.EndAsync(Patience, ct);
        return (exit, child.Output, child.Error);
    }

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken ct) => _http.GetAsync(path, ct);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, CancellationToken ct) =>
        _http.SendAsync(new HttpRequestMessage(method, path), ct);

    public Task<string> TextAsync(string path, CancellationToken ct) => _http.GetStringAsync(path, ct);

    /// <summary>The current exposition, parsed strictly.</summary>
    public async Task<ScrapedPage> ScrapeAsync(CancellationToken ct) =>
        ExpositionParser.Parse(await _http.GetByteArrayAsync(Metrics, ct), MetricsFormat.Text004);

    /// <summary>Waits up to <paramref name="bound"/> for the first exposition that satisfies the condition.</summary>
    public async Task<ScrapedPage> ScrapeUntilAsync(
        string what,
        Func<ScrapedPage, bool> holds,
        CancellationToken ct,
        TimeSpan? bound = null
    )
    {
        ScrapedPage? last = null;
        return await Eventually.FindAsync(
            bound ?? Patience,
            what,
            async stop =>
            {
                last = await ScrapeAsync(stop);
                return holds(last) ? last : null;
            },
            () =>
                $"{string.Join('\n', last?.All("clustermgr_up").Select(up => $"{string.Join(',', up.Pairs)} {up.Text}") ?? [])}\n{Child}",
            ct
        );
    }

    /// <summary>Waits until every member was polled or has failed once.</summary>
    public Task ReadyAsync(CancellationToken ct) =>
        Eventually.HoldsAsync(
            Patience,
            "it is ready",
            async stop =>
            {
                using var answer = await GetAsync("/-/ready", stop);
                return answer.IsSuccessStatusCode;
            },
            () => Child,
            ct
        );

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Child.DisposeAsync();
    }

    [GeneratedRegex(@"serving .*(?: url=|""url"":"")(https?://[^\s""]+)")]
    private static partial Regex Serving();

    [GeneratedRegex(@"^metrics +(https?://\S+)$", RegexOptions.Multiline)]
    private static partial Regex Printed();
}
