using System.Collections.Immutable;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads the alerting section.</summary>
internal sealed class AlertingReader(ConfigContext place)
{
    private const int MaxAlertmanagers = 20;

    public static readonly ImmutableArray<string> Keys =
    [
        "alertmanagers",
        "when",
        "unscraped_after",
        "external_labels",
        "heartbeat_url",
    ];

    public static readonly ImmutableArray<string> AlertmanagerKeys =
    [
        "url",
        "basic_auth",
        "authorization",
        "tls",
        "timeout",
    ];

    private static readonly Dictionary<string, string> RefusedKeys = new()
    {
        ["password"] = "is refused: a password does not belong in this file; name one that holds it by password_file",
        ["credentials"] =
            "is refused: a token does not belong in this file; name one that holds it by credentials_file",
    };

    /// <summary>Returns null if there is no such section, or after an error.</summary>
    public AlertingConfig? Read(ConfigSection top)
    {
        if (
            top.Node("alerting") is not { } node
            || ConfigSection.Open(node, top.GetPath("alerting"), place.Problems, Keys) is not { } section
        )
        {
            return null;
        }
        var defaults = new AlertingConfig { Alertmanagers = [] };
        return defaults with
        {
            Alertmanagers = ReadAlertmanagers(section),
            SendAlways = ReadAlways(section),
            UnscrapedAfter = section.Duration("unscraped_after") ?? defaults.UnscrapedAfter,
            ExternalLabels = ReadExternalLabels(section),
            HeartbeatUrl = section.HttpUrl("heartbeat_url", "https://deadmans.example.com/abc", secret: true),
        };
    }

    private static bool ReadAlways(ConfigSection section)
    {
        var when = section.Text("when") ?? "unscraped";
        if (when is not ("unscraped" or "always"))
        {
            section.Error(
                "when",
                $"{section.GetPath("when")} is {Quoted.From(when)}; write unscraped, to send only while nobody scrapes, or "
                    + "always"
            );
        }
        return when == "always";
    }

    private ImmutableArray<AlertmanagerConfig> ReadAlertmanagers(ConfigSection section)
    {
        const string Example = "list one, as - url: http://alertmanager:9093";
        if (!section.Has("alertmanagers"))
        {
            place.Problems.Error(section.Line, $"{section.Path} has no alertmanagers; {Example}");
        }
        if (section.List("alertmanagers") is not { } nodes)
        {
            return [];
        }
        var path = section.GetPath("alertmanagers");
        var line = section.GetLine("alertmanagers");
        if (nodes.Count == 0)
        {
            place.Problems.Error(line, $"{path} is empty; {Example}");
        }
        if (nodes.Count > MaxAlertmanagers)
        {
            place.Problems.Error(line, $"{path} has {nodes.Count} entries; there are at most {MaxAlertmanagers}");
        }
        var read = ImmutableArray.CreateBuilder<AlertmanagerConfig>();
        foreach (var (i, node) in nodes.Index())
        {
            if (ConfigSection.Open(node, $"{path}[{i}]", place.Problems, AlertmanagerKeys) is not { } one)
            {
                continue;
            }
            if (!one.Has("url"))
            {
                place.Problems.Error(one.Line, $"{one.Path} has no url; add it, as http://alertmanager:9093");
            }
            if (one.HttpUrl("url", "http://alertmanager:9093") is not { } url)
            {
                continue;
            }
            if (read.Any(other => other.Name == new AlertmanagerConfig(url).Name))
            {
                one.Error("url", $"{one.GetPath("url")} {url} is listed twice; remove one of the two");
            }
            read.Add(ReadAlertmanager(one, url));
        }
        return read.ToImmutable();
    }

    private AlertmanagerConfig ReadAlertmanager(ConfigSection one, Uri url)
    {
        var config = new AlertmanagerConfig(url);
        config = config with
        {
            Tls = TlsReader.Read(one, place),
            Timeout = one.Duration("timeout") ?? config.Timeout,
            Bearer = ReadSecret(one, "authorization", "credentials_file", []).Secret,
        };
        if (one.Has("basic_auth"))
        {
            var (secret, basic) = ReadSecret(one, "basic_auth", "password_file", ["username"]);
            var user = basic?.Text("username");
            if (basic is not null && !basic.Has("username"))
            {
                place.Problems.Error(basic.Line, $"{basic.Path} has no username; add it");
            }
            config = config with { User = user, Password = secret };
            if (one.Has("authorization"))
            {
                one.Error("authorization", $"{one.GetPath("basic_auth")} and authorization are both given; keep one");
            }
        }
        if (config.Tls is not null && url.Scheme == Uri.UriSchemeHttp)
        {
            one.Warning("tls", $"{one.GetPath("tls")} has no effect: {url} does not begin with https://");
        }
        return config;
    }

    private (Secret? Secret, ConfigSection? Section) ReadSecret(
        ConfigSection one,
        string key,
        string fileKey,
        string[] others
    )
    {
        if (
            one.Node(key) is not { } node
            || ConfigSection.Open(
                node,
                one.GetPath(key),
                place.Problems,
                [fileKey, .. others],
                RefusedKeys,
                secretive: true
            )
                is not { } section
        )
        {
            return (null, null);
        }
        if (!section.Has(fileKey))
        {
            place.Problems.Error(section.Line, $"{section.Path} has no {fileKey}; name the file that holds the secret");
        }
        if (section.Text(fileKey) is not { } path)
        {
            return (null, section);
        }
        var secret = SecretSource.FromFile(path, place.Folder, out var error, out var warning);
        if (error.Length > 0)
        {
            section.Error(fileKey, $"{section.GetPath(fileKey)} {error}");
        }
        if (warning.Length > 0)
        {
            section.Warning(fileKey, $"{section.GetPath(fileKey)} {warning}");
        }
        return (secret, section);
    }

    private ImmutableSortedDictionary<string, string> ReadExternalLabels(ConfigSection section)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (
            section.Node("external_labels") is { } node
            && ConfigSection.OpenAny(node, section.GetPath("external_labels"), place.Problems) is { } given
        )
        {
            foreach (var name in given.Keys)
            {
                if (LabelsReader.ValidateName(name) is { Length: > 0 } objection)
                {
                    given.Error(name, $"{given.GetPath(name)} {objection}");
                }
                if (given.Text(name) is { } value)
                {
                    labels[name] = value;
                }
            }
        }
        return labels.ToImmutable();
    }
}
