namespace ClustermgrExporter.Terminal;

/// <summary>The format in which reports are printed.</summary>
/// <param name="Columns">Width; a table that is wider leaves out the columns that it can spare.</param>
/// <param name="Colour">Whether escape sequences are understood there.</param>
/// <param name="Wraps">Whether long sentences are broken: for people, but not for grep.</param>
internal sealed record TerminalFormat(int Columns, bool Colour, bool Wraps)
{
    public const int MaxColumns = 200;

    private const int MinColumns = 40;

    /// <summary>A pipe: the whole width, one line each.</summary>
    public static readonly TerminalFormat Pipe = new(MaxColumns, Colour: false, Wraps: false);

    /// <param name="columns">Width of the terminal; null when stdout is not a terminal.</param>
    /// <param name="colour">Null to decide by the terminal and the environment.</param>
    /// <param name="environment">NO_COLOR, set to anything, and a dumb terminal mean plain text.</param>
    public static TerminalFormat FromEnvironment(
        int? columns,
        bool? colour,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var plain =
            environment.GetValueOrDefault("NO_COLOR") is { Length: > 0 }
            || environment.GetValueOrDefault("TERM") == "dumb";
        return columns is { } wide
            ? new TerminalFormat(Math.Clamp(wide, MinColumns, MaxColumns), colour ?? !plain, Wraps: true)
            : Pipe with
            {
                Colour = colour ?? false,
            };
    }
}
