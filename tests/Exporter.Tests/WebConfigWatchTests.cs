using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests;

/// <summary>A web configuration that changes while the exporter runs.</summary>
public sealed class WebConfigWatchTests : ILogEventSink, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<string> _log = [];

    private string File => Path.Combine(_folder.Path, "web.yaml");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    void ILogEventSink.Emit(LogEvent logEvent)
    {
        lock (_log)
        {
            _log.Add($"{logEvent.Level}: {logEvent.RenderMessage(CultureInfo.InvariantCulture)}");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AnotherPasswordIsInForceWithoutARestartAndABadFileChangesNothing()
    {
        Write("first");
        await using var running = await StartAsync();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), await AskAsync(running, "first", "second"));

        Write("second");
        await ChangedAsync("Information: web configuration read again");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), await AskAsync(running, "first", "second"));

        await System.IO.File.WriteAllTextAsync(File, "basic_auth_users: { alice: plain }", Ct);
        await ChangedAsync(
            "Error: web configuration not reloaded, the previous one stays in force; fix the errors above, and it is "
                + "read again within 10 s"
        );
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), await AskAsync(running, "first", "second"));
        Assert.Contains(
            Said(),
            line => line.Contains($"{File}:1: what \"alice\" has is not a bcrypt hash", StringComparison.Ordinal)
        );
        Assert.Contains(
            "config_last_reload_successful 0",
            await PageAsync(running, "second"),
            StringComparison.Ordinal
        );

        await System.IO.File.WriteAllTextAsync(File, "tls_server_config: { client_auth_type: NoClientCert }", Ct);
        Assert.False(await running.ReloadAsync(() => new ConfigResult(Config(), [], [])));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), await AskAsync(running, "first", "second"));

        Write("third");
        Assert.True(await running.ReloadAsync(() => new ConfigResult(Config(), [], [])));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), await AskAsync(running, "third", "second"));
    }

    private string[] Said()
    {
        lock (_log)
        {
            return [.. _log];
        }
    }

    private static ExporterConfig Config() => new() { Clusters = [Polling.PollingFixture.Cluster("prod", "abc")] };

    private void Write(string password) =>
        System.IO.File.WriteAllText(
            File,
            $"basic_auth_users: {{ alice: {BCrypt.Net.BCrypt.HashPassword(password, 4)} }}\n# {password.Length}"
        );

    private Task<RunningExporter> StartAsync() =>
        RunningExporter.StartAsync(
            Config(),
            new ServerOptions([ListenAddress.Parse("127.0.0.1:0", _ => [], out _)!], "/metrics", File),
            new LoggerConfiguration().WriteTo.Sink(this).CreateLogger(),
            _time,
            descriptors: null,
            web: WebConfigReader.Load(File, _time).Config
        );

    private async Task ChangedAsync(string said)
    {
        lock (_log)
        {
            _log.Clear();
        }
        for (var i = 0; i < 500; i++)
        {
            _time.Advance(FileWatcher.Interval);
            await Task.Delay(10, Ct);
            lock (_log)
            {
                if (_log.Contains(said))
                {
                    return;
                }
            }
        }
        Assert.Fail($"not logged: {said}");
    }

    private static async Task<(HttpStatusCode, HttpStatusCode)> AskAsync(
        RunningExporter running,
        string first,
        string second
    ) => ((await GetAsync(running, first)).StatusCode, (await GetAsync(running, second)).StatusCode);

    private static async Task<string> PageAsync(RunningExporter running, string password) =>
        await (await GetAsync(running, password)).Content.ReadAsStringAsync(Ct);

    private static async Task<HttpResponseMessage> GetAsync(RunningExporter running, string password)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"alice:{password}"))
        );
        return await http.GetAsync(new Uri(running.Url, "/metrics"), Ct);
    }
}
