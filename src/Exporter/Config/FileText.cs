using System.Text;

namespace ClustermgrExporter.Config;

/// <summary>A whole text file, or the reason why not: "no such file", "permission denied", …</summary>
/// <param name="ReadByAll">Every user of the machine may read it.</param>
internal readonly record struct FileText(string? Text, string Problem, bool ReadByAll)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Never throws for what the file system holds.</summary>
    public static FileText Read(string path, int mostBytes)
    {
        try
        {
            if (path.Contains('\0')) return Failed("no file name can hold a NUL");
            if (Directory.Exists(path)) return Failed("is a directory, not a file");
            const FileShare Share = FileShare.ReadWrite | FileShare.Delete;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, Share);
            // By the open handle: a mounted Kubernetes secret is a link, and its target is what counts.
            var readByAll = !OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(file.SafeFileHandle) & UnixFileMode.OtherRead) != 0;
            var bytes = new byte[mostBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > mostBytes
                ? Failed($"is larger than {mostBytes / 1024} KiB")
                : new FileText(Decode(bytes.AsSpan(0, length)), "", readByAll);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            return Failed(ReasonOf(e));
        }
    }

    private static FileText Failed(string problem) => new(null, problem, false);

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = StrictUtf8.GetString(bytes);
        return text.StartsWith('\uFEFF') ? text[1..] : text;
    }

    private static string ReasonOf(Exception e) => e switch
    {
        DecoderFallbackException => "is not UTF-8 text; save it as UTF-8",
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => "permission denied",
        _ => $"cannot be read ({e.GetType().Name})",
    };
}
