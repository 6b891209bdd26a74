using System.Diagnostics.CodeAnalysis;
using Refit;

namespace Clustermgr.Client;

/// <summary>Creates the clients of every HTTP API that this program calls, all with the same deadline and error
/// handling.</summary>
public static class HttpApi
{
    /// <summary>Transport exceptions are passed through unchanged, so that their cause can be reported.</summary>
    private static readonly RefitSettings RefitOptions = new()
    {
        TransportExceptionFactory = static (_, exception, _) => exception,
        CaptureMethodArguments = false,
    };

    /// <typeparam name="T">An interface whose methods return HttpResponseMessage: bodies are streamed and any status
    /// passes.</typeparam>
    /// <param name="transport">Not disposed with the client: the members of a cluster share one.</param>
    /// <param name="baseUrl">The paths of the interface are below it.</param>
    /// <param name="timeout">Deadline of one request, its body included; after it <see cref="TimeoutException"/> is
    /// thrown.</param>
    /// <param name="secret">Null to send no token.</param>
    [SuppressMessage(
        "Reliability",
        "CA2000",
        Justification = "The client lives as long as the interface that it is behind."
    )]
    public static T Create<T>(
        HttpMessageHandler transport,
        Uri baseUrl,
        TimeSpan timeout,
        TimeProvider time,
        string? secret = null
    )
    {
        var signed = secret is null ? transport : new TokenHandler(secret, baseUrl, time, transport);
        return RestService.ForGenerated<T>(
            new HttpClient(new DeadlineHandler(timeout, time, signed), disposeHandler: false)
            {
                BaseAddress = baseUrl,
                // The handler has the deadline; a second one would only make two outcomes of one.
                Timeout = Timeout.InfiniteTimeSpan,
            },
            RefitOptions
        );
    }

    /// <summary>True for failures of the network. Any other exception is a bug and must not become an
    /// outcome.</summary>
    public static bool IsFailure(Exception e) =>
        e is TimeoutException or OperationCanceledException or HttpRequestException or IOException;
}
