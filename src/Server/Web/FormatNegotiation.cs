using ClustermgrExporter.Exposition;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ClustermgrExporter.Web;

/// <summary>Which format a scraper wants, by its Accept header (RFC 9110, 12.5.1).</summary>
internal static class FormatNegotiation
{
    /// <summary>
    /// The format with the highest weight; where weights are equal, the one named first. If the header names no
    /// supported format, it is text 0.0.4, which every scraper can read, rather than an error.
    /// </summary>
    public static MetricsFormat Choose(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
        {
            return MetricsFormat.Text004;
        }
        var text = Preference(ranges, "text", "plain", "0.0.4");
        var openMetrics = Preference(ranges, "application", "openmetrics-text", "1.0.0", "0.0.1");
        return
            openMetrics.Weight > text.Weight
            || (openMetrics.Weight == text.Weight && openMetrics.Weight > 0 && openMetrics.Place < text.Place)
            ? MetricsFormat.OpenMetrics1
            : MetricsFormat.Text004;
    }

    public static string ContentType(MetricsFormat format) =>
        format switch
        {
            MetricsFormat.OpenMetrics1 => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            _ => "text/plain; version=0.0.4; charset=utf-8",
        };

    // The most specific range that fits decides, not the one with the highest weight: text/plain;q=0, */* means any but
    // text. Of several that are equally specific (OpenMetrics 1.0.0 and 0.0.1) the best counts.
    private static (double Weight, int Place) Preference(
        IList<MediaTypeHeaderValue> ranges,
        string type,
        string subtype,
        params ReadOnlySpan<string> versions
    )
    {
        var best = 0;
        var weight = 0.0;
        var place = int.MaxValue;
        for (var i = 0; i < ranges.Count; i++)
        {
            var specificity = Specificity(ranges[i], type, subtype, versions);
            var quality = ranges[i].Quality ?? 1;
            if (specificity < best || specificity == 0 || (specificity == best && quality <= weight))
            {
                continue;
            }
            best = specificity;
            weight = quality;
            place = i;
        }
        return (weight, place);
    }

    /// <returns>0 where the range does not fit, else more for a narrower one.</returns>
    private static int Specificity(
        MediaTypeHeaderValue range,
        string type,
        string subtype,
        ReadOnlySpan<string> versions
    )
    {
        if (range.MatchesAllTypes)
        {
            return 1;
        }
        if (!range.Type.Equals(type, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }
        if (range.MatchesAllSubTypes)
        {
            return 2;
        }
        if (!range.SubType.Equals(subtype, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }
        foreach (var parameter in range.Parameters)
        {
            if (!parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }
            var wanted = HeaderUtilities.RemoveQuotes(parameter.Value);
            foreach (var version in versions)
            {
                if (wanted.Equals(version, StringComparison.Ordinal))
                {
                    return 4;
                }
            }
            return 0;
        }
        return 3;
    }
}
