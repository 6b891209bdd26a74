namespace ClustermgrExporter.Tests.Support;

/// <summary>A parsed exposition.</summary>
internal sealed record ScrapedPage(IReadOnlyList<ExposedFamily> Families)
{
    public IEnumerable<ExposedSample> Samples => Families.SelectMany(family => family.Samples);

    /// <summary>The only sample with this name and these labels ("cluster=c", "member=a").</summary>
    public ExposedSample One(string name, params string[] labels) => All(name, labels).Single();

    public IEnumerable<ExposedSample> All(string name, params string[] labels) =>
        Samples.Where(sample => sample.Name == name && labels.All(label => sample.Pairs.Contains(label)));
}

/// <param name="Name">Name in the headers: in OpenMetrics without the suffix of the samples.</param>
/// <param name="Type">Type in the headers.</param>
/// <param name="Help">Help text, unescaped.</param>
/// <param name="Unit">"" if there is none.</param>
/// <param name="Samples">In the order of the page.</param>
internal sealed record ExposedFamily(
    string Name,
    string Type,
    string Help,
    string Unit,
    IReadOnlyList<ExposedSample> Samples
);

/// <param name="Name">Name of the sample.</param>
/// <param name="Labels">In the order of the page, unescaped.</param>
/// <param name="Text">The value as it was written.</param>
internal sealed record ExposedSample(string Name, IReadOnlyList<(string Name, string Value)> Labels, string Text)
{
    public IEnumerable<string> Pairs => Labels.Select(label => $"{label.Name}={label.Value}");

    public double Value => double.Parse(Text, System.Globalization.CultureInfo.InvariantCulture);

    public string Label(string name) => Labels.Single(label => label.Name == name).Value;
}
