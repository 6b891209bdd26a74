using System.Globalization;
using ClustermgrExporter.Tests.Alerts;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>An incident from the fault to the notification of its end.</summary>
internal sealed record LiveIncident(
    string Cluster,
    DateTimeOffset Fault,
    Notification Page,
    DateTimeOffset Mended,
    Notification Resolved
)
{
    public TimeSpan UntilPaged => Page.At - Fault;

    public TimeSpan UntilResolved => Resolved.At - Mended;

    /// <summary>Waits for the page, repairs the fault, waits for the end, and prints how long each took.</summary>
    /// <param name="paged">Further condition to wait for before the repair.</param>
    public static async Task<LiveIncident> PlayAsync(
        AlertChain chain,
        string cluster,
        DateTimeOffset fault,
        Func<CancellationToken, Task> paged,
        Func<CancellationToken, Task> mend,
        CancellationToken ct
    )
    {
        var page = await chain.PageAsync(cluster, ct);
        await paged(ct);
        var mended = TimeProvider.System.GetUtcNow();
        await mend(ct);
        var resolved = await chain.ResolvedAsync(cluster, ct);
        var incident = new LiveIncident(cluster, fault, page, mended, resolved);
        await incident.SayAsync(chain, ct);
        return incident;
    }

    /// <summary>The delay as listed in docs/alerting.md.</summary>
    public MeasuredDelay Delay(string alert, string fault, int divisor = 1) =>
        new(alert, fault, divisor, UntilPaged.TotalSeconds, UntilResolved.TotalSeconds);

    /// <summary>Asserts that the alert fired in time for a page within the limit, in seconds after the fault. The
    /// further delay to the receiver depends on the machine, and is printed.</summary>
    public async Task FiredInTimeAsync(
        AlertChain chain,
        string alert,
        AlertDelay way,
        double limit,
        CancellationToken ct
    )
    {
        var clock = await FiringClock.ReadAsync(chain, this, alert, ct);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Cluster}: {clock}; heard {UntilPaged.TotalSeconds - clock.Fired:0.0} s after it fired, of which "
                    + $"group_wait {way.Legs["group_wait"].To:0} s"
            )
        );
        clock.AssertWithin(limit, way);
    }

    private async Task SayAsync(AlertChain chain, CancellationToken ct)
    {
        var course = await chain.CourseAsync(Cluster, Fault, ct);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Cluster}: page [{string.Join(", ", Page.FiringAlerts)}] {UntilPaged.TotalSeconds:0.0} s after "
                    + $"the fault, mended after "
                    + $"{(Mended - Fault).TotalSeconds:0.0} s, resolved {UntilResolved.TotalSeconds:0.0} s later; "
                    + $"Prometheus: {course}"
            )
        );
    }
}
