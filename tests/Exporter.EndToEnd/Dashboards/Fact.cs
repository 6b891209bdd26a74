using System.Collections.Immutable;
using System.Globalization;

namespace ClustermgrExporter.EndToEnd.Dashboards;

/// <summary>The expected result of one query of a panel for one cluster.</summary>
/// <param name="Panel">Title of the panel.</param>
/// <param name="Cluster">The cluster selected on the dashboard Cluster; on the others its row, or "" if it is not a
/// label.</param>
/// <param name="Labels">Labels that identify the one series; other labels may have any value.</param>
/// <param name="Most">NaN if there must be no such series.</param>
internal sealed record Fact(
    string Panel,
    string Cluster,
    string RefId,
    ImmutableArray<(string Name, string Value)> Labels,
    double Least,
    double Most
)
{
    public bool Absent => double.IsNaN(Most);

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Panel}, query {RefId}, {Cluster} "
                + $"{string.Join(',', Labels.Select(label => $"{label.Name}={label.Value}"))}: "
                + $"{(Absent ? "nothing" : Least == Most ? $"{Least}" : $"{Least} to {Most}")}"
        );
}

/// <summary>Collects the facts of one dashboard, panel by panel.</summary>
internal sealed class FactList(bool rowsAreClusters)
{
    private readonly List<Fact> _facts = [];
    private string _panel = "";
    private string _refId = "A";

    public IReadOnlyList<Fact> All => _facts;

    /// <summary>Selects the first query of a panel for the following facts.</summary>
    public FactList Panel(string title)
    {
        _panel = title;
        _refId = "A";
        return this;
    }

    public FactList Query(string refId)
    {
        _refId = refId;
        return this;
    }

    public FactList Is(string cluster, double value, params IEnumerable<(string Name, string Value)> labels) =>
        Within(cluster, value, value, labels);

    public FactList None(string cluster, params IEnumerable<(string Name, string Value)> labels) =>
        Within(cluster, double.NaN, double.NaN, labels);

    public FactList Within(
        string cluster,
        double least,
        double most,
        params IEnumerable<(string Name, string Value)> labels
    )
    {
        if (rowsAreClusters && cluster.Length > 0)
        {
            labels = labels.Append(("cluster", cluster));
        }
        _facts.Add(new Fact(_panel, cluster, _refId, [.. labels], least, most));
        return this;
    }
}
