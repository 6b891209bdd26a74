using System.Collections.Immutable;
using Clustermgr.Analysis;
using ClustermgrExporter.Exposition.Families;

namespace ClustermgrExporter.Exposition;

/// <summary>Every family of a cluster, in the order of the page. Those of the exporter itself are in
/// Telemetry.</summary>
internal static class Catalogue
{
    /// <summary>Of each cluster; their first label is always cluster.</summary>
    public static readonly ImmutableArray<FamilyOf<ClusterAnalysis>> Cluster =
    [
        .. MemberFamilies.All,
        .. RaftFamilies.All,
        .. PeerFamilies.All,
        .. SpaceFamilies.All,
        .. DiskFamilies.All,
        .. VolumeFamilies.All,
        .. TaskFamilies.All,
        .. ServiceFamilies.All,
        .. QuorumFamilies.All,
    ];
}
