using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace Clustermgr.Admin;

/// <summary>The environment of a verb that acts on a cluster: output, confirmation, variables and
/// connections.</summary>
/// <param name="Out">Receives what is done and its result.</param>
/// <param name="Error">Receives refusals, warnings and errors.</param>
/// <param name="Ask">Asks a question on the terminal and returns the typed line, or null at the end of the input. Null
/// when stdin is not a terminal.</param>
public sealed record AdminSession(
    TextWriter Out,
    TextWriter Error,
    Func<string, CancellationToken, Task<string?>>? Ask,
    IReadOnlyDictionary<string, string> Environment
)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string MachineName { get; init; } = "";

    /// <summary>Creates the connections to one cluster for reads.</summary>
    public required Func<ClusterConfig, HttpMessageHandler> CreateReadTransport { get; init; }

    /// <summary>Creates the connections for a single write.</summary>
    public required Func<ClusterConfig, HttpMessageHandler> CreateWriteTransport { get; init; }

    /// <summary>Prints why the cluster could not be asked or its answer not be read.</summary>
    /// <returns>The exit code.</returns>
    public int Fail(params IEnumerable<string> errors)
    {
        foreach (var error in errors)
        {
            WriteError(error);
        }
        return ExitCode.CannotTell;
    }

    /// <summary>Prints a line to <see cref="Out"/>. It may contain text from a cluster, so characters that do not print
    /// are escaped.</summary>
    /// <exception cref="IOException">stdout cannot be written.</exception>
    public void WriteLine(string line) => Out.WriteLine(Printable.From(line));

    /// <summary>Prints a refusal, warning or error to <see cref="Error"/>, with characters that do not print
    /// escaped.</summary>
    public void WriteError(string line) => Error.WriteLine(Printable.From(line));
}
