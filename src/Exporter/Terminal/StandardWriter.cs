using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ClustermgrExporter.Terminal;

/// <summary>What was to be printed for the caller cannot be printed.</summary>
/// <param name="reason">As the system says it.</param>
internal sealed class OutputLostException(string reason) : IOException(reason)
{
    /// <summary>What happened and what to do, in one line.</summary>
    public static string Told(string reason) =>
        $"stdout takes nothing: {reason}; send it where there is room, as with > FILE or | less";
}

/// <summary>
/// stdout or stderr, opened when something is first written. Either may be closed, or its disk full: of stdout the
/// caller is told, by <see cref="OutputLostException"/>; where stderr takes nothing nobody is left to tell.
/// </summary>
internal sealed class StandardWriter : TextWriter
{
    private static readonly List<SafeFileHandle> s_places = [];

    private readonly Func<Stream> _open;
    private readonly bool _silent;
    private StreamWriter? _writer;

    /// <param name="open">May fail.</param>
    /// <param name="silent">What cannot be written is dropped.</param>
    internal StandardWriter(Func<Stream> open, bool silent) => (_open, _silent) = (open, silent);

    public override Encoding Encoding { get; } = Utf8WithoutMark(Console.OutputEncoding);

    /// <summary>In place of the console's own writers, from the first line of the program on.</summary>
    public static void Install()
    {
        KeepPlaces();
        Console.SetOut(Synchronized(new StandardWriter(Console.OpenStandardOutput, silent: false)));
        Console.SetError(Synchronized(new StandardWriter(Console.OpenStandardError, silent: true)));
    }

    public override void Write(char value) => Try(writer => writer.Write(value));

    public override void Write(string? value) => Try(writer => writer.Write(value));

    public override void Write(char[] buffer, int index, int count) =>
        Try(writer => writer.Write(buffer, index, count));

    public override void WriteLine(string? value) => Try(writer => writer.WriteLine(value));

    public override void Flush() => Try(writer => writer.Flush());

    /// <summary>Where one of the three was closed, the next file or pipe that is opened would get its number, and what
    /// is printed would go there: into the pipe by which the runtime hears signals, say. What is opened here instead
    /// takes no write.</summary>
    private static void KeepPlaces()
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
            s_places.Add(place);
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
            // What stayed in the buffer would fail once more at the end.
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
