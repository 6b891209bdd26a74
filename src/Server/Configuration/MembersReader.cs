using System.Collections.Immutable;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads members lists. A member belongs to one cluster: polled for two, its figures would count twice.
/// </summary>
internal sealed class MembersReader(ConfigProblems problems, NameRegistry taken)
{
    private const string ListThem = "list the URL of each, as http://10.0.0.1:9998";

    public static readonly ImmutableArray<string> Keys = ["name", "url"];

    /// <summary>The members that are given by URL, and the DNS names that resolve to further ones.</summary>
    public (ImmutableArray<MemberConfig> Members, ImmutableArray<MemberSource> Sources) Read(ConfigSection cluster)
    {
        var path = cluster.GetPath("members");
        if (!cluster.Has("members"))
        {
            problems.Error(cluster.Line, $"{cluster.Path} has no members; {ListThem}");
        }
        if (cluster.List("members") is not { } nodes)
        {
            return ([], []);
        }
        if (nodes.Count == 0)
        {
            problems.Error(cluster.GetLine("members"), $"{path} is empty; {ListThem}");
        }
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var members = ImmutableArray.CreateBuilder<MemberConfig>(nodes.Count);
        var sources = ImmutableArray.CreateBuilder<MemberSource>();
        for (var i = 0; i < nodes.Count; i++)
        {
            if (ReadMember(nodes[i], $"{path}[{i}]", labels, sources) is { } member)
            {
                members.Add(member);
            }
        }

        return (members.ToImmutable(), sources.ToImmutable());
    }

    private MemberConfig? ReadMember(
        YamlNode node,
        string path,
        Dictionary<string, string> labels,
        ImmutableArray<MemberSource>.Builder sources
    )
    {
        var name = default(string);
        var urlNode = node;
        var urlPath = path;
        if (node.Kind == YamlKind.Map)
        {
            var section = ConfigSection.Open(node, path, problems, Keys)!;
            name = ReadName(section);
            if (!section.Has("url"))
            {
                problems.Error(node.Line, $"{path} has no url; add it, as http://10.0.0.1:9998");
            }
            if (section.Node("url") is not { } value)
            {
                return null;
            }
            urlNode = value;
            urlPath = $"{path}.url";
        }

        if (ConfigSection.ReadText(urlNode, urlPath, problems) is not { } text)
        {
            return null;
        }
        if (MemberSource.IsMatch(text))
        {
            ReadSource(text, name is not null, urlNode.Line, urlPath, sources);
            return null;
        }
        if (MemberUrl.Parse(text, out var error) is not { } url)
        {
            problems.Error(urlNode.Line, $"{urlPath} {error}");
            return null;
        }

        if (taken.TryClaimMember(url.Address, new(problems.Source, urlPath, urlNode.Line)) is { } first)
        {
            problems.Error(
                urlNode.Line,
                $"{urlPath} {url.Address} is already {first.DescribeFrom(problems.Source)}; remove one of the two"
            );
            return null;
        }

        var label = name ?? url.Label;
        if (!labels.TryAdd(label, path))
        {
            problems.Error(
                node.Line,
                $"{path} has the name {Quoted.From(label)} of {labels[label]}; give each member its own"
            );
        }
        return new MemberConfig(label, url.Url);
    }

    private void ReadSource(
        string text,
        bool named,
        int line,
        string path,
        ImmutableArray<MemberSource>.Builder sources
    )
    {
        if (MemberSource.Parse(text, out var error) is not { } source)
        {
            problems.Error(line, $"{path} {error}");
        }
        else if (named)
        {
            problems.Error(line, $"{path} {source} stands for several members, which no name fits; remove the name");
        }
        else if (taken.TryClaimMember($"{source}", new(problems.Source, path, line)) is { } first)
        {
            problems.Error(
                line,
                $"{path} {source} is already {first.DescribeFrom(problems.Source)}; remove one of the two"
            );
        }
        else
        {
            sources.Add(source);
        }
    }

    private string? ReadName(ConfigSection member)
    {
        if (member.Text("name") is not { } name)
        {
            return null;
        }
        if (ClusterReader.ValidateName(name) is not { Length: > 0 } objection)
        {
            return name;
        }
        problems.Error(member.GetLine("name"), $"{member.GetPath("name")} {objection}");
        return null;
    }
}
