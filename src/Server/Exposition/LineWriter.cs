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

    /// <summary>For lines that are read at once, <see cref="Only"/>, of clusters in turn, <see cref="Turn"/>.</summary>
    public LineWriter()
        : this(0, "") { }

    /// <summary>The lines of one family; each family of the page once, in order.</summary>
    /// <param name="fault">Told why they could not be written, and then there are none; null to throw.</param>
    public void Write<T>(FamilyOf<T> family, T source, RenderFault? fault = null)
    {
        WriteFamily(family, source, fault);
        _ends[_families++] = _length;
    }

    /// <summary>The lines that follow are of another cluster.</summary>
    /// <param name="leading">Its label's value, as <see cref="LabelText.Bytes"/> has it.</param>
    public void Turn(byte[] leading) => _leading = leading;

    /// <summary>The lines of one family alone, until the next.</summary>
    /// <inheritdoc cref="Write"/>
    public ReadOnlySpan<byte> Only<T>(FamilyOf<T> family, T source, RenderFault? fault = null)
    {
        _length = 0;
        WriteFamily(family, source, fault);
        return _buffer.AsSpan(0, _length);
    }

    private void WriteFamily<T>(FamilyOf<T> family, T source, RenderFault? fault)
    {
        var start = _length;
        _family = family.Family;
        try
        {
            family.Write(this, source);
        }
        // The lines of one family are what this costs, and not the page of every cluster.
        catch (Exception e) when (fault is not null)
        {
            _length = start;
            fault(family.Family.Name, e);
        }
    }

    /// <summary>One line of the present family, or none when the value is absent.</summary>
    /// <param name="value">The sample's value.</param>
    /// <param name="labels">Values for the family's labels, without the leading one.</param>
    public void Add(Number value, params ReadOnlySpan<string> labels)
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
            _length += LabelText.Write(labels[i], Room(LabelText.MaxBytes(labels[i])));
        }
        Append(family.BeforeValue);
        _length += value.Write(Room(Number.MaxLength));
        Append("\n"u8);
    }

    /// <summary>One line of the present family, of value 1, with labels beside those that every line has; their names
    /// are valid.</summary>
    public void AddInfo(IEnumerable<KeyValuePair<string, string>> labels)
    {
        Append(_family!.BeforeLabel(0));
        Append(_leading);
        foreach (var (name, value) in labels)
        {
            Append("\","u8);
            _length += Encoding.UTF8.GetBytes(name, Room(name.Length));
            Append("=\""u8);
            _length += LabelText.Write(value, Room(LabelText.MaxBytes(value)));
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
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    private Span<byte> Room(int size)
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

    /// <summary>No value is longer than this, written.</summary>
    public static int MaxBytes(string value) => value.Length * 3;

    /// <summary>The value as it is written.</summary>
    public static byte[] Bytes(string value)
    {
        var bytes = new byte[MaxBytes(value)];
        return bytes[..Write(value, bytes)];
    }

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
