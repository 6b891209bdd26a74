using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Clustermgr.Parsing;

/// <summary>
/// Reads one object: its numbers and flags by slot. A value of another type counts as missing and is recorded; a
/// duplicate field makes the answer invalid, since it is unknown which of the two is right.
/// </summary>
internal struct JsonRow(JsonShape shape, SchemaLog log)
{
    /// <summary>The deepest known object is at level 4; a deeper nest is not an answer of clustermgr.</summary>
    public const int MaxDepth = 16;

    private Values _values;
    private uint _seen;
    private uint _usable;

    /// <summary>The field on whose value the reader stands, after <see cref="Next"/>.</summary>
    public int Slot { get; private set; } = -1;

    /// <summary>Advances to the next field whose value the caller must read: a text, an object or rows, of that type
    /// (or null, for rows). Returns false at the end of the object.</summary>
    public bool Next(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var slot = shape.Find(in reader, Slot + 1);
            if (slot < 0)
            {
                log.AddUnknown(shape.Path, in reader);
                reader.Skip();
                continue;
            }
            var bit = 1U << slot;
            if ((_seen & bit) != 0)
            {
                throw InvalidBodyException.At(in reader, $"{shape.GetPath(slot, log.Dialect)} comes twice");
            }
            _seen |= bit;
            Slot = slot;
            reader.Read();
            if (TryReadValue(in reader))
            {
                _usable |= bit;
                if (shape[slot].Type >= FieldType.Text)
                {
                    return true;
                }
            }
            else
            {
                log.AddMissing(shape.GetPath(slot, log.Dialect));
                reader.Skip();
            }
        }
        ApplyDefaults();
        return false;
    }

    public readonly ulong? UInt64(int slot) => Has(slot) ? _values[slot] : null;

    public readonly long? Int64(int slot) => Has(slot) ? (long)_values[slot] : null;

    public readonly bool? Flag(int slot) => Has(slot) ? _values[slot] != 0 : null;

    public readonly bool Has(int slot) => (_usable >> slot & 1) != 0;

    private bool TryReadValue(ref readonly Utf8JsonReader reader)
    {
        switch (shape[Slot].Type)
        {
            case FieldType.Unsigned:
                return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out _values[Slot]);
            case FieldType.Count:
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var count))
                {
                    return false;
                }
                if (count < 0)
                {
                    throw InvalidBodyException.At(in reader, $"{shape.GetPath(Slot, log.Dialect)} is negative");
                }
                _values[Slot] = (ulong)count;
                return true;
            case FieldType.Signed:
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number))
                {
                    return false;
                }
                _values[Slot] = (ulong)number;
                return true;
            case FieldType.Flag:
                _values[Slot] = reader.TokenType == JsonTokenType.True ? 1UL : 0UL;
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
            case FieldType.Text:
                return reader.TokenType == JsonTokenType.String;
            case FieldType.Nested:
                return reader.TokenType == JsonTokenType.StartObject;
            case FieldType.Rows:
                return reader.TokenType is JsonTokenType.StartArray or JsonTokenType.Null;
            default:
                throw new InvalidOperationException($"no such type: {shape[Slot].Type}");
        }
    }

    /// <summary>Applies the rules for absent fields.</summary>
    private void ApplyDefaults()
    {
        for (var slot = 0; slot < shape.Count; slot++)
        {
            if ((_seen >> slot & 1) != 0)
            {
                continue;
            }
            switch (shape[slot].In(log.Dialect))
            {
                case Presence.Required:
                    log.AddMissing(shape.GetPath(slot, log.Dialect));
                    break;
                case Presence.ZeroWhenAbsent:
                    _values[slot] = 0;
                    _usable |= 1U << slot;
                    break;
            }
        }
    }

    [InlineArray(JsonShape.MaxFields)]
    private struct Values
    {
        private ulong _first;
    }
}
