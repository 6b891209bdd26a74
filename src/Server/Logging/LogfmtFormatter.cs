using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Formatting;

namespace ClustermgrExporter.Logging;

/// <summary>ts=2026-01-01T00:00:00.000Z level=info msg="polling starts" cluster=prod-z0</summary>
internal sealed class LogfmtFormatter(bool withStacks) : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        var separator = "";
        foreach (var (key, value) in LogLine.GetFields(logEvent, withStacks))
        {
            output.Write(separator);
            output.Write(key);
            output.Write('=');
            output.Write(Escape(FormatValue(value)));
            separator = " ";
        }

        output.Write('\n');
    }

    /// <summary>The value unchanged if it cannot be misread, or else in double quotes with JSON's escapes.</summary>
    public static string Escape(string value)
    {
        if (value.Length > 0 && value.All(IsBare))
        {
            return value;
        }
        var text = new StringBuilder(value.Length + 2).Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var character = value[i];
            if (char.IsHighSurrogate(character) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                text.Append(character).Append(value[++i]);
            }
            else
            {
                Append(text, character);
            }
        }

        return text.Append('"').ToString();
    }

    private static void Append(StringBuilder text, char character)
    {
        if (character is '"' or '\\')
        {
            text.Append('\\').Append(character);
        }
        else if (character == '\n')
        {
            text.Append("\\n");
        }
        else if (character == '\r')
        {
            text.Append("\\r");
        }
        else if (character == '\t')
        {
            text.Append("\\t");
        }
        // Half a surrogate pair is not valid UTF-8; an escape preserves it.
        else if (
            char.IsControl(character)
            || char.IsSurrogate(character)
            || character is '\u2028' or '\u2029' or '\uFEFF'
        )
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }
        else
        {
            text.Append(character);
        }
    }

    private static bool IsBare(char character) => character is > ' ' and < '\u007f' and not ('"' or '=' or '\\');

    private static string FormatValue(LogEventPropertyValue value) =>
        value switch
        {
            ScalarValue { Value: null } => "null",
            ScalarValue { Value: bool truth } => truth ? "true" : "false",
            ScalarValue { Value: DateTimeOffset time } => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ScalarValue { Value: IFormattable number } => number.ToString(null, CultureInfo.InvariantCulture),
            ScalarValue scalar => scalar.Value.ToString() ?? "null",
            _ => value.ToString(null, CultureInfo.InvariantCulture),
        };
}
