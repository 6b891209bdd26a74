using System.Collections.Immutable;
using ClustermgrExporter.Clusters;
using static ClustermgrExporter.Exposition.Families.Shapes;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>The services that registered themselves with clustermgr.</summary>
internal static class ServiceFamilies
{
    public static readonly ImmutableArray<FamilyOf<ClusterAnalysis>> All =
    [
        Gauge("clustermgr_service_instances", "service idc status",
            "Registered instances of a service, online and offline.",
            "online: /service/get; offline: /service/list without those. Absent before the first complete reading and once it is stale.",
            (lines, analysis) =>
            {
                foreach (var (service, idc, online, offline) in analysis.Snapshot.Services.Counts)
                {
                    lines.Add(online, service, idc, "online");
                    lines.Add(offline, service, idc, "offline");
                }
            }),
    ];
}
