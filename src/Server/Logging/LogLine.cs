using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Parsing;

namespace ClustermgrExporter.Logging;

/// <summary>What both formats share: an event as keys and values, in the order in which they are written.</summary>
internal static class LogLine
{
    /// <summary>ts, level, msg, then the event's properties, then err and stack.</summary>
    /// <param name="withStack">Errors show their stack in any case: an exception there is a bug in this
    /// program.</param>
    public static IEnumerable<KeyValuePair<string, LogEventPropertyValue>> GetFields(LogEvent logEvent, bool withStack)
    {
        yield return Text(
            "ts",
            logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        );
        yield return Text("level", FormatLevel(logEvent.Level));
        yield return Text("msg", RenderMessage(logEvent));
        // EventId is an id of ASP.NET Core's own events, a structure that would only be noise.
        // A message that is one property is that property; saying it twice would only be noise.
        var whole =
            logEvent.MessageTemplate.Tokens.Count() == 1
                ? logEvent.MessageTemplate.Tokens.OfType<PropertyToken>().FirstOrDefault()?.PropertyName
                : null;
        var fields = logEvent
            .Properties.Where(property => property.Key != "EventId" && property.Key != whole)
            .Select(property => KeyValuePair.Create(FormatKey(property.Key), property.Value));
        foreach (var field in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            yield return field;
        }
        if (logEvent.Exception is not { } exception)
        {
            yield break;
        }
        yield return Text("err", FormatExceptionChain(exception));
        if (withStack || logEvent.Level >= LogEventLevel.Error)
        {
            yield return Text("stack", exception.ToString());
        }
    }

    private static KeyValuePair<string, LogEventPropertyValue> Text(string key, string value) =>
        new(key, new ScalarValue(value));

    private static string FormatLevel(LogEventLevel level) =>
        level switch
        {
            LogEventLevel.Information => "info",
            LogEventLevel.Warning => "warn",
            LogEventLevel.Error => "error",
            LogEventLevel.Fatal => "fatal",
            _ => "debug",
        };

    // Serilog's own rendering puts quotes round every string in the sentence.
    private static string RenderMessage(LogEvent logEvent)
    {
        var message = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            if (
                token is PropertyToken property
                && logEvent.Properties.TryGetValue(property.PropertyName, out var value)
                && value is ScalarValue { Value: string text }
            )
            {
                message.Write(text);
            }
            else
            {
                token.Render(logEvent.Properties, message, CultureInfo.InvariantCulture);
            }
        }

        return message.ToString();
    }

    /// <summary>Snake case of letters, digits, _ and dots; never one of the line's own keys.</summary>
    private static string FormatKey(string name)
    {
        if (name == "SourceContext")
        {
            return "logger";
        }
        var key = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(name[i]) && char.IsAsciiLetterLower(name[i - 1]))
            {
                key.Append('_');
            }
            var fits = char.IsAsciiLetterOrDigit(name[i]) || name[i] is '.' or '_';
            key.Append(fits ? char.ToLowerInvariant(name[i]) : '_');
        }

        var word = key.ToString();
        return word is "ts" or "level" or "msg" or "err" or "stack" or "logger" or "" ? $"field_{word}" : word;
    }

    private static string FormatExceptionChain(Exception exception)
    {
        var chain = new StringBuilder();
        for (var (e, depth) = (exception, 0); e is not null && depth < 10; (e, depth) = (e.InnerException, depth + 1))
        {
            if (depth > 0)
            {
                chain.Append(" <- ");
            }
            chain.Append(e.GetType().Name).Append(": ").Append(e.Message);
        }

        return chain.ToString();
    }
}
