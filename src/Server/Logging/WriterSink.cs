using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace ClustermgrExporter.Logging;

/// <summary>Writes each event as one call, so that lines of several threads do not mix. What it throws, Serilog keeps
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
