using System.Collections.Immutable;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>One setting from outside the file.</summary>
/// <param name="Origin">The flag or environment variable that gave it, for messages.</param>
/// <param name="ByFlag">False: by environment.</param>
internal sealed record FlagValue(string Text, string Origin, bool ByFlag);

/// <summary>Flags and environment variables, by the keys of the configuration file.</summary>
/// <param name="section">Prefix of the keys, such as "tls."; "" for the top level.</param>
internal sealed class FlagSettings(
    IReadOnlyDictionary<string, FlagValue> given,
    string section,
    ConfigProblems problems
) : ISettings
{
    public string? Text(string key) => given.GetValueOrDefault(section + key)?.Text;

    public bool Has(string key) => given.ContainsKey(section + key);

    public string GetName(string key) => given.GetValueOrDefault(section + key)?.Origin ?? key;

    public void Error(string key, string sentence) => problems.Error(0, sentence);

    public void Warning(string key, string sentence) => problems.Warning(0, sentence);

    /// <summary>The flag or variable of the first setting of this section, in the order of the help; null for
    /// none.</summary>
    public string? First =>
        given.FirstOrDefault(setting => setting.Key.StartsWith(section, StringComparison.Ordinal)).Value?.Origin;
}

/// <summary>One cluster given by flags alone: a single URL makes a sidecar, several are all members of one cluster.
/// </summary>
internal sealed record UrlSource(ImmutableArray<FlagValue> Urls, string MachineName)
{
    public const string DefaultCluster = "clustermgr";

    /// <summary>All settings besides the URLs, in the order of the help, by the key of the file, such as poll_interval
    /// or tls.ca_file. The names of the cluster and its only member have the keys cluster and member.</summary>
    public OrderedDictionary<string, FlagValue> Settings { get; init; } = [];

    public ConfigResult Load(IReadOnlyDictionary<string, string> environment)
    {
        var problems = new ConfigProblems("");
        var top = new FlagSettings(Settings, "", problems);
        var (members, sources) = ReadMembers(top, problems);
        var config = new ExporterConfig { Clusters = [] };
        config = config with
        {
            PollInterval = top.Duration("poll_interval") ?? config.PollInterval,
            Timeout = top.Duration("timeout") ?? config.Timeout,
            Clusters =
            [
                new ClusterConfig
                {
                    Name = top.Name("cluster") ?? DefaultCluster,
                    Members = members,
                    Sources = sources,
                    Secret = AuthReader.Read(new FlagSettings(Settings, "auth.", problems), "", environment),
                    Tls = ReadTls(members, sources, problems),
                    Sidecar = members.Length == 1 && sources.IsEmpty,
                },
            ],
        };
        if (!problems.HasErrors && RootReader.FindTimeoutWarning(config) is { } warning)
        {
            problems.Warning(0, warning);
        }
        return problems.ToResult(config) with { Reload = () => Load(environment) };
    }

    private TlsConfig? ReadTls(
        ImmutableArray<MemberConfig> members,
        ImmutableArray<MemberSource> sources,
        ConfigProblems problems
    )
    {
        var settings = new FlagSettings(Settings, "tls.", problems);
        if (settings.First is not { } first)
        {
            return null;
        }
        var tls = TlsReader.Read(settings, "");
        if (TlsReader.HasNoEffect(tls, members, sources))
        {
            problems.Warning(0, $"{first} has no effect: no member's URL begins with https://");
        }
        return tls;
    }

    private (ImmutableArray<MemberConfig>, ImmutableArray<MemberSource>) ReadMembers(
        FlagSettings top,
        ConfigProblems problems
    )
    {
        var name = top.Name("member");
        if (top.Has("member") && Urls.Length > 1)
        {
            problems.Error(
                0,
                $"{top.GetName("member")} names one member, but there are {Urls.Length} URLs; give names in a file"
            );
        }
        if (top.Has("member") && Urls.Any(url => MemberSource.IsMatch(url.Text)))
        {
            problems.Error(
                0,
                $"{top.GetName("member")} names one member, and a DNS name stands for several; remove it"
            );
        }
        var members = ImmutableArray.CreateBuilder<MemberConfig>(Urls.Length);
        var sources = ImmutableArray.CreateBuilder<MemberSource>();
        var addresses = new HashSet<string>(StringComparer.Ordinal);
        foreach (var given in Urls)
        {
            if (MemberSource.IsMatch(given.Text))
            {
                if (MemberSource.Parse(given.Text, out var why) is not { } source)
                {
                    problems.Error(0, $"{given.Origin} {why}");
                }
                else if (!addresses.Add($"{source}"))
                {
                    problems.Error(0, $"{given.Origin} {source} is given twice; remove one of the two");
                }
                else
                {
                    sources.Add(source);
                }
            }
            else if (MemberUrl.Parse(given.Text, out var error) is not { } url)
            {
                problems.Error(0, $"{given.Origin} {error}");
            }
            else if (!addresses.Add(url.Address))
            {
                problems.Error(0, $"{given.Origin} {url.Address} is given twice; remove one of the two");
            }
            else
            {
                members.Add(new MemberConfig(name ?? GetLabel(url), url.Url));
            }
        }

        return (members.ToImmutable(), sources.ToImmutable());
    }

    // Every sidecar of a cluster polls 127.0.0.1: the machine's name distinguishes them.
    private string GetLabel(MemberUrl url) =>
        Urls.Length == 1 && url.IsLoopback && ClusterReader.ValidateName(MachineName).Length == 0
            ? $"{MachineName}:{url.Url.Port}"
            : url.Label;
}
