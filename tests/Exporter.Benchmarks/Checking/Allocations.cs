using System.Buffers;
using System.Net;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Timing;
using ClustermgrExporter.Benchmarks.Micro;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Polling.History;
using ClustermgrExporter.Web;
using ClustermgrSimulator;

namespace ClustermgrExporter.Benchmarks.Checking;

/// <summary>Measures the bytes that this process allocates for the work of the program; noise of the machine does not
/// change them.</summary>
internal static class Allocations
{
    private const int Warmup = 2000,
        Times = 2000;

    /// <summary>One /stat of the leader of a healthy cluster, on a transport that answers at once: request, reading,
    /// fold, judgement, publication, history.</summary>
    public static double OfPoll()
    {
        var time = TimeProvider.System;
        var known = PolledCluster.Poll(1);
        var clock = new SteadyClock(time);
        var publication = new ClusterPublication(
            known.Analysis,
            new ClusterHistory("cluster-1", new EventSequence()),
            new ChangeLog(Serilog.Core.Logger.None, "cluster-1", clock)
        );
        var state = new ClusterState(known.Snapshot, clock, publication.Publish);
        using var transport = new AnsweringHandler(PolledCluster.LeaderStat(ServerVersion.Master));
        var clients = known.Snapshot.Members.Select(member => new ClustermgrClient(
            transport,
            new ClientOptions(new Uri($"http://{member.Name}"), null, TimeSpan.FromSeconds(3), 8 << 20),
            time
        ));
        var collector = new ClusterCollector([.. clients], state, clock);
        var leader = known.Analysis.Leader is { } leading
            ? known.Snapshot.Members.ToList().FindIndex(member => member.Name == leading.Name)
            : throw new InvalidOperationException("the simulated cluster has no leader");
        return Measure(() => collector.CollectStatAsync(leader, CancellationToken.None).GetAwaiter().GetResult());
    }

    /// <summary>Writing and compressing the page of a cluster after it has changed.</summary>
    public static double OfScrape()
    {
        var analysis = PolledCluster.Poll(1).Analysis;
        var own = new ExporterLines([], []);
        return Measure(() =>
        {
            if (Compressed(new MetricsPage([new ClusterPage(analysis)], own)).IsEmpty)
            {
                throw new InvalidOperationException("nothing was compressed");
            }
        });
    }

    /// <summary>Bytes per series of a page of a hundred clusters.</summary>
    public static (double Plain, double Gzip) BytesOfSeries()
    {
        var pages = Enumerable.Range(1, 100).Select(number => PolledCluster.Poll(number).Page);
        var page = new MetricsPage([.. pages], new ExporterLines([], []));
        var text = new ArrayBufferWriter<byte>();
        page.WriteTo(text, MetricsFormat.Text004);
        var series = 0;
        foreach (var line in text.WrittenSpan.Split((byte)'\n'))
        {
            series += text.WrittenSpan[line] is { IsEmpty: false } sample && sample[0] != '#' ? 1 : 0;
        }
        var gzip = Compressed(page);
        return (text.WrittenCount / (double)series, gzip.Length / (double)series);
    }

    /// <summary>Uses a new cache, so that one build is measured and none is delayed.</summary>
    private static ReadOnlyMemory<byte> Compressed(MetricsPage page) =>
        new GzipCache(TimeProvider.System)
            .GetAsync(() => page, MetricsFormat.Text004)
            .AsTask()
            .GetAwaiter()
            .GetResult();

    private static double Measure(Action work)
    {
        for (var i = 0; i < Warmup; i++)
        {
            work();
        }
        // Counts all threads; nothing else runs in this process.
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Times; i++)
        {
            work();
        }
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Times;
    }

    private sealed class AnsweringHandler(byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) });
    }
}
