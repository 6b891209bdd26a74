using Serilog;

namespace ClustermgrExporter.Terminal;

/// <summary>Writes what a verb prints for people. stdout may be closed, or its disk full.</summary>
internal static class StandardOutput
{
    /// <summary>Prints a text, or logs why it cannot be printed; the program goes on.</summary>
    /// <param name="open">Opens stdout, which fails by itself when it is closed.</param>
    public static void Write(string text, Func<TextWriter> open, ILogger log)
    {
        if (WriteAndGetError(text, open) is { } reason)
        {
            log.Warning("stdout takes nothing, so what belongs on the screen is left out: {Reason:l}", reason);
        }
    }

    /// <summary>Prints a text. Returns null, or why stdout does not take it.</summary>
    public static string? WriteAndGetError(string text, Func<TextWriter> open)
    {
        try
        {
            var output = open();
            output.Write(text);
            output.Flush();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return e.Message;
        }
    }
}
