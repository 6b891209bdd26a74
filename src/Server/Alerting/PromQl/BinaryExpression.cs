namespace ClustermgrExporter.Alerting.PromQl;

/// <summary>How the elements of two vectors are matched.</summary>
/// <param name="By">on (…) or ignoring (…); without either, all labels.</param>
/// <param name="ManyLeft">group_left (): several on the left may have one partner.</param>
internal sealed record Matching(Grouping By, bool ManyLeft)
{
    public static readonly Matching Whole = new(new Grouping([], keeps: false), false);
}

/// <summary>Arithmetic and comparisons.</summary>
/// <param name="keepsTruth">bool: a comparison gives 0 or 1, and filters nothing.</param>
internal sealed class BinaryExpression(
    string operation,
    Expression left,
    Expression right,
    Matching matching,
    bool keepsTruth
) : Expression
{
    private readonly bool _compares = operation is "==" or "!=" or ">" or "<" or ">=" or "<=";

    public override bool IsScalar => left.IsScalar && right.IsScalar;

    public override IEnumerable<Expression> Parts => [left, right];

    public override double Number(Instant at) => Result(left.Number(at), right.Number(at));

    public override List<Element> Vector(Instant at)
    {
        if (right.IsScalar)
        {
            var number = right.Number(at);
            return Each(left.Vector(at), value => (value, number));
        }
        if (left.IsScalar)
        {
            var number = left.Number(at);
            return Each(right.Vector(at), value => (number, value));
        }
        return Pairs(left.Vector(at), right.Vector(at));
    }

    /// <summary>An element that a comparison keeps has its original value.</summary>
    private List<Element> Each(List<Element> elements, Func<double, (double, double)> operands)
    {
        var found = new List<Element>(elements.Count);
        foreach (var element in elements)
        {
            var (one, other) = operands(element.Value);
            if (Keeps(one, other))
            {
                found.Add(_compares && !keepsTruth ? element : element with { Value = Result(one, other) });
            }
        }
        return found;
    }

    private List<Element> Pairs(List<Element> many, List<Element> ones)
    {
        var partners = new Dictionary<LabelSet, double>(ones.Count);
        foreach (var one in ones)
        {
            if (!partners.TryAdd(one.Labels.Part(matching.By), one.Value))
            {
                throw new EvaluationException($"several on the right are one by their labels: {one.Labels}");
            }
        }
        var (found, matched) = (new List<Element>(), new HashSet<LabelSet>());
        foreach (var element in many)
        {
            var key = element.Labels.Part(matching.By);
            if (!partners.TryGetValue(key, out var other))
            {
                continue;
            }
            if (!Keeps(element.Value, other))
            {
                continue;
            }
            if (!matching.ManyLeft && !matched.Add(key))
            {
                throw new EvaluationException($"several on the left have one partner: {element.Labels}");
            }
            found.Add(
                new(
                    matching.ManyLeft ? element.Labels : key,
                    _compares && !keepsTruth ? element.Value : Result(element.Value, other)
                )
            );
        }
        return found;
    }

    private bool Keeps(double one, double other) => !_compares || keepsTruth || Result(one, other) == 1;

    private double Result(double one, double other) =>
        operation switch
        {
            "+" => one + other,
            "-" => one - other,
            "*" => one * other,
            "/" => one / other,
            "%" => one % other,
            "^" => Math.Pow(one, other),
            "==" => one == other ? 1 : 0,
            "!=" => one != other ? 1 : 0,
            ">" => one > other ? 1 : 0,
            "<" => one < other ? 1 : 0,
            ">=" => one >= other ? 1 : 0,
            _ => one <= other ? 1 : 0,
        };
}

/// <summary>and, or, unless.</summary>
internal sealed class SetExpression(string operation, Expression left, Expression right, Grouping by) : Expression
{
    public override IEnumerable<Expression> Parts => [left, right];

    public override List<Element> Vector(Instant at)
    {
        var kept = left.Vector(at);
        if (operation == "or")
        {
            var there = kept.Select(element => element.Labels.Part(by)).ToHashSet();
            return [.. kept, .. right.Vector(at).Where(element => !there.Contains(element.Labels.Part(by)))];
        }
        if (kept.Count == 0)
        {
            return kept;
        }
        var others = right.Vector(at).Select(element => element.Labels.Part(by)).ToHashSet();
        return [.. kept.Where(element => others.Contains(element.Labels.Part(by)) == (operation == "and"))];
    }
}
