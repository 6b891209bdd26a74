using System.Buffers;
using System.Text;

namespace ClustermgrExporter.Exposition;

/// <summary>Label values as both formats want them: UTF-8, with backslash, quote and line feed escaped.</summary>
internal static class LabelText
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\\\"\n");

    /// <summary>No value is longer than this, written.</summary>
    public static int MaxBytes(string value) => value.Length * 3;

    /// <summary>
    /// Writes a value. Half a surrogate pair becomes U+FFFD: a strict reader refuses the whole page for it otherwise.
    /// </summary>
    /// <returns>Bytes written; <paramref name="target"/> holds at least <see cref="MaxBytes"/>.</returns>
    public static int Write(ReadOnlySpan<char> value, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var plain = value.IndexOfAny(Escaped);
            if (plain < 0)
            {
                return written + Encoding.UTF8.GetBytes(value, target[written..]);
            }
            written += Encoding.UTF8.GetBytes(value[..plain], target[written..]);
            target[written++] = (byte)'\\';
            target[written++] = value[plain] == '\n' ? (byte)'n' : (byte)value[plain];
            value = value[(plain + 1)..];
        }
    }
}
