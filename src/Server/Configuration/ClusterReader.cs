using System.Collections.Immutable;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads the clusters of one file.</summary>
/// <param name="taken">Names and members of the files that were read so far.</param>
internal sealed class ClusterReader(ConfigContext place, NameRegistry taken)
{
    private const int MaxNameCharacters = 200;

    public static readonly ImmutableArray<string> Keys =
    [
        "name",
        "members",
        "labels",
        "proxy_url",
        "auth",
        "tasks",
        "tls",
        "schedulers",
    ];

    private readonly MembersReader _members = new(place.Problems, taken);

    /// <summary>Returns null if the name cannot be read. The result is complete only if there are no errors.</summary>
    public ClusterConfig? Read(YamlNode node, string path)
    {
        if (ConfigSection.Open(node, path, place.Problems, Keys) is not { } section)
        {
            return null;
        }
        var name = ReadName(section);
        var (members, sources) = _members.Read(section);
        var secret = AuthReader.Read(section, place);
        var tls = TlsReader.Read(section, place);
        var tasks = TasksReader.Read(section, place.Problems);
        var labels = LabelsReader.Read(section, place.Problems);
        var proxy = ReadProxy(section, tls);
        if (TlsReader.HasNoEffect(tls, members, sources))
        {
            place.Problems.Warning(
                section.GetLine("tls"),
                $"{section.GetPath("tls")} has no effect: no member's URL begins with https://"
            );
        }
        return name is null
            ? null
            : new()
            {
                Name = name,
                Members = members,
                Sources = sources,
                Secret = secret,
                Tls = tls,
                Tasks = tasks,
                Labels = labels,
                ProxyUrl = proxy,
                Schedulers = ReadSchedulers(section),
            };
    }

    /// <summary>Returns "" or why the text cannot be a label value. The reason follows the name of the
    /// setting.</summary>
    public static string ValidateName(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "is blank; give it the name that dashboards and alerts will show";
        }
        if (name.Length > MaxNameCharacters)
        {
            return $"has {name.Length} characters; a name has at most {MaxNameCharacters}";
        }
        if (name != name.Trim())
        {
            return $"{Quoted.From(name)} begins or ends with a blank; remove it";
        }
        return name.EnumerateRunes().All(Quoted.IsPrintable)
            ? ""
            : $"{Quoted.From(name)} holds a character that does not print; remove it";
    }

    private ImmutableArray<Uri> ReadSchedulers(ConfigSection section)
    {
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var (i, node) in (section.List("schedulers") ?? []).Index())
        {
            var path = $"{section.GetPath("schedulers")}[{i}]";
            if (ConfigSection.ReadText(node, path, place.Problems) is not { } text)
            {
                continue;
            }
            if (MemberUrl.ParseAddress(text, out var error) is { } address)
            {
                urls.Add(address.Url);
            }
            else
            {
                var meant = error
                    .Replace("clustermgr listens on 9998", "schedulers listen on 9800", StringComparison.Ordinal)
                    .Replace(":9998", ":9800", StringComparison.Ordinal);
                place.Problems.Error(node.Line, $"{path} {meant}");
            }
        }
        return urls.ToImmutable();
    }

    private static Uri? ReadProxy(ConfigSection section, TlsConfig? tls)
    {
        const string Key = "proxy_url";
        if (section.Text(Key) is not { } text)
        {
            return null;
        }
        if (MemberUrl.ParseAddress(text, out var error) is not { } proxy)
        {
            section.Error(Key, $"{section.GetPath(Key)} {error}");
            return null;
        }
        if (proxy.Url.Scheme != Uri.UriSchemeHttp)
        {
            section.Error(Key, $"{section.GetPath(Key)} {Quoted.From(text)} uses https; a proxy must use http");
        }
        if (tls?.ServerName is not null)
        {
            section.Error(
                Key,
                $"{section.GetPath(Key)} does not go with tls.server_name: through a proxy the certificate is that of the "
                    + "member's URL"
            );
        }
        return proxy.Url;
    }

    private string? ReadName(ConfigSection section)
    {
        if (!section.Has("name"))
        {
            place.Problems.Error(
                section.Line,
                $"{section.Path} has no name; add the name that dashboards and alerts will show"
            );
        }
        if (section.Text("name") is not { } name)
        {
            return null;
        }
        var line = section.GetLine("name");
        if (ValidateName(name) is { Length: > 0 } objection)
        {
            place.Problems.Error(line, $"{section.GetPath("name")} {objection}");
        }
        else if (taken.TryClaimCluster(name, new(place.Problems.Source, section.Path, line)) is { } first)
        {
            place.Problems.Error(
                line,
                $"{section.GetPath("name")} {Quoted.From(name)} is already the name of "
                    + $"{first.DescribeFrom(place.Problems.Source)}; give each cluster its own"
            );
        }
        return name;
    }
}
