using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace Clustermgr.Admin;

/// <summary>Why something is not sent.</summary>
/// <param name="Forcible">--force sends it all the same; else there would be nothing to gain, or too much to
/// lose.</param>
public sealed record Objection(string Text, bool Forcible = false);

/// <summary>What the rules say of an intention.</summary>
public sealed record Judgement(ImmutableArray<Objection> Objections, ImmutableArray<string> Warnings)
{
    public static readonly Judgement Fine = new([], []);

    public static Judgement Refused(string text, bool forcible = false) => new([new Objection(text, forcible)], []);
}

/// <summary>What is going to be sent, and how it will be known to have worked.</summary>
public sealed record Plan
{
    /// <summary>How things are now, a line each.</summary>
    public required ImmutableArray<string> Facts { get; init; }

    public required WriteRequest Write { get; init; }

    public required Judgement Judgement { get; init; }

    /// <summary>Why nothing has to be sent; null where it has.</summary>
    public string? Already { get; init; }

    /// <summary>Looks once more: a sentence of what was achieved, or of how far it is.</summary>
    public required Func<ClusterView, CancellationToken, Task<Observation>> Look { get; init; }

    /// <summary>What the person has to do next; "" where that is nothing.</summary>
    public string Next { get; init; } = "";

    /// <summary>The verb that shows what became of it, as "member list".</summary>
    public required string Shows { get; init; }
}

/// <param name="Reached">The cluster shows the result.</param>
/// <param name="Sentence">What it shows, without its full stop.</param>
public sealed record Observation(bool Reached, string Sentence);

/// <summary>What was read of a cluster before anything is sent to it.</summary>
/// <param name="Probe">A linearizable read, made just now: the honest word on the quorum.</param>
public sealed record ObservedCluster(ClusterAnalysis Analysis, Answer<SwitchReading> Probe);
