namespace ClustermgrExporter.Alerting.PromQl;

/// <summary>Labels of a series without its metric's name, each set once: two with the same labels are the same object
/// (<see cref="LabelTable"/>).</summary>
/// <param name="pairs">By name, none with an empty value.</param>
internal sealed class LabelSet(LabelTable table, KeyValuePair<string, string>[] pairs)
{
    private (Grouping By, LabelSet Part)[] _projections = [];

    public IReadOnlyList<KeyValuePair<string, string>> Pairs => pairs;

    /// <summary>"" where it has no such label, as in PromQL.</summary>
    public string this[string name]
    {
        get
        {
            foreach (var (key, value) in pairs)
            {
                if (key == name)
                {
                    return value;
                }
            }
            return "";
        }
    }

    /// <summary>The labels that a clause leaves.</summary>
    public LabelSet Project(Grouping by)
    {
        foreach (var (known, part) in _projections)
        {
            if (known.Equals(by))
            {
                return part;
            }
        }
        var made = table.Intern([.. pairs.Where(pair => by.Keeps(pair.Key))]);
        _projections = [.. _projections, (by, made)];
        return made;
    }

    public void ForgetProjections() => _projections = [];

    /// <param name="value">Empty to remove the label.</param>
    public LabelSet With(string name, string value) =>
        table.Intern([
            .. pairs
                .Where(pair => pair.Key != name)
                .Concat(value.Length == 0 ? [] : [KeyValuePair.Create(name, value)])
                .OrderBy(pair => pair.Key, StringComparer.Ordinal),
        ]);

    public override string ToString() =>
        $"{{{string.Join(", ", pairs.Select(pair => $"{pair.Key}=\"{pair.Value}\""))}}}";
}

/// <summary>All sets of labels of one store.</summary>
internal sealed class LabelTable
{
    private readonly Dictionary<KeyValuePair<string, string>[], LabelSet> _sets = new(ByContents.Instance);

    public LabelTable() => Empty = Intern([]);

    public LabelSet Empty { get; }

    /// <param name="pairs">By name; kept.</param>
    public LabelSet Intern(KeyValuePair<string, string>[] pairs)
    {
        if (!_sets.TryGetValue(pairs, out var set))
        {
            _sets.Add(pairs, set = new LabelSet(this, pairs));
        }
        return set;
    }

    /// <summary>Forgets all others.</summary>
    public void RetainOnly(IEnumerable<LabelSet> sets)
    {
        var kept = sets.Append(Empty).ToHashSet();
        foreach (var (pairs, set) in _sets)
        {
            if (kept.Contains(set))
            {
                set.ForgetProjections();
            }
            else
            {
                _sets.Remove(pairs);
            }
        }
    }

    private sealed class ByContents : IEqualityComparer<KeyValuePair<string, string>[]>
    {
        public static readonly ByContents Instance = new();

        public bool Equals(KeyValuePair<string, string>[]? x, KeyValuePair<string, string>[]? y) =>
            x.AsSpan().SequenceEqual(y);

        public int GetHashCode(KeyValuePair<string, string>[] pairs)
        {
            var hash = new HashCode();
            foreach (var (name, value) in pairs)
            {
                hash.Add(name, StringComparer.Ordinal);
                hash.Add(value, StringComparer.Ordinal);
            }
            return hash.ToHashCode();
        }
    }
}

/// <summary>by (…) and on (…), which keep the labels that they name, or without (…) and ignoring (…), which keep the
/// others.</summary>
internal sealed class Grouping(IReadOnlyCollection<string> names, bool keeps) : IEquatable<Grouping>
{
    private readonly HashSet<string> _names = new(names, StringComparer.Ordinal);

    /// <summary>Queries of annotations are parsed at each rendering: equal clauses must be equal.</summary>
    private readonly string _key = $"{keeps} {string.Join(',', names.Order(StringComparer.Ordinal))}";

    /// <summary>on (…): the labels of a result are those that were matched by.</summary>
    public bool Named => keeps;

    public bool Keeps(string name) => _names.Contains(name) == keeps;

    public bool Equals(Grouping? other) => ReferenceEquals(this, other) || _key == other?._key;

    public override bool Equals(object? obj) => Equals(obj as Grouping);

    public override int GetHashCode() => _key.GetHashCode(StringComparison.Ordinal);
}
