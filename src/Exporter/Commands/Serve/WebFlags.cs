using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Net;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>The flags of the web server.</summary>
internal sealed class WebFlags
{
    private const int MaxConnections = 65536;

    private readonly Option<string[]> _listen = new("--web.listen-address")
    {
        HelpName = "ADDRESS",
        Description =
            $"Where to listen; {ListenAddress.Default} (every address) unless given; may be repeated, and be a unix "
            + "socket, as unix:/run/clustermgr-exporter.sock. Example: --web.listen-address=127.0.0.1:19998",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string> _externalUrl = new("--web.external-url")
    {
        HelpName = "URL",
        Description =
            "By which others reach this server, as through a proxy; its path is the route prefix unless that is "
            + "given. Example: --web.external-url=https://monitoring.example.com/clustermgr/",
    };

    private readonly Option<string> _routePrefix = new("--web.route-prefix")
    {
        HelpName = "PATH",
        Description =
            "Path below which all pages are; that of the external URL unless given, / for a proxy that takes it off. "
            + "Example: --web.route-prefix=/clustermgr",
    };

    private readonly Option<string[]> _peers = new("--web.peers")
    {
        HelpName = "URL",
        Description =
            "The page of an exporter that polls other clusters, for a link on this one's; may be repeated. "
            + "Example: --web.peers=https://shard-1.example.com/",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> _lifecycle = new("--web.enable-lifecycle")
    {
        Description = "Reload at POST /-/reload too, as at SIGHUP. Example: --web.enable-lifecycle",
    };

    private readonly Option<string> _maxConnections = new("--web.max-connections")
    {
        HelpName = "N",
        Description =
            "Connections to this server at once, 1 to 65536; as many as file descriptors allow, 1024 at most, unless "
            + "given. Example: --web.max-connections=512",
    };

    private readonly Option<bool> _systemdSocket = new("--web.systemd-socket")
    {
        Description =
            "Serve at the sockets that systemd passes (LISTEN_FDS), instead of addresses. Example: --web.systemd-socket",
    };

    private readonly Option<string> _telemetryPath = new("--web.telemetry-path")
    {
        HelpName = "PATH",
        Description =
            $"Where metrics are served; {Configuration.TelemetryPath.Default} unless given. "
            + "Example: --web.telemetry-path=/clustermgr/metrics",
    };

    private readonly Option<string> _webConfig = new("--web.config.file")
    {
        HelpName = "FILE",
        Description =
            "Web configuration with TLS, passwords, headers and a rate limit, in the format of Prometheus' "
            + "exporter-toolkit; read again when it changes. "
            + "Example: --web.config.file=/etc/clustermgr-exporter/web.yaml",
    };

    private readonly Option<bool> _openHealth = new("--web.health-without-auth")
    {
        Description =
            "Answer /-/healthy and /-/ready without a password, for load balancers. "
            + "Example: --web.health-without-auth",
    };

    public WebFlags() =>
        All = [
            _listen,
            _systemdSocket,
            _telemetryPath,
            _webConfig,
            _openHealth,
            _externalUrl,
            _routePrefix,
            _peers,
            _lifecycle,
            _maxConnections,
        ];

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Option> All { get; }

    /// <summary>Reads the options; they are complete only when no error was added.</summary>
    /// <param name="environment">Environment variables, in which systemd names the sockets that it passes.</param>
    public ServerOptions Read(FlagValues values, IReadOnlyDictionary<string, string> environment)
    {
        var external = ExternalUrl(values);
        var passed = IsSet(values, _systemdSocket) ? SystemdSockets(values, environment) : [];
        return new ServerOptions(
            passed.IsEmpty ? Listen(values) : passed,
            TelemetryPath(values),
            WebConfigFile(values),
            IsSet(values, _openHealth)
        )
        {
            ExternalUrl = external,
            RoutePrefix = RoutePrefix(values) ?? external?.AbsolutePath.TrimEnd('/') ?? "",
            PeerUrls = Peers(values),
            EnableLifecycle = IsSet(values, _lifecycle),
            MaxConnections = Connections(values),
        };
    }

    private static bool IsSet(FlagValues values, Option<bool> option) => values.Switch(option)?.Text == "true";

    /// <summary>The sockets that systemd passes, as in sd_listen_fds: from the third descriptor on, and only when they
    /// are for this process.</summary>
    private ImmutableArray<ListenAddress> SystemdSockets(
        FlagValues values,
        IReadOnlyDictionary<string, string> environment
    )
    {
        const int First = 3;
        if (!values.Texts(_listen).IsEmpty)
        {
            values.Errors.Add($"{_systemdSocket.Name} and {_listen.Name} are both given; keep one");
        }
        if (
            environment.GetValueOrDefault("LISTEN_PID") == $"{Environment.ProcessId}"
            && int.TryParse(environment.GetValueOrDefault("LISTEN_FDS"), CultureInfo.InvariantCulture, out var count)
            && count is > 0 and < 1000
        )
        {
            return [.. Enumerable.Range(First, count).Select(ListenAddress.FromDescriptor)];
        }
        values.Errors.Add(
            $"{_systemdSocket.Name} is given and systemd has passed no socket; start it by a .socket unit, or give "
                + $"{_listen.Name}"
        );
        return [];
    }

    private ImmutableArray<ListenAddress> Listen(FlagValues values)
    {
        var given = values.Texts(_listen);
        if (given.IsEmpty)
        {
            given = [new FlagValue(ListenAddress.Default, _listen.Name, ByFlag: true)];
        }
        var addresses = ImmutableArray.CreateBuilder<ListenAddress>();
        foreach (var value in given)
        {
            if (ListenAddress.Parse(value.Text, Dns.GetHostAddresses, out var error) is not { } address)
            {
                values.Errors.Add($"{value.Origin} {error}");
            }
            else if (addresses.Any(other => other.ToString() == address.ToString() && address.Port != 0))
            {
                values.Errors.Add($"{value.Origin} {Quoted.From(value.Text)} is given twice; remove one of the two");
            }
            else
            {
                addresses.Add(address);
            }
        }
        return addresses.ToImmutable();
    }

    private Uri? ExternalUrl(FlagValues values)
    {
        if (
            values.Text(_externalUrl) is not { } given
            || Page(given, "https://monitoring.example.com/clustermgr/", values) is not { } url
        )
        {
            return null;
        }
        var path = url.AbsolutePath.TrimEnd('/');
        if (path.Length > 0 && ValidatePath(path) is { Length: > 0 } objection)
        {
            values.Errors.Add($"{given.Origin}: its path {objection}");
        }
        return url;
    }

    private ImmutableArray<Uri> Peers(FlagValues values)
    {
        var peers = ImmutableArray.CreateBuilder<Uri>();
        foreach (var given in values.Texts(_peers))
        {
            if (Page(given, "https://shard-1.example.com/", values) is { } url)
            {
                // Paths are appended to it.
                peers.Add(url.AbsolutePath.EndsWith('/') ? url : new Uri($"{url.AbsoluteUri}/"));
            }
        }
        return peers.ToImmutable();
    }

    /// <summary>Parses the URL of some pages; returns null and adds an error when it is invalid.</summary>
    private static Uri? Page(FlagValue given, string example, FlagValues values)
    {
        if (
            Uri.TryCreate(given.Text, UriKind.Absolute, out var url)
            && url is { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" }
        )
        {
            return url;
        }
        values.Errors.Add(
            $"{given.Origin} {Quoted.From(given.Text)} is not an http or https URL without query and login; write one such as "
                + example
        );
        return null;
    }

    private string? RoutePrefix(FlagValues values)
    {
        if (values.Text(_routePrefix) is not { } given)
        {
            return null;
        }
        var prefix = given.Text.TrimEnd('/');
        if (prefix.Length > 0 && ValidatePath(prefix) is { Length: > 0 } objection)
        {
            values.Errors.Add($"{given.Origin} {objection}");
        }
        return prefix;
    }

    private static string ValidatePath(string path) => Configuration.TelemetryPath.Validate(path);

    private int? Connections(FlagValues values)
    {
        if (values.Text(_maxConnections) is not { } given)
        {
            return null;
        }
        if (
            int.TryParse(given.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            && most is >= 1 and <= MaxConnections
        )
        {
            return most;
        }
        values.Errors.Add(
            $"{given.Origin} {Quoted.From(given.Text)} is not a number of connections from 1 to {MaxConnections}"
        );
        return null;
    }

    /// <summary>Reads the path of the metrics page.</summary>
    private string TelemetryPath(FlagValues values)
    {
        if (values.Text(_telemetryPath) is not { } given)
        {
            return Configuration.TelemetryPath.Default;
        }
        if (Configuration.TelemetryPath.Validate(given.Text) is { Length: > 0 } objection)
        {
            values.Errors.Add($"{given.Origin} {objection}");
        }
        return given.Text;
    }

    private string? WebConfigFile(FlagValues values)
    {
        if (values.Text(_webConfig) is not { } given)
        {
            return null;
        }
        if (string.IsNullOrWhiteSpace(given.Text))
        {
            values.Errors.Add($"{given.Origin} is empty; name a YAML file, as --web.config.file=web.yaml");
        }
        return given.Text;
    }
}
