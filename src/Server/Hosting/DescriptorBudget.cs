using System.Globalization;
using Clustermgr.Configuration;
using Clustermgr.Formatting;
using ClustermgrExporter.Telemetry;

namespace ClustermgrExporter.Hosting;

/// <summary>
/// Divides the file descriptors that the process may open. Polls come first: a poll without a descriptor would report a
/// healthy member as down. The rest is for scrapes and pages.
/// </summary>
internal static class DescriptorBudget
{
    /// <summary>For the runtime, the log, the listener, watched files and running lookups: 17 were observed, the rest
    /// is a reserve.</summary>
    public const int ForProcess = 64;

    /// <summary>For the polls of one member: one connection for /stat, and a share of those for linearizable reads,
    /// which go to the leader. With a thousand clusters 1.7 to 2.4 per member were observed.</summary>
    public const int PerMember = 3;

    /// <summary>For the polls of one scheduler, which use one connection.</summary>
    public const int PerScheduler = 1;

    private const int TypicalMembers = 5;

    /// <summary>Enough for two Prometheus servers, a person and an orchestrator's probes, with room to reconnect before
    /// old connections are closed.</summary>
    public const int MinScrapes = 16;

    /// <summary>Upper limit; more are never useful.</summary>
    public const int MaxScrapes = 1024;

    /// <summary>The soft limit of this process, which the runtime has raised to the hard limit; null if it cannot be
    /// read.</summary>
    public static long? ReadLimit() => ProcessReading.Read()?.MaxFds;

    /// <summary>The most that the configuration needs, with the minimum for scrapes.</summary>
    public static long GetRequired(ExporterConfig config) => ForProcess + ForPolls(config) + MinScrapes;

    /// <summary>Why the configuration cannot be polled under that limit; null where it can.</summary>
    public static string? FindProblem(ExporterConfig config, long? limit)
    {
        var members = CountMembers(config);
        var need = GetRequired(config);
        if (limit is not { } most || most >= need)
        {
            return null;
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Pluralizer.Count((int)members, "member")} in {Pluralizer.Count(config.Clusters.Length, "cluster")} "
                + $"need up to {need} file descriptors ({PerMember} a member, "
                + $"{(CountSchedulers(config) > 0 ? $"{PerScheduler} for each scheduler, " : "")}"
                + $"{ForProcess} of its own, "
                + $"{MinScrapes} for scrapes), and this process may open {most}: raise the limit "
                + $"(LimitNOFILE={need} in a systemd unit, "
                + $"--ulimit nofile={need} of a container, ulimit -n {need} in a shell), or share the clusters out "
                + $"over more exporters"
        );
    }

    /// <summary>How many connections to its own server may be open at once.</summary>
    public static int ForScrapes(ExporterConfig config, long? limit) =>
        limit is not { } most
            ? MaxScrapes
            : (int)Math.Clamp(most - ForProcess - ForPolls(config), MinScrapes, MaxScrapes);

    private static long ForPolls(ExporterConfig config) =>
        (CountMembers(config) * PerMember) + (CountSchedulers(config) * PerScheduler);

    private static long CountSchedulers(ExporterConfig config) =>
        config.SchedulerInterval > TimeSpan.Zero ? config.Clusters.Length : 0;

    /// <summary>An unresolved DNS name counts as the members of a typical cluster.</summary>
    private static long CountMembers(ExporterConfig config) =>
        config.Clusters.Sum(cluster =>
            cluster.Members.Length + (cluster.Resolved ? 0 : TypicalMembers * (long)cluster.Sources.Length)
        );
}
