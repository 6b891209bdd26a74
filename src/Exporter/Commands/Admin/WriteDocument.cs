using System.Text;
using Clustermgr.Admin;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>The result of one change, as -o json prints it.</summary>
/// <param name="Version">Incremented when a field is removed or changes its meaning.</param>
/// <param name="Verb">"task enable".</param>
/// <param name="Cluster">Null when no cluster could be asked.</param>
/// <param name="Outcome">done (and seen), unchanged (it is so already, nothing was sent), planned (--dry-run), refused,
/// cannotTell (nothing was sent) or unseen (sent, and not seen to take effect).</param>
/// <param name="Said">The lines printed for people: what was found, sent and observed.</param>
/// <param name="Errors">Errors and warnings.</param>
internal sealed record WriteDocument(
    int Version,
    string Verb,
    string? Cluster,
    string Outcome,
    int ExitCode,
    string[] Said,
    string[] Errors
);

/// <summary>Records lines, and prints them to stderr at once: a plan is seen before it is sent.</summary>
internal sealed class LineRecorder(TextWriter shown) : TextWriter
{
    private readonly StringBuilder _text = new();

    public override Encoding Encoding => shown.Encoding;

    public string[] Lines =>
        [.. _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))];

    public override void Write(char value)
    {
        _text.Append(value);
        shown.Write(value);
    }

    public override void Write(string? value)
    {
        _text.Append(value);
        shown.Write(value);
    }

    public override void WriteLine(string? value)
    {
        _text.Append(value).Append('\n');
        shown.WriteLine(value);
    }
}

/// <param name="Cluster">The selected cluster; null when it could not be determined.</param>
/// <param name="WasNoOp">True when the state was reached already and nothing was sent.</param>
internal sealed record WriteResult(int Exit, string? Cluster, bool WasNoOp);

internal static class WriteReport
{
    /// <summary>Runs a change and prints its result as one document.</summary>
    /// <param name="run">Runs the change with the given session.</param>
    public static async Task<int> PrintAsync(
        AdminSession session,
        string verb,
        bool planned,
        Func<AdminSession, Task<WriteResult>> run
    )
    {
        using var said = new LineRecorder(session.Error);
        using var errors = new LineRecorder(session.Error);
        var (exit, cluster, already) = await run(session with { Out = said, Error = errors, Ask = null });
        var document = new WriteDocument(
            CommandJson.AdminVersion,
            verb,
            cluster,
            exit switch
            {
                ExitCodes.Done => already ? "unchanged"
                : planned ? "planned"
                : "done",
                ExitCodes.Refused => "refused",
                ExitCodes.CannotTell => "cannotTell",
                _ => "unseen",
            },
            exit,
            said.Lines,
            errors.Lines
        );
        try
        {
            session.Out.Write(CommandJson.Format(document, context => context.WriteDocument));
        }
        catch (OutputLostException e)
        {
            // The exit code still reports the write.
            session.Error.WriteLine(OutputLostException.FormatMessage(e.Message));
        }
        return exit;
    }
}
