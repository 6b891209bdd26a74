using System.Globalization;
using System.Text;
using Clustermgr.Configuration;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>--config.check: validates the configuration and prints a summary.</summary>
internal static class ConfigCheck
{
    /// <summary>0 valid, 1 not. The summary goes to <paramref name="output"/>, errors and warnings to
    /// <paramref name="error"/>.</summary>
    /// <param name="descriptors">How many file descriptors serving a configuration takes at most.</param>
    public static int Run(
        ConfigSource source,
        IReadOnlyDictionary<string, string> environment,
        Func<ExporterConfig, long> descriptors,
        TextWriter output,
        TextWriter error
    )
    {
        var result = source.Load(environment);
        foreach (var line in result.Errors)
        {
            error.WriteLine(line);
        }
        foreach (var line in result.Warnings)
        {
            error.WriteLine($"warning: {line}");
        }
        if (result.Config is not { } config)
        {
            error.WriteLine($"{source.Name} is not valid: {Pluralizer.Count(result.Errors.Length, "error")}");
            return source.File is null ? ExitCodes.Usage : ExitCodes.Failed;
        }

        var names = config.Clusters.Sum(cluster => cluster.Sources.Length);
        output.WriteLine(
            $"{source.Name} is valid: {Pluralizer.Count(config.Clusters.Length, "cluster")}, "
                + Pluralizer.Count(config.Clusters.Sum(cluster => cluster.Members.Length), "member")
                + (names > 0 ? $", {Pluralizer.Count(names, "DNS name")}" : "")
                + (result.Warnings.Length > 0 ? $", {Pluralizer.Count(result.Warnings.Length, "warning")}" : "")
        );
        output.WriteLine(
            $"  asks every {DurationText.Format(config.PollInterval)}, "
                + $"waits {DurationText.Format(config.Timeout)}; "
                + $"task switches every {DurationText.Format(config.TaskInterval)}, "
                + $"disks every {DurationText.Format(config.DiskInterval)}, "
                + $"services every {DurationText.Format(config.ServiceInterval)}"
                + Every("the scheduler", config.SchedulerInterval)
                + Every("all volumes", config.VolumeScanInterval)
        );
        // This process may have another limit than the one that will serve.
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  takes up to {descriptors(config)} file descriptors (LimitNOFILE in a systemd unit, --ulimit "
                    + $"nofile of a container)"
            )
        );
        foreach (var cluster in config.Clusters)
        {
            output.WriteLine(FormatCluster(cluster));
        }
        if (result.Alerting is { } alerting)
        {
            output.WriteLine(
                $"  sends alerts to {string.Join(", ", alerting.Alertmanagers.Select(one => one.Url))} "
                    + (
                        alerting.SendAlways
                            ? "always"
                            : $"while nobody has scraped for {DurationText.Format(alerting.UnscrapedAfter)}"
                    )
            );
        }
        return ExitCodes.Done;
    }

    /// <summary>Checks the web configuration; returns 0 when there is none.</summary>
    public static int Web(string? file, TextWriter output, TextWriter error)
    {
        if (file is null)
        {
            return ExitCodes.Done;
        }
        var read = WebConfigReader.Load(file, TimeProvider.System);
        foreach (var line in read.Errors.Concat(read.Warnings.Select(warning => $"warning: {warning}")))
        {
            error.WriteLine(line);
        }
        if (read.Config is not { } config)
        {
            error.WriteLine($"{file} is not valid: {Pluralizer.Count(read.Errors.Length, "error")}");
            return ExitCodes.Failed;
        }
        output.WriteLine(
            $"{file} is valid: {(config.Tls is null ? "plain HTTP" : $"TLS, {config.Tls.Clients}")}, "
                + (
                    config.Users.IsEmpty
                        ? "no password is asked for"
                        : $"passwords of {Pluralizer.Count(config.Users.Count, "user")}"
                )
        );
        return ExitCodes.Done;
    }

    private static string FormatCluster(ClusterConfig cluster)
    {
        var line = new StringBuilder($"  {cluster.Name}: ").AppendJoin(
            ", ",
            cluster.Members.Select(member => member.Name).Concat(cluster.Sources.Select(source => $"{source}"))
        );
        if (cluster.Sidecar)
        {
            line.Append("; sidecar");
        }
        if (cluster.Secret is not null)
        {
            line.Append("; with a secret");
        }
        if (cluster.Tls is not null)
        {
            line.Append(cluster.Tls.InsecureSkipVerify ? "; TLS unverified" : "; TLS");
        }
        foreach (var (key, enabled) in cluster.Tasks)
        {
            line.Append($"; {key} {(enabled ? "enabled" : "disabled")}");
        }
        return line.ToString();
    }

    /// <summary>Returns "" for a read that is switched off.</summary>
    private static string Every(string what, TimeSpan interval) =>
        interval > TimeSpan.Zero ? $", {what} every {DurationText.Format(interval)}" : "";
}
