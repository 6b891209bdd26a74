using System.Buffers;
using System.Text;
using Clustermgr.Analysis;
using Clustermgr.Configuration;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Tests.Support;
using Serilog;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>One exporter: the whole program from poll to page, on the test's clock.</summary>
/// <param name="instance">Its instance label in Prometheus.</param>
internal sealed class SimulatedExporter(
    string instance,
    ExporterConfig config,
    Func<HttpMessageHandler> members,
    TimeProvider clock
)
{
    private ClusterRegistry _registry = Started(config, members, clock);
    private Dictionary<string, string>? _frozen;
    private ExporterTelemetry? _telemetry;
    private ConfigState _state = new(true, clock.GetUtcNow(), config.Clusters.Length);

    /// <summary>The analysis on its page; null if the current configuration has no cluster.</summary>
    public ClusterAnalysis? Analysis => _registry.Clusters.SingleOrDefault()?.Publication.Analysis;

    /// <summary>Whether its last attempt to load a configuration succeeded.</summary>
    public bool ConfigLoaded { get; set; } = true;

    /// <summary>Its share of the clusters; null if it polls all of them.</summary>
    public ClusterShare? Share { get; set; }

    /// <summary>Kills and restarts it: it forgets everything.</summary>
    public void Restart()
    {
        _ = _registry.StopAsync();
        _registry = Started(config, members, clock);
    }

    public void Stop() => _ = _registry.StopAsync();

    /// <summary>Simulates stuck polls: its page stays unchanged.</summary>
    public void Freeze() => _frozen = Scrape();

    public void Thaw() => _frozen = null;

    /// <summary>Reloads: from now on it watches nothing (false), or its original configuration (true).</summary>
    public void Reload(bool watches)
    {
        var next = watches ? config : config with { Clusters = [] };
        var change = _registry.ApplyAsync(next).GetAwaiter().GetResult();
        _state = new ConfigState(true, clock.GetUtcNow(), next.Clusters.Length).WithRemoved(
            _state,
            change.Unwatched,
            next.Clusters.Select(cluster => cluster.Name)
        );
    }

    /// <summary>The samples that the rules read, with the label that Prometheus adds.</summary>
    public Dictionary<string, string> Scrape()
    {
        if (_frozen is not null)
        {
            return _frozen;
        }
        var bytes = new ArrayBufferWriter<byte>();
        var own = Samples.Collected(
            _telemetry ??= new ExporterTelemetry(
                () => _state with { LastReloadSuccessful = ConfigLoaded, Share = Share },
                () => Samples.Process
            )
        );
        new MetricsPage(_registry.Pages, own).WriteTo(bytes, MetricsFormat.Text004);
        SeenPages.Keep(bytes.WrittenSpan);
        var samples = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(bytes.WrittenSpan).Split('\n'))
        {
            var name = line.AsSpan(0, Math.Max(0, line.AsSpan().IndexOfAny('{', ' ')));
            if (name.IsEmpty || name[0] == '#' || !Rules.Shipped.Metrics.Contains(name.ToString()))
            {
                continue;
            }
            var value = line.LastIndexOf(' ');
            var series =
                line[value - 1] == '}'
                    ? $"{line[..(value - 1)]},instance=\"{instance}\"}}"
                    : $"{line[..value]}{{instance=\"{instance}\"}}";
            samples.Add(series, line[(value + 1)..]);
        }
        return samples;
    }

    private static ClusterRegistry Started(ExporterConfig config, Func<HttpMessageHandler> members, TimeProvider clock)
    {
        var registry = new ClusterRegistry((_, _) => members(), clock, new LoggerConfiguration().CreateLogger());
        _ = registry.ApplyAsync(config);
        return registry;
    }
}
