using System.Net.Sockets;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Waits for other processes: polls a condition for a limited time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until <paramref name="probe"/> finds something, and returns it.</summary>
    /// <exception cref="TimeoutException">It found nothing in time; the message has the last state.</exception>
    public static async Task<T> FindAsync<T>(
        TimeSpan bound,
        string what,
        Func<CancellationToken, Task<T?>> probe,
        Func<object?> otherwise,
        CancellationToken ct,
        TimeSpan? between = null
    )
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(bound);
        Exception? last = null;
        try
        {
            while (true)
            {
                try
                {
                    if (await probe(deadline.Token) is { } found)
                    {
                        return found;
                    }
                }
                catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
                {
                    last = e;
                }
                await Task.Delay(between ?? PollInterval, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"not within {bound}: {what}\n{otherwise()}", last);
        }
    }

    public static Task HoldsAsync(
        TimeSpan bound,
        string what,
        Func<CancellationToken, Task<bool>> probe,
        Func<object?> otherwise,
        CancellationToken ct,
        TimeSpan? between = null
    ) => FindAsync(bound, what, async stop => await probe(stop) ? what : null, otherwise, ct, between);
}
