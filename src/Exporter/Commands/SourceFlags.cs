using System.Collections.Immutable;
using System.CommandLine;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>The flags that select the source of the clusters: a file, or URLs and their settings. For every verb that
/// polls clusters.</summary>
internal sealed class SourceFlags
{
    private readonly Option<string> _configFile = Flag(
        "--config.file",
        "FILE",
        "YAML file with all clusters. Example: --config.file=/etc/clustermgr-exporter/exporter.yaml"
    );

    private readonly Option<string[]> _url = new("--clustermgr.url")
    {
        HelpName = "URL",
        Description =
            "A member to ask, instead of a file; one for a sidecar, repeated for all members of one cluster. "
            + "Example: --clustermgr.url=http://127.0.0.1:9998",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string> _cluster = Flag(
        "--clustermgr.cluster",
        "NAME",
        $"The cluster label of --clustermgr.url; {UrlSource.DefaultCluster} unless given. "
            + "Example: --clustermgr.cluster=prod-z0"
    );

    private readonly Option<string> _member = Flag(
        "--clustermgr.member",
        "NAME",
        "The member label of a single --clustermgr.url; host:port unless given, with this machine's name in place of a "
            + "loopback host. Example: --clustermgr.member=node-1:9998"
    );

    private readonly Option<string> _secretFile = Flag(
        "--clustermgr.auth.secret-file",
        "FILE",
        "File with the auth secret of clustermgr. Example: --clustermgr.auth.secret-file=/run/secrets/clustermgr"
    );

    private readonly Option<string> _secretEnv = Flag(
        "--clustermgr.auth.secret-env",
        "VARIABLE",
        "Name of the environment variable that holds the auth secret. Example: --clustermgr.auth.secret-env=CM_SECRET"
    );

    private readonly Option<string> _pollInterval = Flag(
        "--clustermgr.poll-interval",
        "DURATION",
        "How often /stat is asked; 5s unless given. Example: --clustermgr.poll-interval=15s"
    );

    private readonly Option<string> _timeout = Flag(
        "--clustermgr.timeout",
        "DURATION",
        "Deadline of one request; 3s unless given. Example: --clustermgr.timeout=2s"
    );

    private readonly Option<string> _caFile = Flag(
        "--clustermgr.tls.ca-file",
        "FILE",
        "PEM file with the authorities to trust. Example: --clustermgr.tls.ca-file=ca.pem"
    );

    private readonly Option<string> _certFile = Flag(
        "--clustermgr.tls.cert-file",
        "FILE",
        "PEM file with the client certificate. Example: --clustermgr.tls.cert-file=client.pem"
    );

    private readonly Option<string> _keyFile = Flag(
        "--clustermgr.tls.key-file",
        "FILE",
        "PEM file with the client certificate's key. Example: --clustermgr.tls.key-file=client.key"
    );

    private readonly Option<string> _serverName = Flag(
        "--clustermgr.tls.server-name",
        "NAME",
        "The name that the server's certificate must have. Example: --clustermgr.tls.server-name=clustermgr.internal"
    );

    private readonly Option<bool> _insecureSkipVerify = new("--clustermgr.tls.insecure-skip-verify")
    {
        Description = "Accept any certificate. Example: --clustermgr.tls.insecure-skip-verify",
    };

    // Defined only to be refused: as an unknown flag it would be echoed with its value.
    private readonly Option<string> _secret = new("--clustermgr.auth.secret")
    {
        Hidden = true,
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <param name="hidden">True for demo, which defines the flags only to refuse them.</param>
    /// <param name="asksOnce">True for a verb that polls once: the poll interval is accepted, as from a command line of
    /// serve, but not shown.</param>
    public SourceFlags(bool hidden = false, bool asksOnce = false)
    {
        All =
        [
            _configFile,
            _url,
            _cluster,
            _member,
            _secretFile,
            _secretEnv,
            _secret,
            _pollInterval,
            _timeout,
            _caFile,
            _certFile,
            _keyFile,
            _serverName,
            _insecureSkipVerify,
        ];
        foreach (var option in All)
        {
            option.Hidden |= hidden || (asksOnce && option == _pollInterval);
        }
    }

    /// <summary>In the order of the help, which is also the order of messages.</summary>
    public ImmutableArray<Option> All { get; }

    /// <summary>Returns null when no clusters are named, and after adding errors.</summary>
    /// <param name="machineName">Stands for a loopback host in the member label of a single URL.</param>
    public ConfigSource? Read(FlagValues values, string machineName)
    {
        if (values.Text(_secret) is { } secret)
        {
            values.Errors.Add(
                $"{secret.Origin} is refused: other users can read it in the process list; "
                    + $"name a file by {_secretFile.Name} or a variable by {_secretEnv.Name}"
            );
        }
        var file = values.Text(_configFile);
        if (file is not null && string.IsNullOrWhiteSpace(file.Text))
        {
            values.Errors.Add($"{file.Origin} is empty; name a YAML file, as --config.file=exporter.yaml");
        }
        var urls = values.Texts(_url);
        if (file is not null && urls.Length > 0)
        {
            if (file.ByFlag == urls[0].ByFlag)
            {
                values.Errors.Add(
                    $"{file.Origin} and {urls[0].Origin} are both given; "
                        + "keep the file, or the URLs for a single cluster"
                );
                return null;
            }

            values.Warnings.Add(
                $"{(file.ByFlag ? urls[0] : file).Origin} is ignored: "
                    + $"the flag {(file.ByFlag ? file : urls[0]).Origin} wins"
            );
            if (file.ByFlag)
            {
                urls = [];
            }
            else
            {
                file = null;
            }
        }

        var source = new UrlSource(urls, machineName) { Settings = Settings(values) };
        if (urls.Length > 0)
        {
            return new ConfigSource(null, source);
        }
        foreach (var lonely in source.Settings.Values)
        {
            ReportUnusedFlag(lonely, values);
        }
        return file is null ? null : new ConfigSource(file.Text, null);
    }

    /// <summary>The settings of the only cluster, by their keys in the file.</summary>
    private OrderedDictionary<string, FlagValue> Settings(FlagValues values)
    {
        var given = new OrderedDictionary<string, FlagValue>();
        foreach (var option in All.Where(option => option != _configFile && option != _url && option != _secret))
        {
            var value = option is Option<bool> flag ? values.Switch(flag) : values.Text((Option<string>)option);
            if (value is not null)
            {
                given[GetKey(option)] = value;
            }
        }
        return given;
    }

    /// <summary>--clustermgr.tls.ca-file is tls.ca_file.</summary>
    private static string GetKey(Option option) => option.Name["--clustermgr.".Length..].Replace('-', '_');

    /// <summary>For demo and rehearse: adds an error for each flag; variables, which may be set for other runs, are
    /// ignored.</summary>
    public void Refuse(FlagValues values)
    {
        foreach (var option in All.Where(values.IsGiven))
        {
            values.Errors.Add(DescribeMisplaced(option));
        }
    }

    /// <summary>Why a flag is refused where the clusters are simulated.</summary>
    public static string DescribeMisplaced(Option option) =>
        $"{option.Name} has no place here: the clusters are simulated";

    // A variable may be set for a whole host or image; a flag was meant for this very run.
    private static void ReportUnusedFlag(FlagValue value, FlagValues values)
    {
        var text = $"{value.Origin} only goes with --clustermgr.url; in a file it has its own key";
        if (value.ByFlag)
        {
            values.Errors.Add(text);
        }
        else
        {
            values.Warnings.Add($"{text}; it is ignored");
        }
    }

    private static Option<string> Flag(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}

/// <summary>The source of the configuration: exactly one of the two. Loading again reads the files again, so that a
/// changed file or secret takes effect.</summary>
internal sealed record ConfigSource(string? File, UrlSource? Urls)
{
    /// <summary>Null to poll all clusters.</summary>
    public Shard? Shard { get; init; }

    /// <summary>Its name in a sentence.</summary>
    public string Name => File ?? "the command line";

    public ConfigResult Load(IReadOnlyDictionary<string, string> environment)
    {
        var loaded = File is not null ? ConfigLoader.Load(File, environment) : Urls!.Load(environment);
        return Shard?.SelectClusters(loaded) ?? loaded;
    }
}
