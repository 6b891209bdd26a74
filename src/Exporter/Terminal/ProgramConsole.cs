namespace ClustermgrExporter.Terminal;

/// <summary>The process' own three streams: the one place that knows the console.</summary>
internal static class ProgramConsole
{
    public static TextWriter Out => Console.Out;

    public static TextWriter Error => Console.Error;

    /// <summary>Null where nobody sits.</summary>
    public static Func<string, CancellationToken, Task<string?>>? Ask => Console.IsInputRedirected ? null : AskAsync;

    /// <summary>stdin. Console.In would read lines on the caller's thread, which then sees no signal until somebody
    /// types.</summary>
    public static StreamReader OpenIn() => new(Console.OpenStandardInput(), Console.InputEncoding);

    /// <summary>Columns and lines of the terminal that stdout is; null where it is none.</summary>
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
        // A read that has begun does not end before somebody types.
        var input = OpenIn();
        return await input.ReadLineAsync(ct).AsTask().WaitAsync(ct);
    }
}
