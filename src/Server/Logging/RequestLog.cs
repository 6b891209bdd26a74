using Clustermgr.Analysis;
using Clustermgr.Collection;
using Serilog;
using Serilog.Events;

namespace ClustermgrExporter.Logging;

/// <summary>Every request to a member, for who looks for something at debug level; else only changes are
/// told.</summary>
internal static class RequestLog
{
    /// <summary>Null where nobody would read it.</summary>
    public static RequestEnded? To(ILogger log) =>
        !log.IsEnabled(LogEventLevel.Debug)
            ? null
            : (in request) =>
                log.ForContext("cluster", request.Cluster)
                    .ForContext("member", request.Member)
                    .ForContext("seconds", request.Took.TotalSeconds)
                    .ForContext("outcome", Words.For(request.Outcome))
                    .Debug(
                        "asked for {Endpoint:l}{Detail:l}",
                        Words.For(request.Endpoint),
                        request.Detail.Length > 0 ? $": {request.Detail}" : ""
                    );
}
