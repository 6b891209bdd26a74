using BenchmarkDotNet.Attributes;
using Clustermgr.Analysis;
using ClustermgrExporter.Exposition;

namespace ClustermgrExporter.Benchmarks.Micro;

/// <summary>What follows every answer of a member of a healthy cluster.</summary>
public class RenderBenchmarks
{
    private readonly ClusterAnalysis _analysis = PolledCluster.Poll(1).Analysis;

    [Benchmark(Description = "fold one /stat")]
    public object Fold()
    {
        var snapshot = _analysis.Snapshot;
        return snapshot.Apply(
            0,
            new Answer<StatReading>(
                Outcome.Ok,
                snapshot.Members[0].Reading,
                "",
                snapshot.At,
                TimeSpan.FromMilliseconds(1)
            )
        );
    }

    [Benchmark(Description = "analyse one cluster")]
    public object Analyse() => ClusterAnalysis.FromSnapshot(_analysis.Snapshot);

    [Benchmark(Description = "render one cluster")]
    public object Render() => ClusterRenderer.Render(_analysis);
}
