using System.Net;
using Clustermgr.Formatting;

namespace Clustermgr.Configuration;

/// <summary>A DNS name that stands for members: dns+http://name:9998 for each of its addresses, dns+srv+http://name
/// for each of its services.</summary>
/// <param name="Scheme">http or https, for requests to the members.</param>
/// <param name="Name">As it was written.</param>
/// <param name="Port">Port of every member; null when SRV records contain it.</param>
/// <param name="Path">Path below which a proxy serves every member; empty, or starting with a slash.</param>
public sealed record MemberSource(string Scheme, string Name, int? Port, string Path)
{
    private const string AddressPrefix = "dns+";
    private const string SrvPrefix = "dns+srv+";

    /// <summary>Domain of an address that never resolves (RFC 6761). A name that was never resolved is one member
    /// there, so that the cluster is shown as down and not without members.</summary>
    private const string InvalidDomain = "invalid.";

    private const int DefaultPort = 9998;

    public static bool IsMatch(string text) => text.StartsWith(AddressPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns null with an error that continues the name of the setting.</summary>
    public static MemberSource? Parse(string text, out string error)
    {
        var services = text.StartsWith(SrvPrefix, StringComparison.OrdinalIgnoreCase);
        var url = text[(services ? SrvPrefix : AddressPrefix).Length..];
        var (start, end) = Authority(url);
        var name = url[start..end];
        if (services && name.Contains(':'))
        {
            error = $"{Quoted.From(text)} has a port; the SRV records tell each member's, so leave it out";
            return null;
        }
        // The URL parser accepts neither a host such as _cm._tcp nor a missing port, so both are replaced.
        var host = services
            ? $"{name.TrimStart('_').Replace("._", ".", StringComparison.Ordinal)}:{DefaultPort}"
            : name;
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

    /// <summary>The source as configured, for messages and to compare sources.</summary>
    public override string ToString() =>
        Port is { } port ? $"{AddressPrefix}{Scheme}://{Name}:{port}{Path}" : $"{SrvPrefix}{Scheme}://{Name}{Path}";

    /// <summary>Creates one of the members.</summary>
    /// <param name="host">An address, or the target of an SRV record.</param>
    /// <returns>Null when it cannot be a member's address: DNS can return anything.</returns>
    public MemberConfig? CreateMember(string host, int port) =>
        MemberUrl.Parse($"{Scheme}://{(host.Contains(':') ? $"[{host}]" : host)}:{port}{Path}", out _) is { } url
            ? new(url.Label, url.Url)
            : null;

    /// <summary>The placeholder for the members while none is known.</summary>
    public MemberConfig Placeholder
    {
        get
        {
            var rest = $":{Port ?? DefaultPort}{Path}";
            return new(Name + rest, new($"{Scheme}://{Name.TrimEnd('.')}.{InvalidDomain}{rest}"));
        }
    }

    /// <summary>Returns the start and the end of the authority in a URL.</summary>
    private static (int Start, int End) Authority(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0;
        var end = url.IndexOfAny(['/', '?', '#'], start);
        return (start, end < 0 ? url.Length : end);
    }
}
