using System.Net.Sockets;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Waits for what other processes do: asks again and again, never longer than a bound.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(50);

    /// <summary>What <paramref name="probe"/> finds, once it finds something.</summary>
    /// <exception cref="TimeoutException">It found nothing in time; says what it saw last.</exception>
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
                await Task.Delay(between ?? s_between, deadline.Token);
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
