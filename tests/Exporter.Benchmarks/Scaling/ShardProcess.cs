using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace ClustermgrExporter.Benchmarks.Scaling;

/// <summary>One shard of very many clusters, in a process of its own: the program's polling and its /metrics, of which
/// a part of the clusters has real sockets and the rest <see cref="CannedMembers"/>.</summary>
internal static partial class ShardProcess
{
    /// <param name="real">YAML of the clusters with sockets, as <see cref="Processes.SimulatedFleet"/> writes
    /// it.</param>
    /// <param name="clusters">Of all shards.</param>
    public static async Task<bool> RunAsync(int shard, int shards, int clusters, string real, CancellationToken ct)
    {
        ClusterConfig[] all = [.. Real(await File.ReadAllTextAsync(real, ct)), .. Canned(clusters)];
        all = all[..clusters];
        var config = new ExporterConfig
        {
            PollInterval = TimeSpan.FromSeconds(15),
            SchedulerInterval = TimeSpan.Zero,
            Clusters = [.. all.Where(cluster => Shard.Owner(cluster.Name, shards) == shard)],
            Share = new ClusterShare(shard, shards, clusters),
        };
        var sockets = new SharedTransports(new NameResolver());
        using var canned = new CannedMembers();
        var telemetry = new ExporterTelemetry(
            () => new ConfigState(true, DateTimeOffset.UnixEpoch, config.Clusters.Length),
            () => ProcessReading.Read()
        );
        var registry = new ClusterRegistry(
            (cluster, settings) =>
                cluster.Members[0].Url.IsLoopback ? sockets.Acquire(cluster, settings) : new SharedHandler(canned),
            TimeProvider.System,
            Serilog.Core.Logger.None,
            telemetry.RecordRequest
        );
        await registry.ApplyAsync(config);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        var own = new ExporterPage(telemetry, TimeProvider.System);
        app.Run(new MetricsEndpoint(() => registry.Pages, own, TimeProvider.System).InvokeAsync);
        await app.StartAsync(ct);
        Console.WriteLine(app.Urls.Single());
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
        }
        catch (OperationCanceledException)
        {
            // told to end
        }
        await registry.StopAsync();
        return true;
    }

    private static IEnumerable<ClusterConfig> Real(string yaml) =>
        Cluster()
            .Matches(yaml)
            .Select(match =>
                Made(match.Groups[1].Value, match.Groups[2].Value.Split(", ").Select(url => new Uri(url)))
            );

    private static IEnumerable<ClusterConfig> Canned(int clusters) =>
        Enumerable
            .Range(1, clusters)
            .Select(cluster =>
                Made(
                    string.Create(CultureInfo.InvariantCulture, $"canned-{cluster:00000}"),
                    Enumerable.Range(1, 3).Select(member => new Uri($"http://{CannedMembers.Address(cluster, member)}"))
                )
            );

    private static ClusterConfig Made(string name, IEnumerable<Uri> urls) =>
        new() { Name = name, Members = [.. urls.Select(url => new MemberConfig(url.Authority, url))] };

    /// <summary>One transport for all clusters, which none of them disposes.</summary>
    private sealed class SharedHandler(HttpMessageHandler all) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _all = new(all, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) =>
            _all.SendAsync(request, ct);
    }

    [GeneratedRegex(@"- name: (\S+)\n  members: \[([^\]]+)\]")]
    private static partial Regex Cluster();
}
