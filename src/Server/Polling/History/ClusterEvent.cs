using Clustermgr.Analysis;

namespace ClustermgrExporter.Polling.History;

/// <summary>Something that happened to a cluster.</summary>
/// <param name="Id">Rises with time over all clusters, and over restarts.</param>
/// <param name="At">To the millisecond.</param>
internal sealed record ClusterEvent(ulong Id, DateTimeOffset At, string Cluster, Change Change);
