using System.Collections.Immutable;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads the tls section, which has the keys of Prometheus' tls_config.</summary>
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

    public static TlsConfig? Read(ConfigSection cluster, ConfigContext place) =>
        cluster.Node("tls") is { } node
        && ConfigSection.Open(node, cluster.GetPath("tls"), place.Problems, Keys) is { } tls
            ? Read(tls, place.Folder)
            : null;

    /// <param name="folder">Base folder of relative paths.</param>
    public static TlsConfig Read(ISettings tls, string folder)
    {
        var config = new TlsConfig(
            FullPath("ca_file"),
            FullPath("cert_file"),
            FullPath("key_file"),
            tls.Text("server_name"),
            tls.Flag("insecure_skip_verify") ?? false
        );
        foreach (var (key, message, isError) in TlsFiles.Check(config))
        {
            if (isError)
            {
                tls.Error(key, $"{tls.GetName(key)} {message}");
            }
            else
            {
                tls.Warning(key, $"{tls.GetName(key)} {message}");
            }
        }
        if (config.ServerName is { } name && Uri.CheckHostName(name) == UriHostNameType.Unknown)
        {
            tls.Error(
                "server_name",
                $"{tls.GetName("server_name")} {Quoted.From(name)} is not a host name; write the one in the certificate"
            );
        }
        return config with { Digest = TlsFiles.ComputeDigest(config) };

        string? FullPath(string key) => tls.Text(key) is { } path ? Path.Combine(folder, path) : null;
    }

    /// <summary>Whether tls has no effect because no member uses https.</summary>
    public static bool HasNoEffect(
        TlsConfig? tls,
        ImmutableArray<MemberConfig> members,
        ImmutableArray<MemberSource> sources
    ) =>
        tls is not null
        && (members.Length > 0 || sources.Length > 0)
        && members.All(member => member.Url.Scheme == Uri.UriSchemeHttp)
        && sources.All(source => source.Scheme == Uri.UriSchemeHttp);
}
