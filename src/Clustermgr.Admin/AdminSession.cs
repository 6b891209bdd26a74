using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace Clustermgr.Admin;

/// <summary>What a verb that acts on a cluster sees of the world.</summary>
/// <param name="Out">What it does, and what came of it.</param>
/// <param name="Error">Why it does not.</param>
/// <param name="Ask">Puts a question to a person and returns what was typed, null at its end; itself null where nobody
/// sits.</param>
public sealed record AdminSession(
    TextWriter Out,
    TextWriter Error,
    Func<string, CancellationToken, Task<string?>>? Ask,
    IReadOnlyDictionary<string, string> Environment
)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string MachineName { get; init; } = "";

    /// <summary>The connections of one cluster, for reads.</summary>
    public required Func<ClusterConfig, HttpMessageHandler> Reads { get; init; }

    /// <summary>The connections of one write, and no more than that.</summary>
    public required Func<ClusterConfig, HttpMessageHandler> Writes { get; init; }

    /// <summary>Tells why nobody could be asked, or nothing be understood.</summary>
    /// <returns>The exit code.</returns>
    public int CannotTell(params IEnumerable<string> errors)
    {
        foreach (var error in errors)
        {
            Complain(error);
        }
        return ExitCode.CannotTell;
    }

    /// <summary>A line of what is done. Text of a cluster may be in it: what a terminal would obey is spelt
    /// out.</summary>
    /// <exception cref="IOException">Nobody takes it.</exception>
    public void Say(string line) => Out.WriteLine(Printable.From(line));

    /// <summary>A line of why something is not done, or went wrong.</summary>
    public void Complain(string line) => Error.WriteLine(Printable.From(line));
}
