using ClustermgrExporter.Config;

namespace ClustermgrExporter.Admin;

/// <summary>What a verb that acts on a cluster sees of the world.</summary>
/// <param name="Out">What it does, and what came of it.</param>
/// <param name="Error">Why it does not.</param>
/// <param name="Ask">Puts a question to a person and returns what was typed, null at its end; itself null where nobody
/// sits.</param>
internal sealed record Session(
    TextWriter Out, TextWriter Error, Func<string, CancellationToken, Task<string?>>? Ask, IReadOnlyDictionary<string, string> Environment)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string MachineName { get; init; } = "";

    /// <summary>The connections of one cluster, for reads.</summary>
    public required Func<ClusterConfig, HttpMessageHandler> Reads { get; init; }

    /// <summary>The connections of one write, and no more than that.</summary>
    public required Func<ClusterConfig, HttpMessageHandler> Writes { get; init; }
}
