using System.Collections.Immutable;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>tls: as Prometheus' tls_config.</summary>
internal static class TlsReader
{
    public static readonly ImmutableArray<string> Keys =
    [
        "ca_file",
        "cert_file",
        "key_file",
        "server_name",
        "insecure_skip_verify",
    ];

    public static TlsConfig? Read(ConfigSection cluster, ConfigPlace place)
    {
        if (cluster.Node("tls") is not { } node)
        {
            return null;
        }
        if (ConfigSection.Open(node, cluster.PathOf("tls"), place.Problems, Keys) is not { } tls)
        {
            return null;
        }
        var files = new TlsConfig(
            FullPath(tls, "ca_file", place),
            FullPath(tls, "cert_file", place),
            FullPath(tls, "key_file", place),
            ServerName(tls, place),
            InsecureSkipVerify(tls, place)
        );
        foreach (var (key, message, isError) in TlsFiles.Check(files))
        {
            var (line, text) = (tls.LineOf(key), $"{tls.PathOf(key)} {message}");
            if (isError)
            {
                place.Problems.Error(line, text);
            }
            else
            {
                place.Problems.Warning(line, text);
            }
        }

        return files with
        {
            Digest = TlsFiles.DigestOf(files),
        };
    }

    /// <summary>"" or what is wrong, which continues the name of the setting.</summary>
    public static string ObjectionToServerName(string? name) =>
        name is null || Uri.CheckHostName(name) != UriHostNameType.Unknown
            ? ""
            : $"{Quoted.From(name)} is not a host name; write the one in the certificate";

    private static string? FullPath(ConfigSection tls, string key, ConfigPlace place) =>
        tls.Text(key) is { } path ? Path.Combine(place.Folder, path) : null;

    private static string? ServerName(ConfigSection tls, ConfigPlace place)
    {
        if (tls.Text("server_name") is not { } name)
        {
            return null;
        }
        if (ObjectionToServerName(name) is { Length: > 0 } objection)
        {
            place.Problems.Error(tls.LineOf("server_name"), $"{tls.PathOf("server_name")} {objection}");
        }
        return name;
    }

    private static bool InsecureSkipVerify(ConfigSection tls, ConfigPlace place)
    {
        if (tls.Text("insecure_skip_verify") is not { } text)
        {
            return false;
        }
        if (text is not ("true" or "false"))
        {
            place.Problems.Error(
                tls.LineOf("insecure_skip_verify"),
                $"{tls.PathOf("insecure_skip_verify")} is {Quoted.From(text)}; write true or false"
            );
        }
        return text == "true";
    }
}
