using System.Globalization;

namespace ClustermgrExporter.Alerting.PromQl;

/// <summary>max by (cluster) (…)</summary>
/// <param name="k">Parameter of topk and bottomk.</param>
/// <param name="label">Parameter of count_values.</param>
internal sealed class Aggregation(string operation, Grouping by, Expression of, Expression? k, string label)
    : Expression
{
    public static readonly string[] Operations =
    [
        "sum",
        "min",
        "max",
        "avg",
        "count",
        "topk",
        "bottomk",
        "count_values",
    ];

    public override IEnumerable<Expression> Parts => k is null ? [of] : [of, k];

    public override List<Element> EvaluateVector(Instant at)
    {
        var elements = of.EvaluateVector(at);
        return operation switch
        {
            "topk" or "bottomk" => TakeTop(elements, (int)k!.EvaluateScalar(at)),
            "count_values" => CountValues(elements),
            _ => FoldGroups(elements),
        };
    }

    private List<Element> FoldGroups(List<Element> elements)
    {
        var groups = new Dictionary<LabelSet, (double Value, int Count)>();
        foreach (var element in elements)
        {
            var labels = element.Labels.Project(by);
            var (value, count) = groups.GetValueOrDefault(labels);
            groups[labels] = (count == 0 ? element.Value : Fold(value, element.Value), count + 1);
        }
        return
        [
            .. groups.Select(group => new Element(
                group.Key,
                operation switch
                {
                    "count" => group.Value.Count,
                    "avg" => group.Value.Value / group.Value.Count,
                    _ => group.Value.Value,
                }
            )),
        ];
    }

    private double Fold(double before, double value) =>
        operation switch
        {
            "min" => Math.Min(before, value),
            "max" => Math.Max(before, value),
            _ => before + value,
        };

    private List<Element> TakeTop(List<Element> elements, int count) =>
        [
            .. elements
                .GroupBy(element => element.Labels.Project(by))
                .SelectMany(group =>
                    (
                        operation == "topk"
                            ? group.OrderByDescending(element => element.Value)
                            : group.OrderBy(element => element.Value)
                    ).Take(count)
                ),
        ];

    private List<Element> CountValues(List<Element> elements) =>
        [
            .. elements
                .GroupBy(element =>
                    element.Labels.Project(by).With(label, element.Value.ToString("R", CultureInfo.InvariantCulture))
                )
                .Select(group => new Element(group.Key, group.Count())),
        ];
}
