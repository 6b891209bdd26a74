using Microsoft.Extensions.Hosting;

namespace ClustermgrExporter.Web;

/// <summary>Signals are heard in one place, by the verb that runs. The host's own lifetime would hear them too: one
/// that came while the server starts would make the start throw instead of letting the verb end what it has
/// begun.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
