using System.Collections.Immutable;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>The judgement over all members.</summary>
internal static class QuorumFamilies
{
    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        new(
            new Family(
                new FamilyDescriptor(
                    "clustermgr_cluster_info",
                    MetricType.Info,
                    ["cluster"],
                    "The labels that the configuration gives to the cluster; the value is always 1.",
                    "labels of the configuration, beside cluster. Absent where it gives none."
                )
            ),
            (lines, analysis) =>
            {
                if (!analysis.Snapshot.Settings.Labels.IsEmpty)
                {
                    lines.AddInfo(analysis.Snapshot.Settings.Labels);
                }
            }
        ),
        PerCluster(
            "clustermgr_cluster_members",
            "Members in the leader's list, learners included.",
            Absent,
            analysis => analysis.MemberCount
        ),
        PerCluster(
            "clustermgr_cluster_voters",
            "Members in the leader's list that vote.",
            Absent,
            analysis => analysis.Voters
        ),
        PerCluster("clustermgr_cluster_quorum", "Majority of the voters.", Absent, analysis => analysis.Quorum),
        PerCluster(
            "clustermgr_cluster_quorum_margin",
            "Voters that answer and follow the leader - majority: how many more may fail.",
            $"Negative: no quorum to be seen. {AbsentToo}",
            analysis => analysis.QuorumMargin
        ),
        PerCluster(
            "clustermgr_cluster_leaders",
            "Distinct leaders that members name in the highest term.",
            "0: none. 2 or more: a broken raft. Absent beside one member alone, and while no member answers.",
            analysis => analysis.Leaders
        ),
        Gauge(
            "clustermgr_member_safe_to_restart",
            "member",
            "1 if a majority of healthy, caught-up voters remains with the member away.",
            $"0 if not, or if no leader answers to vouch for them. {AbsentToo}",
            (lines, analysis) =>
            {
                for (var i = 0; i < analysis.SafeToRestart.Length; i++)
                {
                    lines.Add(analysis.SafeToRestart[i], analysis.Snapshot.Members[i].Name);
                }
            }
        ),
    ];

    private const string Absent =
        "Absent where it cannot be known: before a leader listed the voters, or beside one " + "member alone.";

    private const string AbsentToo = Absent + " Also while no member answers.";
}
