using System.Globalization;
using Clustermgr.Configuration;
using Clustermgr.Formatting;
using ClustermgrExporter.Telemetry;

namespace ClustermgrExporter.Hosting;

/// <summary>
/// How the file descriptors that the process may open are shared out. Polls come first: a poll that finds none left
/// would call a healthy member down. What remains is for those who scrape and look.
/// </summary>
internal static class FileDescriptors
{
    /// <summary>Of the runtime, the log and the listener, of files that are read again and of lookups that run: 17 were
    /// seen, and the rest is a reserve that nothing else may take.</summary>
    public const int Own = 64;

    /// <summary>What polls of one member hold: one connection for /stat, and a share of those of the linearizable
    /// reads, which go to the leader. A thousand clusters were seen with 1.7 to 2.4 a member.</summary>
    public const int PerMember = 3;

    /// <summary>A scheduler is asked over one connection at a time.</summary>
    public const int PerScheduler = 1;

    private const int UsualMembers = 5;

    /// <summary>Two Prometheus servers, a person and the probes of an orchestrator, with room to come back before the
    /// last are gone.</summary>
    public const int LeastScrapes = 16;

    /// <summary>Nobody has use for more.</summary>
    public const int MostScrapes = 1024;

    /// <summary>The soft limit of this process, which the runtime has raised to the hard one; null where there is none
    /// to be read.</summary>
    public static long? Limit() => ProcessReading.Read()?.MaxFds;

    /// <summary>How many the configuration takes at most, with few who scrape.</summary>
    public static long Need(ExporterConfig config) => Own + Polls(config) + LeastScrapes;

    /// <summary>Why the configuration cannot be polled under that limit; null where it can.</summary>
    public static string? Objection(ExporterConfig config, long? limit)
    {
        var (members, need) = (Members(config), Need(config));
        if (limit is not { } most || most >= need)
        {
            return null;
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Pluralizer.Count((int)members, "member")} in {Pluralizer.Count(config.Clusters.Length, "cluster")} "
                + $"need up to {need} file descriptors ({PerMember} a member, "
                + $"{(Schedulers(config) > 0 ? $"{PerScheduler} for each scheduler, " : "")}{Own} of its own, "
                + $"{LeastScrapes} for scrapes), and this process may open {most}: raise the limit "
                + $"(LimitNOFILE={need} in a systemd unit, "
                + $"--ulimit nofile={need} of a container, ulimit -n {need} in a shell), or share the clusters out "
                + $"over more exporters"
        );
    }

    /// <summary>How many connections to its own server may be open at once.</summary>
    public static int Scrapes(ExporterConfig config, long? limit) =>
        limit is not { } most ? MostScrapes : (int)Math.Clamp(most - Own - Polls(config), LeastScrapes, MostScrapes);

    private static long Polls(ExporterConfig config) =>
        (Members(config) * PerMember) + (Schedulers(config) * PerScheduler);

    private static long Schedulers(ExporterConfig config) =>
        config.SchedulerInterval > TimeSpan.Zero ? config.Clusters.Length : 0;

    /// <summary>Behind a DNS name the members of a usual cluster are expected.</summary>
    private static long Members(ExporterConfig config) =>
        config.Clusters.Sum(cluster =>
            cluster.Members.Length + (cluster.Resolved ? 0 : UsualMembers * (long)cluster.Sources.Length)
        );
}
