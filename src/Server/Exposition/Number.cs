using System.Globalization;

namespace ClustermgrExporter.Exposition;

/// <summary>
/// The value of a sample; an absent value has no line. Integers are written exactly, so that a term above 2^53 is not
/// rounded.
/// </summary>
internal readonly struct Number
{
    /// <summary>The longest text of any value: a double such as -2.2250738585072014E-308.</summary>
    public const int MaxLength = 32;

    private readonly Kind _kind;
    private readonly ulong _bits;

    private Number(Kind kind, ulong bits)
    {
        _kind = kind;
        _bits = bits;
    }

    private enum Kind : byte
    {
        Absent,
        Unsigned,
        Signed,
        Real,
    }

    public bool IsAbsent => _kind == Kind.Absent;

    public static implicit operator Number(ulong? value) => value is { } v ? new(Kind.Unsigned, v) : default;

    public static implicit operator Number(long? value) =>
        value is { } v ? new(Kind.Signed, unchecked((ulong)v)) : default;

    public static implicit operator Number(double? value) =>
        value is { } v ? new(Kind.Real, BitConverter.DoubleToUInt64Bits(v)) : default;

    public static implicit operator Number(bool? value) => value is { } v ? new(Kind.Unsigned, v ? 1UL : 0UL) : default;

    /// <summary>Seconds since 1970, to the millisecond.</summary>
    public static Number Time(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>Writes a value that is not absent; <paramref name="target"/> holds at least
    /// <see cref="MaxLength"/> bytes.</summary>
    public int Write(Span<byte> target)
    {
        int written;
        _ = _kind switch
        {
            Kind.Unsigned => _bits.TryFormat(target, out written, default, CultureInfo.InvariantCulture),
            Kind.Signed => unchecked((long)_bits).TryFormat(target, out written, default, CultureInfo.InvariantCulture),
            _ => WriteReal(BitConverter.UInt64BitsToDouble(_bits), target, out written),
        };
        return written;
    }

    // The formats spell NaN and infinity differently from .NET.
    private static bool WriteReal(double value, Span<byte> target, out int written)
    {
        if (double.IsFinite(value))
        {
            return value.TryFormat(target, out written, default, CultureInfo.InvariantCulture);
        }
        var word =
            double.IsNaN(value) ? "NaN"u8
            : value > 0 ? "+Inf"u8
            : "-Inf"u8;
        word.CopyTo(target);
        written = word.Length;
        return true;
    }
}
