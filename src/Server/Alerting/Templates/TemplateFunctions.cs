using System.Globalization;
using System.Text;

namespace ClustermgrExporter.Alerting.Templates;

/// <summary>One element of the result of a query in a template.</summary>
internal sealed record QueryRow(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>Functions of Prometheus' templates. Values are strings, numbers, booleans, rows and lists of
/// rows.</summary>
internal static class TemplateFunctions
{
    private static readonly string[] LargePrefixes = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    private static readonly string[] SmallPrefixes = ["m", "u", "n", "p", "f", "a", "z", "y"];

    /// <exception cref="FormatException">There is no such function, or not for these values.</exception>
    public static object? Call(string name, object?[] values, Func<string, IReadOnlyList<QueryRow>> query) =>
        (name, values) switch
        {
            ("query", [string text]) => query(text),
            ("first", [IReadOnlyList<QueryRow> rows]) => rows.Count > 0
                ? rows[0]
                : throw new FormatException("first of nothing"),
            ("label", [string label, QueryRow row]) => row.Labels.GetValueOrDefault(label, ""),
            ("value", [QueryRow row]) => row.Value,
            ("sortByLabel", [string label, IReadOnlyList<QueryRow> rows]) => rows.OrderBy(
                    row => row.Labels.GetValueOrDefault(label, ""),
                    StringComparer.Ordinal
                )
                .ToList(),
            ("printf", [string format, .. var rest]) => Format(format, rest),
            ("urlquery", [string text]) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal),
            ("humanize", [double number]) => Humanize(number),
            ("humanize1024", [double number]) => Humanize1024(number),
            ("humanizeDuration", [double number]) => Duration(number),
            ("humanizePercentage", [double number]) => GoText.FormatSignificant(number * 100, 4) + "%",
            ("eq", [double a, double b]) => a == b,
            ("eq", [string a, string b]) => a == b,
            ("ne", [double a, double b]) => a != b,
            ("ne", [string a, string b]) => a != b,
            ("gt", [double a, double b]) => a > b,
            ("ge", [double a, double b]) => a >= b,
            ("lt", [double a, double b]) => a < b,
            ("le", [double a, double b]) => a <= b,
            _ => throw new FormatException(
                $"{name} of {(values.Length == 0 ? "nothing" : string.Join(", ", values.Select(DescribeType)))} is not known here"
            ),
        };

    /// <summary>As in Go templates: empty and zero values are false.</summary>
    public static bool IsTrue(object? value) =>
        value switch
        {
            bool truth => truth,
            double number => number != 0,
            string text => text.Length > 0,
            IReadOnlyList<QueryRow> rows => rows.Count > 0,
            _ => value is not null,
        };

    public static string Print(object? value) =>
        value switch
        {
            string text => text,
            double number => GoText.FormatShortest(number),
            bool truth => truth ? "true" : "false",
            _ => "<no value>",
        };

    private static string DescribeType(object? value) =>
        value switch
        {
            string => "a text",
            double => "a number",
            QueryRow => "a row",
            IReadOnlyList<QueryRow> => "rows",
            _ => "something",
        };

    private static string Format(string format, object?[] values)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                text.Append(format[at]);
                continue;
            }
            var start = ++at;
            while (at < format.Length && (char.IsAsciiDigit(format[at]) || format[at] == '.'))
            {
                at++;
            }
            if (at >= format.Length)
            {
                throw new FormatException("printf ends within a verb");
            }
            if (format[at] == '%')
            {
                text.Append('%');
                continue;
            }
            var digits = format[start..at].TrimStart('.');
            var value = next < values.Length ? values[next++] : throw new FormatException("printf has too few values");
            text.Append(
                (format[at], value) switch
                {
                    ('q', string quoted) => GoText.Quote(quoted),
                    ('f', double number) => GoText.FormatFixed(number, digits.Length == 0 ? 6 : Parse(digits)),
                    ('g', double number) when digits.Length > 0 => GoText.FormatSignificant(number, Parse(digits)),
                    ('s' or 'v' or 'g', _) => Print(value),
                    _ => throw new FormatException($"printf knows no %{format[at]} here"),
                }
            );
        }
        return text.ToString();
    }

    private static int Parse(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Humanize(double number)
    {
        if (number == 0 || !double.IsFinite(number))
        {
            return GoText.FormatSignificant(number, 4);
        }
        var prefix = "";
        if (Math.Abs(number) >= 1)
        {
            for (var i = 0; i < LargePrefixes.Length && Math.Abs(number) >= 1000; i++)
            {
                (prefix, number) = (LargePrefixes[i], number / 1000);
            }
        }
        else
        {
            for (var i = 0; i < SmallPrefixes.Length && Math.Abs(number) < 1; i++)
            {
                (prefix, number) = (SmallPrefixes[i], number * 1000);
            }
        }
        return GoText.FormatSignificant(number, 4) + prefix;
    }

    private static string Humanize1024(double number)
    {
        var prefix = "";
        if (Math.Abs(number) > 1 && double.IsFinite(number))
        {
            foreach (var next in (string[])["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"])
            {
                if (Math.Abs(number) < 1024)
                {
                    break;
                }
                (prefix, number) = (next, number / 1024);
            }
        }
        return GoText.FormatSignificant(number, 4) + prefix;
    }

    private static string Duration(double number)
    {
        if (number == 0 || !double.IsFinite(number))
        {
            return GoText.FormatSignificant(number, 4) + (number == 0 ? "s" : "");
        }
        if (Math.Abs(number) < 1)
        {
            return Humanize(number) + "s";
        }
        var sign = number < 0 ? "-" : "";
        var seconds = (long)Math.Abs(number);
        var days = seconds / 86400;
        var hours = seconds / 3600 % 24;
        var minutes = seconds / 60 % 60;
        return sign
            + (
                days > 0 ? $"{days}d {hours}h {minutes}m {seconds % 60}s"
                : hours > 0 ? $"{hours}h {minutes}m {seconds % 60}s"
                : minutes > 0 ? $"{minutes}m {seconds % 60}s"
                : GoText.FormatSignificant(Math.Abs(number), 4) + "s"
            );
    }
}
