using System.Text;
using Microsoft.Win32.SafeHandles;
using Serilog;

namespace ClustermgrExporter.Terminal;

/// <summary>Thrown when stdout cannot be written.</summary>
/// <param name="reason">The system's message.</param>
internal sealed class OutputLostException(string reason) : IOException(reason)
{
    /// <summary>What happened and what to do, in one line.</summary>
    public static string FormatMessage(string reason) =>
        $"stdout takes nothing: {reason}; send it where there is room, as with > FILE or | less";
}

/// <summary>
/// stdout or stderr, opened at the first write. Either may be closed, or its disk full: a failure of stdout throws
/// <see cref="OutputLostException"/>; a failure of stderr is ignored.
/// </summary>
internal sealed class StandardWriter : TextWriter
{
    private static readonly List<SafeFileHandle> ReservedHandles = [];

    private readonly Func<Stream> _open;
    private readonly bool _silent;
    private StreamWriter? _writer;

    /// <param name="open">Opens the stream; may throw.</param>
    /// <param name="silent">True to drop what cannot be written.</param>
    internal StandardWriter(Func<Stream> open, bool silent)
    {
        _open = open;
        _silent = silent;
    }

    public override Encoding Encoding { get; } = Utf8WithoutMark(Console.OutputEncoding);

    /// <summary>Replaces the console's own writers, at the first line of the program.</summary>
    public static void Install()
    {
        ReserveStandardDescriptors();
        Console.SetOut(Synchronized(new StandardWriter(Console.OpenStandardOutput, silent: false)));
        Console.SetError(Synchronized(new StandardWriter(Console.OpenStandardError, silent: true)));
    }

    public override void Write(char value) => Try(writer => writer.Write(value));

    public override void Write(string? value) => Try(writer => writer.Write(value));

    public override void Write(char[] buffer, int index, int count) =>
        Try(writer => writer.Write(buffer, index, count));

    public override void WriteLine(string? value) => Try(writer => writer.WriteLine(value));

    public override void Flush() => Try(writer => writer.Flush());

    /// <summary>
    /// If one of the three was closed, the next file or pipe that is opened would get its number, and output would go
    /// there, such as into the pipe of the runtime's signals. Opens /dev/null, which takes no write, in its place.
    /// </summary>
    private static void ReserveStandardDescriptors()
    {
        const FileShare Share = FileShare.ReadWrite | FileShare.Delete;
        while (
            !OperatingSystem.IsWindows()
            && File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, Share) is var place
        )
        {
            if (place.DangerousGetHandle() > 2)
            {
                place.Dispose();
                return;
            }
            ReservedHandles.Add(place);
        }
    }

    private void Try(Action<StreamWriter> write)
    {
        try
        {
            write(_writer ??= new StreamWriter(_open(), Encoding, leaveOpen: true) { AutoFlush = true });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // What is left in the buffer would fail once more at the end.
            _writer = null;
            if (!_silent)
            {
                throw new OutputLostException(e is UnauthorizedAccessException ? "it is closed" : e.Message);
            }
        }
    }

    private static Encoding Utf8WithoutMark(Encoding encoding) =>
        encoding is UTF8Encoding ? new UTF8Encoding(false) : encoding;
}

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
