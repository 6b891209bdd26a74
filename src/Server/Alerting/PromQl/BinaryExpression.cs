namespace ClustermgrExporter.Alerting.PromQl;

/// <summary>How the elements of two vectors are matched.</summary>
/// <param name="By">on (…) or ignoring (…); without either, all labels.</param>
/// <param name="IsGroupLeft">group_left (): several on the left may have one partner.</param>
internal sealed record Matching(Grouping By, bool IsGroupLeft)
{
    public static readonly Matching AllLabels = new(new Grouping([], keeps: false), false);
}

/// <summary>Arithmetic and comparisons.</summary>
/// <param name="returnsBool">bool: a comparison gives 0 or 1, and filters nothing.</param>
internal sealed class BinaryExpression(
    string operation,
    Expression left,
    Expression right,
    Matching matching,
    bool returnsBool
) : Expression
{
    private readonly bool _compares = operation is "==" or "!=" or ">" or "<" or ">=" or "<=";

    public override bool IsScalar => left.IsScalar && right.IsScalar;

    public override IEnumerable<Expression> Parts => [left, right];

    public override double EvaluateScalar(Instant at) => Result(left.EvaluateScalar(at), right.EvaluateScalar(at));

    public override List<Element> EvaluateVector(Instant at)
    {
        if (right.IsScalar)
        {
            var number = right.EvaluateScalar(at);
            return Each(left.EvaluateVector(at), value => (value, number));
        }
        if (left.IsScalar)
        {
            var number = left.EvaluateScalar(at);
            return Each(right.EvaluateVector(at), value => (number, value));
        }
        return Pairs(left.EvaluateVector(at), right.EvaluateVector(at));
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
                found.Add(_compares && !returnsBool ? element : element with { Value = Result(one, other) });
            }
        }
        return found;
    }

    private List<Element> Pairs(List<Element> many, List<Element> ones)
    {
        var partners = new Dictionary<LabelSet, double>(ones.Count);
        foreach (var one in ones)
        {
            if (!partners.TryAdd(one.Labels.Project(matching.By), one.Value))
            {
                throw new EvaluationException($"several on the right are one by their labels: {one.Labels}");
            }
        }
        var found = new List<Element>();
        var matched = new HashSet<LabelSet>();
        foreach (var element in many)
        {
            var key = element.Labels.Project(matching.By);
            if (!partners.TryGetValue(key, out var other))
            {
                continue;
            }
            if (!Keeps(element.Value, other))
            {
                continue;
            }
            if (!matching.IsGroupLeft && !matched.Add(key))
            {
                throw new EvaluationException($"several on the left have one partner: {element.Labels}");
            }
            found.Add(
                new(
                    matching.IsGroupLeft ? element.Labels : key,
                    _compares && !returnsBool ? element.Value : Result(element.Value, other)
                )
            );
        }
        return found;
    }

    private bool Keeps(double one, double other) => !_compares || returnsBool || Result(one, other) == 1;

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

    public override List<Element> EvaluateVector(Instant at)
    {
        var kept = left.EvaluateVector(at);
        if (operation == "or")
        {
            var there = kept.Select(element => element.Labels.Project(by)).ToHashSet();
            return [.. kept, .. right.EvaluateVector(at).Where(element => !there.Contains(element.Labels.Project(by)))];
        }
        if (kept.Count == 0)
        {
            return kept;
        }
        var others = right.EvaluateVector(at).Select(element => element.Labels.Project(by)).ToHashSet();
        return [.. kept.Where(element => others.Contains(element.Labels.Project(by)) == (operation == "and"))];
    }
}
