using System.Collections.Immutable;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>One setting from outside the file.</summary>
/// <param name="Origin">The flag or environment variable that gave it, for messages.</param>
/// <param name="ByFlag">False: by environment.</param>
internal sealed record FlagValue(string Text, string Origin, bool ByFlag);

/// <summary>One cluster given by flags alone: a single URL makes a sidecar, several are all members of one cluster.
/// </summary>
internal sealed record UrlSource(ImmutableArray<FlagValue> Urls, string MachineName)
{
    public const string DefaultCluster = "clustermgr";

    public FlagValue? Cluster { get; init; }
    public FlagValue? Member { get; init; }
    public FlagValue? SecretFile { get; init; }
    public FlagValue? SecretEnv { get; init; }
    public FlagValue? PollInterval { get; init; }
    public FlagValue? Timeout { get; init; }
    public FlagValue? CaFile { get; init; }
    public FlagValue? CertFile { get; init; }
    public FlagValue? KeyFile { get; init; }
    public FlagValue? ServerName { get; init; }
    public FlagValue? InsecureSkipVerify { get; init; }

    /// <summary>All that is given besides the URLs.</summary>
    public IEnumerable<FlagValue> Extras =>
        new[]
        {
            Cluster,
            Member,
            SecretFile,
            SecretEnv,
            PollInterval,
            Timeout,
            CaFile,
            CertFile,
            KeyFile,
            ServerName,
            InsecureSkipVerify,
        }.OfType<FlagValue>();

    public ConfigResult Load(IReadOnlyDictionary<string, string> environment)
    {
        var problems = new ConfigErrors("");
        var members = Members(problems);
        var config = new ExporterConfig { Clusters = [] };
        config = config with
        {
            PollInterval = Duration(PollInterval, problems) ?? config.PollInterval,
            Timeout = Duration(Timeout, problems) ?? config.Timeout,
            Clusters =
            [
                new ClusterConfig
                {
                    Name = NameOf(Cluster, problems) ?? DefaultCluster,
                    Members = members,
                    Secret = Secret(environment, problems),
                    Tls = Tls(members, problems),
                    Sidecar = members.Length == 1,
                },
            ],
        };
        if (!problems.HasErrors && RootReader.TimeoutWarning(config) is { } warning)
        {
            problems.Warning(0, warning);
        }
        return problems.ToResult(config) with { Again = () => Load(environment) };
    }

    private ImmutableArray<MemberConfig> Members(ConfigErrors problems)
    {
        var name = NameOf(Member, problems);
        if (Member is not null && Urls.Length > 1)
        {
            problems.Error(
                0,
                $"{Member.Origin} names one member, but there are {Urls.Length} URLs; " + "give names in a file"
            );
        }
        var members = ImmutableArray.CreateBuilder<MemberConfig>(Urls.Length);
        var addresses = new HashSet<string>(StringComparer.Ordinal);
        foreach (var given in Urls)
        {
            if (MemberUrl.Parse(given.Text, out var error) is not { } url)
            {
                problems.Error(0, $"{given.Origin} {error}");
            }
            else if (!addresses.Add(url.Address))
            {
                problems.Error(0, $"{given.Origin} {url.Address} is given twice; remove one of the two");
            }
            else
            {
                members.Add(new MemberConfig(name ?? LabelOf(url), url.Url));
            }
        }

        return members.ToImmutable();
    }

    // Every sidecar of a cluster asks 127.0.0.1: the machine's name tells them apart.
    private string LabelOf(MemberUrl url) =>
        Urls.Length == 1 && url.IsLoopback && ClusterReader.ObjectionToName(MachineName).Length == 0
            ? $"{MachineName}:{url.Url.Port}"
            : url.Label;

    private Secret? Secret(IReadOnlyDictionary<string, string> environment, ConfigErrors problems)
    {
        if (SecretFile is not null && SecretEnv is not null)
        {
            problems.Error(0, $"{SecretFile.Origin} and {SecretEnv.Origin} are both given; keep one");
        }
        else if (SecretEnv is not null)
        {
            var secret = SecretSource.FromEnvironment(SecretEnv.Text, environment, out var error);
            if (secret is null)
            {
                problems.Error(0, $"{SecretEnv.Origin}: {error}");
            }
            return secret;
        }
        else if (SecretFile is not null)
        {
            var secret = SecretSource.FromFile(SecretFile.Text, "", out var error, out var warning);
            if (secret is null)
            {
                problems.Error(0, $"{SecretFile.Origin} {error}");
            }
            if (warning.Length > 0)
            {
                problems.Warning(0, $"{SecretFile.Origin} {warning}");
            }
            return secret;
        }

        return null;
    }

    private TlsConfig? Tls(ImmutableArray<MemberConfig> members, ConfigErrors problems)
    {
        var given = new[] { CaFile, CertFile, KeyFile, ServerName, InsecureSkipVerify }.OfType<FlagValue>().ToArray();
        if (given.Length == 0)
        {
            return null;
        }
        var tls = new TlsConfig(
            CaFile?.Text,
            CertFile?.Text,
            KeyFile?.Text,
            ServerName?.Text,
            InsecureSkipVerify?.Text == "true"
        );
        foreach (var (key, message, isError) in TlsFiles.Check(tls))
        {
            var origin = (
                key switch
                {
                    "ca_file" => CaFile,
                    "cert_file" => CertFile,
                    _ => KeyFile,
                }
            )!.Origin;
            if (isError)
            {
                problems.Error(0, $"{origin} {message}");
            }
            else
            {
                problems.Warning(0, $"{origin} {message}");
            }
        }

        if (TlsReader.ObjectionToServerName(tls.ServerName) is { Length: > 0 } objection)
        {
            problems.Error(0, $"{ServerName!.Origin} {objection}");
        }
        if (members.Length > 0 && members.All(member => member.Url.Scheme == Uri.UriSchemeHttp))
        {
            problems.Warning(0, $"{given[0].Origin} has no effect: no member's URL begins with https://");
        }
        return tls with { Digest = TlsFiles.DigestOf(tls) };
    }

    private static string? NameOf(FlagValue? given, ConfigErrors problems)
    {
        if (given is null)
        {
            return null;
        }
        if (ClusterReader.ObjectionToName(given.Text) is not { Length: > 0 } objection)
        {
            return given.Text;
        }
        problems.Error(0, $"{given.Origin} {objection}");
        return null;
    }

    private static TimeSpan? Duration(FlagValue? given, ConfigErrors problems)
    {
        if (given is null)
        {
            return null;
        }
        var duration = DurationText.Parse(given.Text, out var error);
        if (duration is null)
        {
            problems.Error(0, $"{given.Origin} {error}");
        }
        return duration;
    }
}
