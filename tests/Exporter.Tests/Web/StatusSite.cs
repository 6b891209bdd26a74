using System.Net;
using System.Text.Json;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Tests.Cli;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Tests.Polling;
using ClustermgrExporter.Web;
using ClustermgrExporter.Web.Access;
using ClustermgrSimulator;
using Serilog.Core;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>Pages and API of polled clusters on a real socket; polls run only when a test advances their
/// clock.</summary>
internal sealed class StatusSite : IAsyncDisposable
{
    private readonly ExporterServer _server;

    private StatusSite(ExporterServer server, PollingFixture polled)
    {
        _server = server;
        Polled = polled;
        Http = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromSeconds(60) };
    }

    public PollingFixture Polled { get; }

    /// <summary>Does not decompress.</summary>
    public HttpClient Http { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts with scripted members a, b and c in every cluster, which are polled for a while.</summary>
    public static Task<StatusSite> StartAsync(params string[] clusters) =>
        StartAsync(
            new PollingFixture
            {
                Config = new ExporterConfig
                {
                    Clusters = [.. clusters.Select(name => PollingFixture.Cluster(name, "abc"))],
                },
            }
        );

    /// <summary>Starts with a simulated cluster, which is polled for a while.</summary>
    public static Task<StatusSite> StartAsync(
        Func<TimeProvider, SimulatedCluster> simulate,
        string name = "prod-z0",
        params int[] only
    ) => StartAsync(simulate, 20, name, only);

    /// <inheritdoc cref="StartAsync(Func{TimeProvider, SimulatedCluster}, string, int[])"/>
    public static Task<StatusSite> StartAsync(
        Func<TimeProvider, SimulatedCluster> simulate,
        double seconds,
        string name = "prod-z0",
        params int[] only
    )
    {
        var clock = new ManualClock();
        var simulated = simulate(clock);
        return StartAsync(
            new PollingFixture(transport: _ => new SimulatorHandler([simulated], clock), clock: clock)
            {
                Config = new ExporterConfig
                {
                    Clusters = [StatusCliFixture.Config(simulated, name, only)],
                    VolumeScanInterval = TimeSpan.FromMinutes(1),
                },
            },
            seconds
        );
    }

    public static async Task<StatusSite> StartAsync(
        PollingFixture polled,
        double seconds = 20,
        Logger? log = null,
        AccessGate? access = null,
        ServerOptions? options = null,
        Func<Task<bool>>? reload = null,
        AlertingView? alerting = null
    )
    {
        polled.Start().Run(seconds);
        var telemetry = new ExporterTelemetry(() => new ConfigState(true, Samples.Now, 1), () => Samples.Process);
        if (alerting is not null)
        {
            telemetry.Alerting.Publish(alerting);
        }
        options ??= new ServerOptions([ListenAddress.Parse("127.0.0.1:0", _ => [], out _)!], "/prom/metrics");
        var site = new PageRouter(
            options,
            polled.Registry,
            new ExporterPage(telemetry, polled.Clock),
            polled.Clock,
            reload ?? (() => Task.FromResult(false))
        );
        return new StatusSite(
            await ExporterServer.StartAsync(
                options,
                site,
                telemetry,
                access ?? new AccessGate(WebConfig.None, healthWithoutAuth: false),
                new ConnectionGate(DescriptorBudget.MaxScrapes, polled.Clock, Logger.None),
                log ?? Logger.None
            ),
            polled
        );
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await Http.SendAsync(request, Ct);
    }

    public async Task<string> TextAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await GetAsync(path);
        Assert.Equal(status, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    public async Task<JsonElement> JsonAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var document = JsonDocument.Parse(await TextAsync(path, status));
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
