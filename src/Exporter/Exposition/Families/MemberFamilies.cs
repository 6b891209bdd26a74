using System.Collections.Immutable;
using System.Globalization;
using ClustermgrExporter.Clusters;
using static ClustermgrExporter.Exposition.Families.Shapes;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>Who answers, how, and how long it takes.</summary>
internal static class MemberFamilies
{
    public static readonly ImmutableArray<FamilyOf<ClusterAnalysis>> All =
    [
        PerMember("clustermgr_up",
            "1 if the member itself answered /stat in the last poll, 0 if not. Absent before its first poll.",
            member => member.Outcome is null ? null : (bool?)member.Up),
        Info("clustermgr_member_info", "member node_id dialect",
            "Who answers: its raft node id (raft_status.node_id) and how it spells its fields (camel_case: v3.2 to "
            + "v3.5, snake_case: master). Absent while the member's own answer is missing or stale.", WriteInfo),
        Counter("clustermgr_polls_total", "member endpoint outcome",
            "Requests by how they ended, since the exporter started. Every outcome is there from 0.", WritePolls),
        Gauge("clustermgr_poll_duration_seconds", "member endpoint",
            "How long the last request took, answered or not. Absent before the first.",
            (lines, analysis) => EachTally(lines, analysis, tally => tally.Took?.TotalSeconds)),
        Gauge("clustermgr_poll_last_success_timestamp_seconds", "member endpoint",
            "Unix time of the member's last own answer. Absent before the first.",
            (lines, analysis) => EachTally(lines, analysis, tally => Number.Time(tally.LastSuccess))),
        Gauge("clustermgr_schema_findings", "member endpoint kind",
            "Fields of the last answer that no known version has (unknown_field), or that are required and missing or "
            + "of another type (missing_field). Of /stat: in the other answers unknown fields are not looked for. Absent "
            + "while the member's own answer is missing or stale.",
            WriteFindings),
    ];

    private static void WriteInfo(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var member in analysis.Snapshot.Members)
        {
            if (member.Reading is not { } reading) continue;
            var dialect = reading.Dialect == Dialect.CamelCase ? "camel_case" : "snake_case";
            lines.Add(true, member.Name, reading.Raft.NodeId.ToString(CultureInfo.InvariantCulture), dialect);
        }
    }

    private static void WritePolls(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var member in analysis.Snapshot.Members)
            foreach (var endpoint in Words.Endpoints)
                foreach (var outcome in Words.Outcomes)
                {
                    var polls = member.Tallies[(int)endpoint].Polls[(int)outcome];
                    lines.Add(polls, member.Name, Words.Of(endpoint), Words.Of(outcome));
                }
    }

    private static void EachTally(LineWriter lines, ClusterAnalysis analysis, Func<EndpointTally, Number> value)
    {
        foreach (var member in analysis.Snapshot.Members)
            foreach (var endpoint in Words.Endpoints)
                lines.Add(value(member.Tallies[(int)endpoint]), member.Name, Words.Of(endpoint));
    }

    private static void WriteFindings(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var member in analysis.Snapshot.Members)
        {
            if (member.Reading is not { } reading) continue;
            var missing = 0;
            foreach (var finding in reading.SchemaFindings)
                if (finding.Kind == SchemaFindingKind.MissingField) missing++;
            var unknown = reading.SchemaFindings.Length - missing;
            lines.Add(unknown, member.Name, Words.Of(Endpoint.Stat), "unknown_field");
            lines.Add(missing, member.Name, Words.Of(Endpoint.Stat), "missing_field");
        }
    }
}
