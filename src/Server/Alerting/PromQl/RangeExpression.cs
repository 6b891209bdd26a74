namespace ClustermgrExporter.Alerting.PromQl;

/// <summary>A function of a range: last_over_time(metric[1m]).</summary>
/// <param name="range">Seconds.</param>
internal sealed class RangeExpression(Selector of, double range, RangeFunction function) : Expression
{
    /// <summary>How far back it looks, in seconds.</summary>
    public double LookbackSeconds => range + of.OffsetSeconds;

    public override IEnumerable<Expression> Parts => [of];

    public override List<Element> EvaluateVector(Instant at)
    {
        var times = at.Store.Times;
        var end = at.SteadySeconds - of.OffsetSeconds;
        // Both ends are inclusive.
        var first = times.At(end - range);
        var last = of.OffsetSeconds == 0 ? at.Sample : times.At(end);
        if (first < 0 || times[first] < end - range)
        {
            first++;
        }
        var found = new List<Element>();
        foreach (var series in of.SelectSeries(at.Store))
        {
            var runs = series.Runs;
            var begin = 0;
            while (begin < runs.Length && runs[begin].Last < first)
            {
                begin++;
            }
            var stop = runs.Length;
            while (stop > begin && runs[stop - 1].First > last)
            {
                stop--;
            }
            if (stop > begin && function(new(runs[begin..stop], first, last, times, end - range, end)) is { } value)
            {
                found.Add(new(series.Labels, value));
            }
        }
        return found;
    }
}

/// <summary>The samples of one series in a range: at least one.</summary>
/// <param name="runs">The first and the last may reach beyond it.</param>
/// <param name="first">Number of the first sample that can be in it.</param>
/// <param name="last">Of the last.</param>
internal readonly ref struct RangeSamples(
    ReadOnlySpan<Run> runs,
    int first,
    int last,
    SampleTimes times,
    double start,
    double end
)
{
    public ReadOnlySpan<Run> Runs { get; } = runs;

    public int First => Math.Max(Runs[0].First, first);

    public int Last => Math.Min(Runs[^1].Last, last);

    public double StartSeconds { get; } = start;

    public double EndSeconds { get; } = end;

    public double GetSeconds(int sample) => times[sample];

    /// <summary>How many samples of a run are in it.</summary>
    public int Count(in Run run) => Math.Min(run.Last, last) - Math.Max(run.First, first) + 1;

    public int Count()
    {
        var count = 0;
        foreach (var run in Runs)
        {
            count += Count(run);
        }
        return count;
    }
}

/// <returns>Null if there are too few samples.</returns>
internal delegate double? RangeFunction(in RangeSamples samples);

internal static class RangeFunctions
{
    /// <summary>Limit of the extrapolation beyond the samples, in multiples of their average interval, as in
    /// Prometheus.</summary>
    private const double Threshold = 1.1;

    public static RangeFunction? Find(string name) =>
        name switch
        {
            "last_over_time" => Latest,
            "min_over_time" => Min,
            "max_over_time" => Max,
            "sum_over_time" => Sum,
            "avg_over_time" => Average,
            "count_over_time" => static (in RangeSamples samples) => samples.Count(),
            "changes" => Changes,
            "increase" => Increase,
            "rate" => static (in RangeSamples samples) =>
                Increase(samples) / (samples.EndSeconds - samples.StartSeconds),
            _ => null,
        };

    private static double? Latest(in RangeSamples samples) => samples.Runs[^1].Value;

    private static double? Min(in RangeSamples samples)
    {
        var least = samples.Runs[0].Value;
        foreach (var run in samples.Runs)
        {
            least = Math.Min(least, run.Value);
        }
        return least;
    }

    private static double? Max(in RangeSamples samples)
    {
        var most = samples.Runs[0].Value;
        foreach (var run in samples.Runs)
        {
            most = Math.Max(most, run.Value);
        }
        return most;
    }

    private static double? Sum(in RangeSamples samples)
    {
        var sum = 0.0;
        foreach (var run in samples.Runs)
        {
            sum += run.Value * samples.Count(run);
        }
        return sum;
    }

    private static double? Average(in RangeSamples samples) => Sum(samples) / samples.Count();

    private static double? Changes(in RangeSamples samples)
    {
        var changes = 0;
        var before = samples.Runs[0].Value;
        foreach (var run in samples.Runs)
        {
            changes += run.Value.Equals(before) ? 0 : 1;
            before = run.Value;
        }
        return changes;
    }

    /// <summary>As Prometheus extrapolates it to the whole range.</summary>
    private static double? Increase(in RangeSamples samples)
    {
        var count = samples.Count();
        if (count < 2)
        {
            return null;
        }
        var first = samples.Runs[0].Value;
        var increase = samples.Runs[^1].Value - first;
        var before = first;
        foreach (var run in samples.Runs)
        {
            increase += run.Value < before ? before : 0; // a counter that began anew
            before = run.Value;
        }
        var sampled = samples.GetSeconds(samples.Last) - samples.GetSeconds(samples.First);
        var toStart = samples.GetSeconds(samples.First) - samples.StartSeconds;
        var toEnd = samples.EndSeconds - samples.GetSeconds(samples.Last);
        if (increase > 0 && first >= 0)
        {
            toStart = Math.Min(toStart, sampled * (first / increase)); // a counter is never below 0
        }
        var between = sampled / (count - 1);
        var whole =
            sampled
            + (toStart < between * Threshold ? toStart : between / 2)
            + (toEnd < between * Threshold ? toEnd : between / 2);
        return increase * (whole / sampled);
    }
}
