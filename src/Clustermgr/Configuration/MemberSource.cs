using System.Net;
using Clustermgr.Formatting;

namespace Clustermgr.Configuration;

/// <summary>A DNS name that stands for members: dns+http://name:9998 for each of its addresses, dns+srv+http://name
/// for each of its services.</summary>
/// <param name="Scheme">http or https, by which the members are asked.</param>
/// <param name="Name">As it was written.</param>
/// <param name="Port">Of every member; null where the services tell it (SRV).</param>
/// <param name="Path">Below which a proxy has every member; empty, or beginning with a slash.</param>
public sealed record MemberSource(string Scheme, string Name, int? Port, string Path)
{
    private const string Addresses = "dns+";
    private const string Services = "dns+srv+";

    /// <summary>Of a name that never resolved: one member with an address that cannot be (RFC 6761), so that the
    /// cluster is seen to be down, and not to have no members.</summary>
    private const string Nowhere = "invalid.";

    private const int UsualPort = 9998;

    public static bool IsOne(string text) => text.StartsWith(Addresses, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null with the reason, which continues the name of the setting.</summary>
    public static MemberSource? Parse(string text, out string error)
    {
        var services = text.StartsWith(Services, StringComparison.OrdinalIgnoreCase);
        var url = text[(services ? Services : Addresses).Length..];
        var (start, end) = Authority(url);
        var name = url[start..end];
        if (services && name.Contains(':'))
        {
            error = $"{Quoted.From(text)} has a port; the SRV records tell each member's, so leave it out";
            return null;
        }
        // No host is called _cm._tcp, and what SRV records tell is not written: the reader of URLs wants neither.
        var host = services ? $"{name.TrimStart('_').Replace("._", ".", StringComparison.Ordinal)}:{UsualPort}" : name;
        if (MemberUrl.Parse(url[..start] + host + url[end..], out error) is not { } parsed)
        {
            return null;
        }
        if (IPAddress.TryParse(parsed.Url.DnsSafeHost, out _))
        {
            error = $"{Quoted.From(text)} has an address where a DNS name belongs; write it without dns+";
            return null;
        }
        return new(
            parsed.Url.Scheme,
            services ? name.ToLowerInvariant() : parsed.Url.IdnHost,
            services ? null : parsed.Url.Port,
            parsed.Url.AbsolutePath.TrimEnd('/')
        );
    }

    /// <summary>As it is configured: for messages, and to tell sources apart.</summary>
    public override string ToString() =>
        Port is { } port ? $"{Addresses}{Scheme}://{Name}:{port}{Path}" : $"{Services}{Scheme}://{Name}{Path}";

    /// <summary>One of the members.</summary>
    /// <param name="host">An address, or the target of a service.</param>
    /// <returns>Null where that cannot be a member's: DNS can answer anything.</returns>
    public MemberConfig? Member(string host, int port) =>
        MemberUrl.Parse($"{Scheme}://{(host.Contains(':') ? $"[{host}]" : host)}:{port}{Path}", out _) is { } url
            ? new(url.Label, url.Url)
            : null;

    /// <summary>Stands for the members as long as none is known.</summary>
    public MemberConfig Unresolved
    {
        get
        {
            var rest = $":{Port ?? UsualPort}{Path}";
            return new(Name + rest, new($"{Scheme}://{Name.TrimEnd('.')}.{Nowhere}{rest}"));
        }
    }

    /// <summary>Where it stands.</summary>
    private static (int Start, int End) Authority(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0;
        var end = url.IndexOfAny(['/', '?', '#'], start);
        return (start, end < 0 ? url.Length : end);
    }
}
