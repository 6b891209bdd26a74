using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ClustermgrExporter.Web;

internal enum ContentCoding
{
    /// <summary>The header excludes both gzip and identity.</summary>
    None,
    Identity,
    Gzip,
}

/// <summary>Whether a scraper takes gzip, by its Accept-Encoding header (RFC 9110, 12.5.3).</summary>
internal static class EncodingNegotiation
{
    public static ContentCoding Choose(StringValues acceptEncoding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var codings))
        {
            return ContentCoding.Identity;
        }
        var any = Weight(codings, "*");
        var gzip = Weight(codings, "gzip") ?? Weight(codings, "x-gzip") ?? any ?? 0;
        var identity = Weight(codings, "identity");
        // Identity is acceptable unless excluded, but a client that names gzip prefers gzip.
        if (gzip > 0 && gzip >= (identity ?? 0))
        {
            return ContentCoding.Gzip;
        }
        return (identity ?? any ?? 1) > 0 ? ContentCoding.Identity : ContentCoding.None;
    }

    private static double? Weight(IList<StringWithQualityHeaderValue> codings, string name)
    {
        double? weight = null;
        foreach (var coding in codings)
        {
            if (coding.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                weight = Math.Max(weight ?? 0, coding.Quality ?? 1);
            }
        }
        return weight;
    }
}
