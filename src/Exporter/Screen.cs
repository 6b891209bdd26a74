using Serilog;

namespace ClustermgrExporter;

/// <summary>What demo and simulate print for people. Nobody may be there to read it: stdout closed, or its disk full.</summary>
internal static class Screen
{
    /// <summary>Prints it, or logs that it cannot be printed: the clusters go on without a reader.</summary>
    /// <param name="open">Opens stdout, which fails by itself when it is closed.</param>
    public static void Write(string text, Func<TextWriter> open, ILogger log)
    {
        try
        {
            var output = open();
            output.Write(text);
            output.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            log.Warning("stdout takes nothing, so what belongs on the screen is left out: {Reason:l}", e.Message);
        }
    }
}
