using System.Buffers;
using System.Text;

namespace ClustermgrExporter.Exposition;

/// <summary>Writes sample lines, family by family, into a pooled buffer.</summary>
internal sealed class LineWriter : IDisposable
{
    private readonly int _leadingCount;
    private byte[] _leading = [];
    private readonly int[] _ends;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
    private int _length;
    private int _families;
    private Family? _family;

    /// <param name="families">How many families the page has.</param>
    /// <param name="leading">The value of the label that every line begins with; null where there is none.</param>
    public LineWriter(int families, string? leading = null)
    {
        _ends = new int[families];
        if (leading is not null)
        {
            _leadingCount = 1;
            _leading = LabelText.Bytes(leading);
        }
    }

    /// <summary>Creates a writer whose lines are read at once (<see cref="Render"/>), for one cluster after the other
    /// (<see cref="SetLeading"/>).</summary>
    public LineWriter()
        : this(0, "") { }

    /// <summary>Writes the lines of one family. Call it once per family of the page, in order.</summary>
    /// <param name="fault">Called if they cannot be written; the family then has none. Null to throw.</param>
    public void Write<T>(FamilyRenderer<T> family, T source, RenderFault? fault = null)
    {
        WriteFamily(family, source, fault);
        _ends[_families++] = _length;
    }

    /// <summary>Sets the cluster of the lines that follow.</summary>
    /// <param name="leading">Value of its label, as encoded by <see cref="LabelText.Bytes"/>.</param>
    public void SetLeading(byte[] leading) => _leading = leading;

    /// <summary>Writes the lines of one family only; they are valid until the next call.</summary>
    /// <inheritdoc cref="Write"/>
    public ReadOnlySpan<byte> Render<T>(FamilyRenderer<T> family, T source, RenderFault? fault = null)
    {
        _length = 0;
        WriteFamily(family, source, fault);
        return _buffer.AsSpan(0, _length);
    }

    private void WriteFamily<T>(FamilyRenderer<T> family, T source, RenderFault? fault)
    {
        var start = _length;
        _family = family.Family;
        try
        {
            family.Write(this, source);
        }
        // Only the lines of one family are lost, not the page of every cluster.
        catch (Exception e) when (fault is not null)
        {
            _length = start;
            fault(family.Family.Name, e);
        }
    }

    /// <summary>Writes one line of the current family, or none if the value is absent.</summary>
    /// <param name="value">The sample's value.</param>
    /// <param name="labels">Values for the family's labels, without the leading one.</param>
    public void Add(SampleValue value, params ReadOnlySpan<string> labels)
    {
        if (value.IsAbsent)
        {
            return;
        }
        var family = _family ?? throw new InvalidOperationException("a line outside of a family");
        if (labels.Length + _leadingCount != family.Labels.Length)
        {
            throw new InvalidOperationException($"{family.Name} has the labels {string.Join(", ", family.Labels)}");
        }
        if (_leadingCount != 0)
        {
            Append(family.BeforeLabel(0));
            Append(_leading);
        }
        for (var i = 0; i < labels.Length; i++)
        {
            Append(family.BeforeLabel(i + _leadingCount));
            _length += LabelText.Write(labels[i], EnsureCapacity(LabelText.MaxBytes(labels[i])));
        }
        Append(family.BeforeValue);
        _length += value.Write(EnsureCapacity(SampleValue.MaxLength));
        Append("\n"u8);
    }

    /// <summary>Writes one line of the current family with the value 1 and additional labels, whose names must be
    /// valid.</summary>
    public void AddInfo(IEnumerable<KeyValuePair<string, string>> labels)
    {
        Append(_family!.BeforeLabel(0));
        Append(_leading);
        foreach (var (name, value) in labels)
        {
            Append("\","u8);
            _length += Encoding.UTF8.GetBytes(name, EnsureCapacity(name.Length));
            Append("=\""u8);
            _length += LabelText.Write(value, EnsureCapacity(LabelText.MaxBytes(value)));
        }
        Append(_family.BeforeValue);
        Append("1\n"u8);
    }

    public FamilyLines Finish()
    {
        var families = new byte[_families][];
        for (var i = 0; i < families.Length; i++)
        {
            families[i] = _buffer[(i == 0 ? 0 : _ends[i - 1]).._ends[i]];
        }
        return new FamilyLines(families);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(EnsureCapacity(bytes.Length));
        _length += bytes.Length;
    }

    private Span<byte> EnsureCapacity(int size)
    {
        if (_buffer.Length - _length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + size));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        return _buffer.AsSpan(_length);
    }
}

/// <summary>Label values as both formats want them: UTF-8, with backslash, quote and line feed escaped.</summary>
internal static class LabelText
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\\\"\n");

    /// <summary>Upper limit of the length of an encoded value.</summary>
    public static int MaxBytes(string value) => value.Length * 3;

    /// <summary>The encoded value.</summary>
    public static byte[] Bytes(string value)
    {
        var bytes = new byte[MaxBytes(value)];
        return bytes[..Write(value, bytes)];
    }

    /// <summary>
    /// Writes a value. Half a surrogate pair becomes U+FFFD: otherwise a strict reader would reject the whole page.
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
