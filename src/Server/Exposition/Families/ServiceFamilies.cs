using System.Collections.Immutable;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>The services that registered themselves with clustermgr.</summary>
internal static class ServiceFamilies
{
    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        Gauge(
            "clustermgr_service_instances",
            "service idc status",
            "Registered instances of a service, online and offline.",
            "online: /service/get; offline: /service/list without those. Absent before the first complete reading "
                + "and once it is stale.",
            (lines, analysis) =>
            {
                foreach (var (service, idc, online, offline) in analysis.Snapshot.Services.Counts)
                {
                    lines.Add(online, service, idc, "online");
                    lines.Add(offline, service, idc, "offline");
                }
            }
        ),
        Info(
            "clustermgr_service_offline_info",
            "service idc host",
            "Each instance that is registered and not live, at most 64 a service.",
            "/service/list without /service/get. Absent where there is none, before the first complete reading and "
                + "once it is stale.",
            (lines, analysis) =>
            {
                foreach (var service in analysis.Snapshot.Services.Services.Values)
                {
                    foreach (var (name, idc, host) in service.Offline)
                    {
                        lines.Add(true, name, idc, host);
                    }
                }
            }
        ),
    ];
}
