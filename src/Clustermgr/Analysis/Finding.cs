using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>Whether the alert of the same name wakes a person now or waits for the morning.</summary>
internal enum Severity
{
    Ticket,
    Page,
}

/// <summary>One thing that is wrong, in the vocabulary of the alerts.</summary>
/// <param name="Name">The alert's name without its prefix: NoLeader, DiskBroken, …</param>
/// <param name="Subject">The member, peer, disk, idc or switch that it is about; "" for the cluster.</param>
/// <param name="Sentence">What was seen, with the values.</param>
/// <param name="Labels">Those by which its alert tells one thing from another in a cluster: member, peer and host, idc,
/// task, …</param>
internal sealed record Finding(
    string Name,
    Severity Severity,
    string Subject,
    string Sentence,
    ImmutableArray<(string Name, string Value)> Labels
)
{
    /// <summary>Since when it holds without a break, as far as this program has looked; by the clock of the
    /// snapshot.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What makes two findings of one cluster the same.</summary>
    public (string Name, string Subject) Key => (Name, Subject);
}
