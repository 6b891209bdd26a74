namespace ClustermgrExporter.Alerting.PromQl;

/// <summary>One element of an instant vector. Metric names are not kept: no rule reads them.</summary>
internal readonly record struct Element(LabelSet Labels, double Value);

/// <summary>An expression cannot be evaluated, for example because two series match where one is required.</summary>
internal sealed class EvaluationException(string message) : Exception(message);

/// <summary>The instant and the series of an evaluation.</summary>
/// <param name="Sample">Number of the newest sample.</param>
/// <param name="UnixSeconds">What time() says: the wall clock's.</param>
internal sealed record Instant(SeriesStore Store, int Sample, double UnixSeconds)
{
    /// <summary>Steady seconds.</summary>
    public double SteadySeconds => Store.Times[Sample];
}

/// <summary>The subset of PromQL that the shipped rules use, with the semantics of Prometheus 2. Anything else is
/// rejected when a rule is read.</summary>
internal abstract class Expression
{
    /// <summary>Whether it is one number, and not a vector.</summary>
    public virtual bool IsScalar => false;

    /// <summary>The direct subexpressions.</summary>
    public virtual IEnumerable<Expression> Parts => [];

    public virtual double EvaluateScalar(Instant at) => throw new InvalidOperationException("a vector is not a number");

    /// <exception cref="EvaluationException">It cannot be evaluated.</exception>
    public virtual List<Element> EvaluateVector(Instant at) =>
        throw new InvalidOperationException("a number is not a vector");

    /// <summary>This expression and all its subexpressions.</summary>
    public IEnumerable<Expression> All() => Parts.SelectMany(part => part.All()).Prepend(this);
}

internal sealed class NumberExpression(double value) : Expression
{
    public override bool IsScalar => true;

    public override double EvaluateScalar(Instant at) => value;
}

/// <summary>time()</summary>
internal sealed class TimeExpression : Expression
{
    public override bool IsScalar => true;

    public override double EvaluateScalar(Instant at) => at.UnixSeconds;
}

/// <summary>vector(…)</summary>
internal sealed class VectorExpression(Expression number) : Expression
{
    public override IEnumerable<Expression> Parts => [number];

    public override List<Element> EvaluateVector(Instant at) => [new(at.Store.Labels.Empty, number.EvaluateScalar(at))];
}

/// <summary>A label matcher.</summary>
/// <param name="Matches">Tests the value, which is "" if the label is absent.</param>
internal sealed record Matcher(string Label, Func<string, bool> Matches);

/// <summary>metric{label="value"} offset 1h</summary>
/// <param name="offset">Seconds.</param>
internal sealed class Selector(string metric, IReadOnlyList<Matcher> matchers, double offset) : Expression
{
    /// <summary>Lookback of an instant selector in seconds, as in Prometheus.</summary>
    private const double StalenessSeconds = 300;

    public string Metric => metric;

    public double OffsetSeconds => offset;

    /// <summary>The same selector with another offset.</summary>
    public Selector WithOffset(double seconds) => new(metric, matchers, seconds);

    public bool Matches(LabelSet labels)
    {
        foreach (var matcher in matchers)
        {
            if (!matcher.Matches(labels[matcher.Label]))
            {
                return false;
            }
        }
        return true;
    }

    public IEnumerable<TimeSeries> SelectSeries(SeriesStore store) =>
        store.Find(metric).Where(one => Matches(one.Labels));

    public override List<Element> EvaluateVector(Instant at)
    {
        var sample = offset == 0 ? at.Sample : at.Store.Times.At(at.SteadySeconds - offset);
        var found = new List<Element>();
        if (sample < 0 || at.Store.Times[sample] < at.SteadySeconds - offset - StalenessSeconds)
        {
            return found; // nothing was sampled then
        }
        foreach (var series in SelectSeries(at.Store))
        {
            if (series.At(sample) is { } value)
            {
                found.Add(new(series.Labels, value));
            }
        }
        return found;
    }
}

/// <summary>A function of each element, or of a number.</summary>
internal sealed class MapExpression(Expression of, Func<double, double> map) : Expression
{
    public override bool IsScalar => of.IsScalar;

    public override IEnumerable<Expression> Parts => [of];

    public override double EvaluateScalar(Instant at) => map(of.EvaluateScalar(at));

    public override List<Element> EvaluateVector(Instant at) =>
        [.. of.EvaluateVector(at).Select(element => element with { Value = map(element.Value) })];
}

/// <summary>absent(…): 1 where there is nothing.</summary>
internal sealed class AbsentExpression(Expression of) : Expression
{
    public override IEnumerable<Expression> Parts => [of];

    public override List<Element> EvaluateVector(Instant at) =>
        of.EvaluateVector(at).Count > 0 ? [] : [new(at.Store.Labels.Empty, 1)];
}

/// <summary>label_replace(…)</summary>
/// <param name="replace">Maps the value of the source to that of the destination; null leaves the element
/// unchanged.</param>
internal sealed class LabelReplaceExpression(
    Expression of,
    string destination,
    string source,
    Func<string, string?> replace
) : Expression
{
    public override IEnumerable<Expression> Parts => [of];

    public override List<Element> EvaluateVector(Instant at) =>
        [
            .. of.EvaluateVector(at)
                .Select(element =>
                    replace(element.Labels[source]) is { } value
                        ? element with
                        {
                            Labels = element.Labels.With(destination, value),
                        }
                        : element
                ),
        ];
}
