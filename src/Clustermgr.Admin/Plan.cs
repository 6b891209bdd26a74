using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace Clustermgr.Admin;

/// <summary>A reason not to send a write.</summary>
/// <param name="Forcible">True when --force overrides the objection. False when the write would have no effect or would
/// do too much damage.</param>
public sealed record Objection(string Text, bool Forcible = false);

/// <summary>The objections and warnings of the guards about a planned write.</summary>
public sealed record GuardResult(ImmutableArray<Objection> Objections, ImmutableArray<string> Warnings)
{
    public static readonly GuardResult Allowed = new([], []);

    public static GuardResult Refused(string text, bool forcible = false) => new([new Objection(text, forcible)], []);
}

/// <summary>A write to send, and how to verify its effect.</summary>
public sealed record Plan
{
    /// <summary>The current state of the cluster, one line each.</summary>
    public required ImmutableArray<string> Facts { get; init; }

    public required WriteRequest Write { get; init; }

    public required GuardResult Guards { get; init; }

    /// <summary>Why nothing has to be sent; null when the write is needed.</summary>
    public string? NoOpReason { get; init; }

    /// <summary>Reads the cluster again and reports whether the result was reached, or how far it is.</summary>
    public required Func<ClusterView, CancellationToken, Task<Observation>> Verify { get; init; }

    /// <summary>What the user has to do next; "" for nothing.</summary>
    public string NextStep { get; init; } = "";

    /// <summary>The verb that shows the result, for example "member list".</summary>
    public required string FollowUpVerb { get; init; }
}

/// <param name="Reached">The cluster shows the result.</param>
/// <param name="Sentence">What the cluster shows, as a sentence without its final full stop.</param>
public sealed record Observation(bool Reached, string Sentence);

/// <summary>What was read from a cluster before anything is sent to it.</summary>
/// <param name="Probe">The answer to a linearizable read made just now; it shows whether there is a quorum.</param>
public sealed record ObservedCluster(ClusterAnalysis Analysis, Answer<SwitchReading> Probe);
