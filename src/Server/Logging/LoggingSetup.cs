using Clustermgr.Analysis;
using Clustermgr.Collection;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace ClustermgrExporter.Logging;

internal enum LogFormat
{
    Logfmt,
    Json,
}

/// <summary>Logs one line per event to stderr; stdout is for the output of verbs.</summary>
internal static class LoggingSetup
{
    private const int MaxWaiting = 10_000;

    /// <param name="level">Events below it are not written; ASP.NET Core's own not below warning either.</param>
    /// <param name="writer">Used instead of stderr. It receives whole lines only, one at a time.</param>
    public static Logger Create(LogEventLevel level, LogFormat format, TextWriter? writer = null)
    {
        // Debug level is for finding causes, for which stacks are worth their length.
        var withStacks = level <= LogEventLevel.Debug;
        ITextFormatter formatter =
            format == LogFormat.Json ? new JsonLineFormatter(withStacks) : new LogfmtFormatter(withStacks);
        var frameworks = level > LogEventLevel.Warning ? level : LogEventLevel.Warning;
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", frameworks)
            .MinimumLevel.Override("System", frameworks)
            // It also throws whatever it logs as an error: an address in use is one line of our own, without a stack.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal);
        return (
            writer is null
                // On a thread of its own, and dropping rather than waiting: a stuck reader of stderr must not stop the
                // polls.
                ? configuration.WriteTo.Async(
                    sinks => sinks.Console(formatter, standardErrorFromLevel: LevelAlias.Minimum),
                    MaxWaiting
                )
                : configuration.WriteTo.Sink(new WriterSink(formatter, writer))
        ).CreateLogger();
    }
}

/// <summary>Writes each event as one call, so that lines of several threads do not mix. Serilog keeps its exceptions
/// from the code that logs.</summary>
internal sealed class WriterSink(ITextFormatter formatter, TextWriter writer) : ILogEventSink
{
    private readonly Lock _gate = new();

    public void Emit(LogEvent logEvent)
    {
        var line = new StringWriter();
        formatter.Format(logEvent, line);
        lock (_gate)
        {
            writer.Write(line.ToString());
            writer.Flush();
        }
    }
}

/// <summary>Logs every request to a member at debug level. At other levels only changes are logged.</summary>
internal static class RequestLog
{
    /// <summary>Null if debug level is off.</summary>
    public static RequestObserver? CreateObserver(ILogger log) =>
        !log.IsEnabled(LogEventLevel.Debug)
            ? null
            : (in request) =>
                log.ForContext("cluster", request.Cluster)
                    .ForContext("member", request.Member)
                    .ForContext("seconds", request.Took.TotalSeconds)
                    .ForContext("outcome", LabelNames.ToLabel(request.Outcome))
                    .Debug(
                        "asked for {Endpoint:l}{Detail:l}",
                        LabelNames.ToLabel(request.Endpoint),
                        request.Detail.Length > 0 ? $": {request.Detail}" : ""
                    );
}
