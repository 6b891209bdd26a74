using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests;

/// <summary>Reloads of the whole program. A signal starts them, and nothing waits for their end.</summary>
public sealed class RunningExporterTests : ILogEventSink
{
    private const long Limit = 150;

    private readonly List<string> _log = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AReloadThatThrowsIsLoggedAndCountsAsFailedAndTheNextOneMayMendIt()
    {
        await using var running = await StartAsync("a", "b");
        await Bounded(running.ReloadAsync(() => throw new TimeoutException("the file system hangs")));
        Assert.Contains(
            _log,
            line => line.StartsWith("Error: a bug in this program while it reloaded", StringComparison.Ordinal)
        );
        Assert.Contains(
            "clustermgr_exporter_config_last_reload_successful 0\n",
            await PageAsync(running, "metrics"),
            StringComparison.Ordinal
        );

        await Bounded(running.ReloadAsync(() => new ConfigResult(Config("b", "c"), [], [])));
        Assert.Contains(
            "Information: configuration reloaded: 1 added (c), 1 removed (a), 0 changed, 1 unchanged",
            _log
        );
    }

    [Fact]
    public async Task AReloadThatNeedsMoreDescriptorsThanThereAreChangesNothing()
    {
        await using var running = await StartAsync("a");
        await Bounded(
            running.ReloadAsync(() =>
                new ConfigResult(Config([.. Enumerable.Range(0, 9).Select(i => $"c{i}")]), [], [])
            )
        );
        Assert.Equal(["a"], running.Registry.Clusters.Select(cluster => cluster.Cluster.Name));
        Assert.Contains(
            _log,
            line =>
                line.StartsWith(
                    "Error: 27 members in 9 clusters need up to 170 file descriptors (3 a member, 1 for each scheduler, 64 of its own, 16 "
                        + "for scrapes), and "
                        + "this process may open 150: raise the limit (LimitNOFILE=170 ",
                    StringComparison.Ordinal
                )
        );
        Assert.Contains(
            "clustermgr_exporter_config_last_reload_successful 0\n",
            await PageAsync(running, "metrics"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task AReloadThatComesAfterTheEndChangesNothing()
    {
        var running = await StartAsync("a");
        await running.DisposeAsync();
        await Bounded(running.ReloadAsync(() => new ConfigResult(Config("b"), [], [])));
        Assert.Equal(["a"], running.Registry.Clusters.Select(cluster => cluster.Cluster.Name));
    }

    [Fact]
    public async Task TheStatusPageTellsWhichTimeItIsOfAndComesAgainByItself()
    {
        await using var running = await StartAsync("a");
        var page = await PageAsync(running, "");
        Assert.Contains(">2026-01-01 00:00:00 UTC</time>.", page, StringComparison.Ordinal);
        Assert.Contains(
            "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>",
            page,
            StringComparison.Ordinal
        );
    }

    void ILogEventSink.Emit(LogEvent logEvent)
    {
        lock (_log)
        {
            _log.Add($"{logEvent.Level}: {logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)}");
        }
    }

    private static Task Bounded(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

    private static async Task<string> PageAsync(RunningExporter running, string path)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        return await http.GetStringAsync(new Uri(running.Url, path), Ct);
    }

    // No member is asked, because the clock stands still.
    private static ExporterConfig Config(params string[] clusters) =>
        new() { Clusters = [.. clusters.Select(cluster => Polling.PollingFixture.Cluster(cluster, "abc"))] };

    private Task<RunningExporter> StartAsync(params string[] clusters) =>
        RunningExporter.StartAsync(
            Config(clusters),
            new ServerOptions([ListenAddress.Parse("127.0.0.1:0", _ => [], out _)!], "/metrics"),
            new LoggerConfiguration().WriteTo.Sink(this).CreateLogger(),
            new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            Limit
        );
}
