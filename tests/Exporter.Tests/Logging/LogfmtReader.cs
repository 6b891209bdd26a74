using System.Text.RegularExpressions;

namespace ClustermgrExporter.Tests.Logging;

/// <summary>Reads logfmt like log collectors: quoted values have JSON's escapes.</summary>
internal static class LogfmtReader
{
    public static (string Key, string Value)[] Read(string line)
    {
        var fields = Regex.Matches(line, @"\G(?<key>[^ =""]+)=(?<value>""(?:[^""\\]|\\.)*""|[^ ""]*)( |$)");
        if (fields.Sum(field => field.Length) != line.Length)
        {
            throw new FormatException(line);
        }
        return [.. fields.Select(field => (field.Groups["key"].Value, ValueOf(field.Groups["value"].Value)))];
    }

    // Not with a JSON reader, which rejects half a surrogate pair; a log may have to report one.
    private static string ValueOf(string value) =>
        value.StartsWith('"')
            ? Regex.Replace(
                value[1..^1],
                @"\\(u(?<hex>[0-9a-f]{4})|(?<one>.))",
                match =>
                    match.Groups["hex"].Success
                        ? ((char)Convert.ToInt32(match.Groups["hex"].Value, 16)).ToString()
                        : match.Groups["one"].Value switch
                        {
                            "n" => "\n",
                            "r" => "\r",
                            "t" => "\t",
                            var other => other,
                        }
            )
            : value;
}
