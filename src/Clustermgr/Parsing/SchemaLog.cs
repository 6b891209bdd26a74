using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace Clustermgr.Parsing;

/// <summary>Records the missing and the unknown fields of an answer, each path once.</summary>
/// <param name="collectUnknown">False for answers of which only a part is read.</param>
public sealed class SchemaLog(Dialect dialect, bool collectUnknown)
{
    private const int MaxUnknown = 32;
    private const int MaxNameChars = 64;

    private List<SchemaFinding>? _findings;
    private int _unknown;

    public Dialect Dialect => dialect;

    public ImmutableArray<SchemaFinding> Findings => _findings is null ? [] : [.. _findings];

    /// <summary>Number of rows left out and texts shortened because they exceed a limit.</summary>
    public int Cuts { get; private set; }

    public void Cut() => Cuts++;

    public void AddMissing(string path) => Add(new SchemaFinding(SchemaFindingKind.MissingField, path));

    /// <param name="reader">Stands on the property name.</param>
    public void AddUnknown(string parent, ref readonly Utf8JsonReader reader)
    {
        if (!collectUnknown || _unknown == MaxUnknown)
        {
            return;
        }
        // Only the start of a very long name is used.
        var name = Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 4 * MaxNameChars)]);
        var path = parent + TextSanitizer.Clean(name, MaxNameChars);
        if (Add(new SchemaFinding(SchemaFindingKind.UnknownField, path)))
        {
            _unknown++;
        }
    }

    private bool Add(SchemaFinding finding)
    {
        _findings ??= [];
        // Rows repeat what the first one lacks; with a few dozen at most, a linear search is cheaper than a set.
        if (_findings.Contains(finding))
        {
            return false;
        }
        _findings.Add(finding);
        return true;
    }
}
