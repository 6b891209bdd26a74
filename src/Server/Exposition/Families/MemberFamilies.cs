using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>Who answers, how, and how long it takes.</summary>
internal static class MemberFamilies
{
    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        PerMember(
            "clustermgr_up",
            "1 if the member itself answered /stat in the last poll, 0 if not.",
            "Absent before its first poll.",
            member => member.Outcome is null ? null : (bool?)member.Up
        ),
        Info(
            "clustermgr_member_info",
            "member node_id peer dialect",
            "Who answers: its raft node id, and how it spells its fields.",
            "node_id is raft_status.node_id; peer is the same, as the label of the series of peers has it, to join "
                + "with them. dialect is "
                + $"camel_case (v3.2 to v3.5) or snake_case (master). {NoOwnAnswer}",
            WriteInfo
        ),
        Counter(
            "clustermgr_polls_total",
            "member endpoint outcome",
            "Requests by how they ended, since the exporter started.",
            "The outcome ok starts at 0: for stat always, for another endpoint once the member is asked for it. "
                + "Each other outcome is "
                + "absent until it first occurs, and then stays. An increase does not see its first value: "
                + "alerts/clustermgr.rules.yaml has a rule "
                + "that does (cluster_member_endpoint_outcome:clustermgr_polls:increase2m).",
            WritePolls
        ),
        Gauge(
            "clustermgr_poll_duration_seconds",
            "member endpoint",
            "How long the last request took, answered or not.",
            "Absent before the first.",
            (lines, analysis) => EachTally(lines, analysis, tally => tally.Took?.TotalSeconds)
        ),
        Gauge(
            "clustermgr_poll_last_success_timestamp_seconds",
            "member endpoint",
            "Unix time of the member's last own answer.",
            "Absent before the first.",
            (lines, analysis) =>
                EachTally(lines, analysis, tally => SampleValue.Time(analysis.Snapshot.ToWallClock(tally.LastSuccess)))
        ),
        Gauge(
            "clustermgr_schema_findings",
            "member endpoint kind",
            "Fields of the last answer that are unknown, or missing.",
            "unknown_field: no known version has it. missing_field: it is required, and missing or of another type. "
                + "Of /stat: in the "
                + $"other answers unknown fields are not looked for. {NoOwnAnswer}",
            WriteFindings
        ),
        Gauge(
            "clustermgr_answer_cuts",
            "endpoint",
            "Rows and texts of the last answers that were left out or cut short, since they exceed a bound.",
            $"A text has at most {Thresholds.MaxTextBytes} bytes, an answer at most {Thresholds.MaxIdcs} IDCs, "
                + $"{Thresholds.MaxServices} services and {Thresholds.MaxDiskRows} disks "
                + "that are not normal. No cluster of ours comes near: somebody else answers, or something is "
                + "broken. Absent while nothing is cut.",
            WriteCuts
        ),
    ];

    private static void WriteCuts(LineWriter lines, ClusterAnalysis analysis)
    {
        var snapshot = analysis.Snapshot;
        foreach (
            var (endpoint, cuts) in ((Endpoint, int)[])
                [
                    (Endpoint.Stat, snapshot.Members.Sum(member => member.Reading?.Cuts ?? 0)),
                    (Endpoint.Disks, snapshot.Disks.Lists.Values.Sum(list => list.Cuts)),
                    (Endpoint.Services, snapshot.Services.Cuts),
                ]
        )
        {
            if (cuts > 0)
            {
                lines.Add(cuts, LabelNames.ToLabel(endpoint));
            }
        }
    }

    private static void WriteInfo(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var member in analysis.Snapshot.Members)
        {
            if (member.Reading is not { } reading)
            {
                continue;
            }
            var dialect = reading.Dialect == Dialect.CamelCase ? "camel_case" : "snake_case";
            var node = reading.Raft.NodeId.ToString(CultureInfo.InvariantCulture);
            lines.Add(true, member.Name, node, node, dialect);
        }
    }

    private static void WritePolls(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var member in analysis.Snapshot.Members)
        {
            foreach (var endpoint in LabelNames.MemberEndpoints)
            {
                var tally = member.Tallies[(int)endpoint];
                // Most members are never asked for the others.
                if (endpoint != Endpoint.Stat && !tally.Polls.AsSpan().ContainsAnyExcept(0L))
                {
                    continue;
                }
                foreach (var outcome in LabelNames.Outcomes)
                {
                    var polls = tally.Polls[(int)outcome];
                    if (polls > 0 || outcome == Outcome.Ok)
                    {
                        lines.Add(polls, member.Name, LabelNames.ToLabel(endpoint), LabelNames.ToLabel(outcome));
                    }
                }
            }
        }
    }

    private static void EachTally(LineWriter lines, ClusterAnalysis analysis, Func<EndpointTally, SampleValue> value)
    {
        foreach (var member in analysis.Snapshot.Members)
        {
            foreach (var endpoint in LabelNames.MemberEndpoints)
            {
                lines.Add(value(member.Tallies[(int)endpoint]), member.Name, LabelNames.ToLabel(endpoint));
            }
        }
    }

    private static void WriteFindings(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var member in analysis.Snapshot.Members)
        {
            if (member.Reading is not { } reading)
            {
                continue;
            }
            var missing = 0;
            foreach (var finding in reading.SchemaFindings)
            {
                if (finding.Kind == SchemaFindingKind.MissingField)
                {
                    missing++;
                }
            }
            var unknown = reading.SchemaFindings.Length - missing;
            lines.Add(unknown, member.Name, LabelNames.ToLabel(Endpoint.Stat), "unknown_field");
            lines.Add(missing, member.Name, LabelNames.ToLabel(Endpoint.Stat), "missing_field");
        }
    }
}
