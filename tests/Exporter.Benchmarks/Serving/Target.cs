namespace ClustermgrExporter.Benchmarks.Serving;

/// <summary>One server and path under load.</summary>
/// <param name="Cpu">CPU time that the server has spent so far.</param>
internal sealed record Target(string Name, Uri Url, bool Gzip, Func<TimeSpan> Cpu)
{
    private readonly List<double> _rates = [];
    private readonly List<double> _microseconds = [];

    public double Rate => Median(_rates);

    /// <summary>CPU of the server for one request.</summary>
    public double Microseconds => Median(_microseconds);

    public async Task LoadAsync(TimeSpan duration, CancellationToken ct)
    {
        var before = Cpu();
        var run = await Wrk.RunAsync(Url, Gzip, duration, ct);
        _rates.Add(run.RequestsPerSecond);
        _microseconds.Add((Cpu() - before).TotalMicroseconds / run.Requests);
    }

    /// <summary>Ratios of each round, so that both sides of a ratio had the same conditions on the machine.</summary>
    public (double Least, double Median, double Most) RatioTo(Target other)
    {
        var ratios = _rates.Zip(other._rates, (mine, theirs) => mine / theirs).Order().ToList();
        return (ratios[0], Median(ratios), ratios[^1]);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
