using System.Globalization;

namespace ClustermgrExporter.Exposition;

/// <summary>
/// The value of a sample; an absent value has no line. Integers are written exactly, so that a term above 2^53 is not
/// rounded.
/// </summary>
internal readonly struct SampleValue
{
    /// <summary>The longest text of any value: a double such as -2.2250738585072014E-308.</summary>
    public const int MaxLength = 32;

    private readonly NumberKind _kind;
    private readonly ulong _bits;

    private SampleValue(NumberKind kind, ulong bits)
    {
        _kind = kind;
        _bits = bits;
    }

    private enum NumberKind : byte
    {
        Absent,
        Unsigned,
        Signed,
        Real,
    }

    public bool IsAbsent => _kind == NumberKind.Absent;

    public static implicit operator SampleValue(ulong? value) => value is { } v ? new(NumberKind.Unsigned, v) : default;

    public static implicit operator SampleValue(long? value) =>
        value is { } v ? new(NumberKind.Signed, unchecked((ulong)v)) : default;

    public static implicit operator SampleValue(double? value) =>
        value is { } v ? new(NumberKind.Real, BitConverter.DoubleToUInt64Bits(v)) : default;

    public static implicit operator SampleValue(bool? value) =>
        value is { } v ? new(NumberKind.Unsigned, v ? 1UL : 0UL) : default;

    /// <summary>Seconds since 1970, to the millisecond.</summary>
    public static SampleValue Time(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>Writes a value that is not absent; <paramref name="target"/> holds at least
    /// <see cref="MaxLength"/> bytes.</summary>
    public int Write(Span<byte> target)
    {
        int written;
        _ = _kind switch
        {
            NumberKind.Unsigned => _bits.TryFormat(target, out written, default, CultureInfo.InvariantCulture),
            NumberKind.Signed => unchecked((long)_bits).TryFormat(
                target,
                out written,
                default,
                CultureInfo.InvariantCulture
            ),
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
