using Clustermgr.Formatting;

namespace Clustermgr.Analysis;

/// <summary>Findings about members that do not answer for themselves, or with an unknown schema.</summary>
internal static class MemberFindings
{
    public static IEnumerable<Finding> Find(ClusterAnalysis analysis)
    {
        var members = analysis.Snapshot.Members;
        if (members.All(member => member is { Outcome: not null, Up: false }))
        {
            yield return FindingKind.ClusterBlind.CreateFinding(
                "",
                members.Length == 1
                    ? "The only member does not answer."
                    : $"None of the {members.Length} members answers."
            );
        }
        foreach (var member in members)
        {
            if (member.Outcome is { } outcome and not Outcome.Ok)
            {
                yield return CreateDownFinding(member, outcome);
            }
            if (member.Up && member.Reading!.ReadOnly is true)
            {
                yield return FindingKind.ReadOnlyMember.CreateFinding(
                    member.Name,
                    $"{member.Name} is configured read_only.",
                    ("member", member.Name)
                );
            }
            if (member.Reading is { SchemaFindings: { Length: > 0 } drift })
            {
                var kind = drift[0].Kind == SchemaFindingKind.UnknownField ? "unknown" : "missing";
                yield return FindingKind.SchemaDrift.CreateFinding(
                    member.Name,
                    $"{member.Name} answers otherwise than any known version: "
                        + $"{Pluralizer.Count(drift.Length, "difference")}, "
                        + $"first {kind} {drift[0].Path}.",
                    ("member", member.Name),
                    ("endpoint", LabelNames.ToLabel(Endpoint.Stat)),
                    ("kind", $"{kind}_field")
                );
            }
        }
    }

    private static Finding CreateDownFinding(MemberRecord member, Outcome outcome)
    {
        var kind = outcome switch
        {
            Outcome.Forwarded => FindingKind.MemberForwarding,
            Outcome.Auth => FindingKind.MemberAuthRefused,
            _ => FindingKind.MemberDown,
        };
        var seen = member.Detail.Length > 0 ? member.Detail : LabelNames.ToLabel(outcome);
        return kind.CreateFinding(
            member.Name,
            $"{member.Name} does not answer for itself: {seen}.",
            ("member", member.Name)
        );
    }
}
