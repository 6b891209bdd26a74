using System.Buffers;
using System.Text;
using Clustermgr.Analysis;
using Clustermgr.Configuration;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Tests.Support;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>Clusters of scripted members that are polled with the default settings.</summary>
internal sealed class PollingFixture : ILogEventSink
{
    public PollingFixture(
        string members = "abc",
        Func<ClusterConfig, HttpMessageHandler>? transport = null,
        ManualClock? clock = null
    )
    {
        Clock = clock ?? new ManualClock();
        Members = new ScriptedMembers(Clock);
        Config = new ExporterConfig { Clusters = [Cluster("prod", members)] };
        var log = new LoggerConfiguration().WriteTo.Sink(this).CreateLogger();
        Registry = new ClusterRegistry((cluster, _) => transport?.Invoke(cluster) ?? Members, Clock, log);
    }

    public ManualClock Clock { get; }

    public ScriptedMembers Members { get; }

    public ExporterConfig Config { get; init; }

    public ClusterRegistry Registry { get; }

    public List<string> Log { get; } = [];

    public ClusterAnalysis Analysis => Registry.Clusters.First().Publication.Analysis;

    public string Page
    {
        get
        {
            var bytes = new ArrayBufferWriter<byte>();
            new MetricsPage(Registry.Pages, Samples.NoOwnLines).WriteTo(bytes, MetricsFormat.Text004);
            SeenPages.Keep(bytes.WrittenSpan);
            return Encoding.UTF8.GetString(bytes.WrittenSpan);
        }
    }

    public static ClusterConfig Cluster(string name, string members, bool sidecar = false) =>
        new()
        {
            Name = name,
            Members =
            [
                .. members.Select(member => new MemberConfig($"{member}:9998", new Uri($"http://{member}:9998"))),
            ],
            Sidecar = sidecar,
        };

    public PollingFixture Start()
    {
        var applied = Registry.ApplyAsync(Config);
        Xunit.Assert.True(applied.IsCompletedSuccessfully);
        return this;
    }

    /// <summary>Advances the clock in steps of 0.1 s.</summary>
    public void Run(double seconds)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(0.1));
        }
    }

    public void Emit(LogEvent logEvent)
    {
        lock (Log)
        {
            Log.Add($"{logEvent.Level}: {logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)}");
        }
    }
}
