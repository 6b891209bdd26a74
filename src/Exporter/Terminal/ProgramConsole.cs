namespace ClustermgrExporter.Terminal;

/// <summary>The standard streams of the process; the only place that uses the console.</summary>
internal static class ProgramConsole
{
    public static TextWriter Out => Console.Out;

    public static TextWriter Error => Console.Error;

    /// <summary>Null when stdin is not a terminal.</summary>
    public static Func<string, CancellationToken, Task<string?>>? Ask => Console.IsInputRedirected ? null : AskAsync;

    /// <summary>Opens stdin. Console.In would block the caller's thread, which could not handle a signal before a line
    /// is typed.</summary>
    public static StreamReader OpenIn() => new(Console.OpenStandardInput(), Console.InputEncoding);

    /// <summary>The columns and lines of the terminal; null when stdout is not a terminal.</summary>
    public static (int Columns, int Lines)? Size()
    {
        if (Console.IsOutputRedirected)
        {
            return null;
        }
        try
        {
            // A terminal that does not know its size says 0.
            return (
                Console.WindowWidth is var columns and > 0 ? columns : 80,
                Console.WindowHeight is var lines and > 0 ? lines : 24
            );
        }
        catch (IOException)
        {
            return (80, 24);
        }
    }

    private static async Task<string?> AskAsync(string question, CancellationToken ct)
    {
        Console.Error.Write(question);
        // A read that has begun ends only when a line is typed, so it is left behind.
        var input = OpenIn();
        return await input.ReadLineAsync(ct).AsTask().WaitAsync(ct);
    }
}
