using System.Globalization;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>A fault from its beginning to the word that it has ended.</summary>
internal sealed record Incident(string Cluster, DateTimeOffset Fault, Notification Page, DateTimeOffset Mended, Notification Resolved)
{
    public TimeSpan UntilPaged => Page.At - Fault;

    /// <summary>Waits for the page, mends, waits for its end, and prints how long each took.</summary>
    /// <param name="paged">What else has to be before it is mended.</param>
    public static async Task<Incident> PlayAsync(
        AlertChain chain, string cluster, DateTimeOffset fault, Func<CancellationToken, Task> paged, Func<CancellationToken, Task> mend, CancellationToken ct)
    {
        var page = await chain.PageAsync(cluster, ct);
        await paged(ct);
        var mended = TimeProvider.System.GetUtcNow();
        await mend(ct);
        var resolved = await chain.ResolvedAsync(cluster, ct);
        var incident = new Incident(cluster, fault, page, mended, resolved);
        await incident.SayAsync(chain, ct);
        return incident;
    }

    private async Task SayAsync(AlertChain chain, CancellationToken ct)
    {
        var course = await chain.CourseAsync(Cluster, Fault, ct);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Cluster}: page [{string.Join(", ", Page.FiringAlerts)}] {UntilPaged.TotalSeconds:0.0} s after the fault, mended after "
            + $"{(Mended - Fault).TotalSeconds:0.0} s, resolved {(Resolved.At - Mended).TotalSeconds:0.0} s later; Prometheus: {course}"));
    }
}
