using System.Text.Json;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>All that is known of one cluster now. The API adds what happened before.</summary>
internal static class DetailJson
{
    public static void Write(Utf8JsonWriter json, ClusterAnalysis analysis, string runbooks)
    {
        var (snapshot, leader) = (analysis.Snapshot, analysis.Leader?.Reading);
        SummaryJson.Write(json, analysis, mostFindings: int.MaxValue, runbooks);
        json.Flag("linearizableReadUp", snapshot.LinearizableReadUp);
        json.Count("voters", analysis.Voters);
        json.Count("quorum", analysis.Quorum);
        json.Count("leaders", analysis.Leaders);
        json.Count("memberCount", analysis.MemberCount);
        json.List(
            "memberList",
            Enumerable.Range(0, snapshot.Members.Length),
            (json, i) => MemberJson.Write(json, analysis, i)
        );
        json.List("peers", analysis.Peers, MemberJson.WritePeer);
        json.List("nodeTypes", SpaceJson.NodeTypes(leader), SpaceJson.Write);
        json.Object("disks", snapshot, SpaceJson.WriteNotNormal);
        json.Object("volumes", leader?.Volumes, SpaceJson.WriteVolumes);
        json.List(
            "switches",
            snapshot.Switches,
            (json, entry) =>
            {
                json.Text("key", entry.Key);
                json.Text("state", Words.For(TaskSwitches.StateOf(entry.Key, entry.Reading)));
                json.Text("raw", entry.Reading?.Raw);
                json.Flag("expected", entry.Expected);
                json.Time("readAt", snapshot.Wall(entry.ReadAt));
            }
        );
        json.List(
            "services",
            snapshot.Services.Counts,
            (json, count) =>
            {
                json.Text("service", count.Service);
                json.Text("idc", count.Idc);
                json.Count("online", count.Online);
                json.Count("offline", count.Offline);
                json.Texts("offlineHosts", snapshot.Services.Offline(count));
            }
        );
    }
}
