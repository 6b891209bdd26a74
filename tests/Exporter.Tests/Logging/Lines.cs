using ClustermgrExporter.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace ClustermgrExporter.Tests.Logging;

/// <summary>What a formatter writes for events that all happen at one fixed time.</summary>
internal static class Lines
{
    public static string Of(bool withStacks, Action<ILogger> write) => Of(new LogfmtFormatter(withStacks), write);

    public static string Of(ITextFormatter formatter, Action<ILogger> write)
    {
        var output = new StringWriter();
        using var logger = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.Sink(new FixedTimeSink(formatter, output))
            .CreateLogger();
        write(logger);
        return output.ToString();
    }

    private sealed class FixedTimeSink(ITextFormatter formatter, TextWriter output) : ILogEventSink
    {
        private static readonly DateTimeOffset At = new(2026, 1, 2, 5, 4, 5, 678, TimeSpan.FromHours(2));

        public void Emit(LogEvent logEvent) =>
            formatter.Format(
                new LogEvent(
                    At,
                    logEvent.Level,
                    logEvent.Exception,
                    logEvent.MessageTemplate,
                    logEvent.Properties.Select(property => new LogEventProperty(property.Key, property.Value))
                ),
                output
            );
    }
}
