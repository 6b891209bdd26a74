using System.Globalization;
using System.Text;

namespace ClustermgrExporter.Alerting;

/// <summary>Reads the lines of our own pages: metric{label="value"} number.</summary>
internal static class SampleLine
{
    /// <summary>Parses the part before the number.</summary>
    public static (string Metric, KeyValuePair<string, string>[] Labels) ParseSeries(string text)
    {
        var open = text.IndexOf('{', StringComparison.Ordinal);
        if (open < 0)
        {
            return (text, []);
        }
        var labels = new List<KeyValuePair<string, string>>();
        var at = open + 1;
        while (text[at] != '}')
        {
            var equals = text.IndexOf('=', at);
            var name = text[at..equals];
            var value = new StringBuilder();
            for (at = equals + 2; text[at] != '"'; at++)
            {
                value.Append(
                    text[at] != '\\' ? text[at]
                    : text[++at] == 'n' ? '\n'
                    : text[at]
                );
            }
            if (value.Length > 0)
            {
                labels.Add(KeyValuePair.Create(name, value.ToString()));
            }
            at += text[at + 1] == ',' ? 2 : 1;
        }
        labels.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        return (text[..open], [.. labels]);
    }

    public static double ParseValue(ReadOnlySpan<char> text) =>
        text switch
        {
            "NaN" => double.NaN,
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
}
