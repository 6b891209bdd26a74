using BenchmarkDotNet.Attributes;
using Clustermgr.Parsing;
using ClustermgrSimulator;

namespace ClustermgrExporter.Benchmarks.Micro;

/// <summary>/stat of a leader with three peers and three IDCs, from its bytes to a reading.</summary>
public class ParseBenchmarks
{
    private readonly byte[] _snake = PolledCluster.LeaderStat(ServerVersion.Master);
    private readonly byte[] _camel = PolledCluster.LeaderStat(ServerVersion.V35);

    [Benchmark(Description = "parse /stat of master")]
    public object Snake() => StatParser.Parse(_snake, out _)!;

    [Benchmark(Description = "parse /stat of v3.5")]
    public object Camel() => StatParser.Parse(_camel, out _)!;
}
