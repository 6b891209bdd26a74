using System.Text;

namespace ClustermgrExporter.Configuration;

/// <summary>The content of a text file, or why it cannot be read: "no such file", "permission denied", …</summary>
/// <param name="IsWorldReadable">Every user of the machine may read it.</param>
internal readonly record struct FileText(string? Text, string Problem, bool IsWorldReadable)
{
    private const int FirstBytes = 8 << 10;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Never throws for what the file system holds.</summary>
    public static FileText Read(string path, int maxBytes)
    {
        try
        {
            if (path.Contains('\0'))
            {
                return FromProblem("no file name can hold a NUL");
            }
            if (Directory.Exists(path))
            {
                return FromProblem("is a directory, not a file");
            }
            const FileShare Share = FileShare.ReadWrite | FileShare.Delete;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, Share);
            // By the open handle: a mounted Kubernetes secret is a link, and its target is what counts.
            var readByAll =
                !OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(file.SafeFileHandle) & UnixFileMode.OtherRead) != 0;
            return ReadAllBytes(file, maxBytes) is { } bytes
                ? new FileText(Decode(bytes.Span), "", readByAll)
                : FromProblem($"is larger than {maxBytes / 1024} KiB");
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return FromProblem(DescribeReason(e));
        }
    }

    /// <summary>Reads the whole file into a growing buffer, since most files are much smaller than the limit. Returns
    /// null if it is larger than the limit. The length of the file is not used: a pipe has none.</summary>
    private static ReadOnlyMemory<byte>? ReadAllBytes(Stream file, int maxBytes)
    {
        var bytes = new byte[Math.Min(maxBytes + 1, FirstBytes)];
        for (var length = 0; ; )
        {
            length += file.ReadAtLeast(bytes.AsSpan(length), bytes.Length - length, throwOnEndOfStream: false);
            if (length > maxBytes)
            {
                return null;
            }
            if (length < bytes.Length)
            {
                return bytes.AsMemory(0, length);
            }
            Array.Resize(ref bytes, (int)Math.Min(maxBytes + 1L, 2L * bytes.Length));
        }
    }

    private static FileText FromProblem(string problem) => new(null, problem, false);

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = StrictUtf8.GetString(bytes);
        return text.StartsWith('\uFEFF') ? text[1..] : text;
    }

    private static string DescribeReason(Exception e) =>
        e switch
        {
            DecoderFallbackException => "is not UTF-8 text; save it as UTF-8",
            FileNotFoundException or DirectoryNotFoundException => "no such file",
            UnauthorizedAccessException => "permission denied",
            _ => $"cannot be read ({e.GetType().Name})",
        };
}
