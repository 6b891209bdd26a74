using System.Collections.Immutable;
using ClustermgrExporter.Clusters;
using ClustermgrExporter.Exposition.Families;
using ClustermgrExporter.Exposition.Own;

namespace ClustermgrExporter.Exposition;

/// <summary>Every family that the program can expose, in the order of the page.</summary>
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

    /// <summary>Of the exporter itself.</summary>
    public static readonly ImmutableArray<FamilyOf<OwnReading>> Own =
    [
        .. ExporterFamilies.All,
        .. ProcessFamilies.All,
        .. DotnetFamilies.All,
    ];
}
