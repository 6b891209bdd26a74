namespace ClustermgrExporter.Exposition;

/// <summary>All that one poll of one cluster has to say, as finished bytes. Immutable, so no scrape sees half of one.
/// </summary>
/// <param name="Cluster">The cluster label.</param>
/// <param name="Lines">By the index of <see cref="Catalogue.Cluster"/>.</param>
internal sealed record ClusterPage(string Cluster, FamilyLines Lines);
