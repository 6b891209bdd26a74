using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Clustermgr.Formatting;

namespace Clustermgr.Configuration;

/// <summary>
/// A member's URL, strictly scheme://host:port, with a path when a proxy serves the member below one. The port is
/// required: clustermgr listens on 9998, so the default of a scheme (80, 443) is never right.
/// </summary>
/// <param name="Label">host:port as written, with the path: the member label unless a name is given.</param>
/// <param name="Address">The same with the host in lower case, to tell whether two URLs are one member.</param>
public sealed record MemberUrl(Uri Url, string Label, string Address)
{
    // A host name has at most 253, and a path is a few words.
    private const int MaxCharacters = 400;

    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "/-._~abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    );

    /// <summary>Paths of clustermgr that people copy into a URL; each request adds its own path.</summary>
    private static readonly string[] ApiPaths =
    [
        "/stat",
        "/metrics",
        "/config/get",
        "/disk/list",
        "/disk/droppinglist",
        "/service/list",
        "/service/get",
        "/volume/list",
    ];

    /// <summary>Returns null with an error that continues the name of the setting.</summary>
    public static MemberUrl? Parse(string text, out string error) => Parse(text, withPath: true, out error);

    /// <summary>Parses host:port alone, as members name each other and proxies are named.</summary>
    /// <inheritdoc cref="Parse(string, out string)"/>
    public static MemberUrl? ParseAddress(string text, out string error) => Parse(text, withPath: false, out error);

    private static MemberUrl? Parse(string text, bool withPath, out string error)
    {
        error = Validate(text);
        if (error.Length > 0)
        {
            return null;
        }
        var scheme = text[..text.IndexOf("://", StringComparison.Ordinal)].ToLowerInvariant();
        var rest = text[(scheme.Length + 3)..].TrimEnd('/');
        var authority = Authority(rest);
        var path = rest[authority.Length..];
        if (scheme is not ("http" or "https"))
        {
            error = $"{Quoted.From(text)} has the scheme {Quoted.From(scheme)}; only http and https can be asked";
        }
        else if ((path.Length > 0 && !withPath) || path.AsSpan().ContainsAny("?#\\") || ApiPaths.Any(path.EndsWith))
        {
            error =
                $"has more than host and port; write {Quoted.From($"{scheme}://{WithPort(authority)}")} "
                + "alone, the paths are known";
        }
        else if (path.AsSpan().ContainsAnyExcept(PathCharacters) || path.Split('/').Skip(1).Any(IsInvalidSegment))
        {
            error =
                $"has the path {Quoted.From(path)}; where a proxy has a member below a path, write "
                + $"{Quoted.From($"{scheme}://{WithPort(authority)}/node-1")}, of letters, digits and -._~";
        }
        else
        {
            return ParseAuthority(scheme, authority, path, out error);
        }
        return null;
    }

    private static bool IsInvalidSegment(string part) => part is "" or "." or "..";

    /// <summary>True when it reaches only the machine that uses it.</summary>
    public bool IsLoopback => ReachesThisMachine(Url);

    /// <inheritdoc cref="IsLoopback"/>
    public static bool ReachesThisMachine(Uri url) =>
        ParseIp(url.DnsSafeHost) is { } ip
            ? IPAddress.IsLoopback(ip)
            : url.IdnHost.TrimEnd('.') is var name
                && (
                    name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                    || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
                );

    /// <summary>Returns host:port and path in one canonical form.</summary>
    public static string FormatAddress(Uri url)
    {
        var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost.TrimEnd('.').ToLowerInvariant();
        return $"{host}:{url.Port}{url.AbsolutePath.TrimEnd('/')}";
    }

    // A text that may contain a password is not repeated.
    private static string Validate(string text)
    {
        if (text.Length == 0)
        {
            return "is empty; write a URL, as http://10.0.0.1:9998";
        }
        if (text.Contains('@'))
        {
            return "holds user information (an @); clustermgr knows none: give its secret by auth "
                + "and keep the URL plain";
        }
        if (text.Length > MaxCharacters)
        {
            return $"has {text.Length} characters; write http://host:9998";
        }
        if (text.EnumerateRunes().Any(rune => Rune.IsWhiteSpace(rune) || !Quoted.IsPrintable(rune)))
        {
            return $"{Quoted.From(text)} holds a blank or a character that does not print; write http://host:9998";
        }
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return "";
        }
        if (FindMisspelling(text) is { } meant)
        {
            return $"{Quoted.From(text)} lacks // after the scheme; write {meant}";
        }
        var authority = Authority(text);
        return $"{Quoted.From(authority)} has no scheme; write http://{WithPort(authority)}";
    }

    /// <summary>Recognizes http:/host:9998 and http:host:9998 and returns the correct URL; http:9998 alone is a host
    /// named http.</summary>
    private static string? FindMisspelling(string text)
    {
        var scheme = text[..Math.Max(0, text.IndexOf(':'))].ToLowerInvariant();
        if (scheme is not ("http" or "https"))
        {
            return null;
        }
        var rest = text[(scheme.Length + 1)..];
        var authority = Authority(rest.TrimStart('/'));
        return authority.Length == 0 || (rest[0] != '/' && authority.All(char.IsAsciiDigit))
            ? null
            : $"{scheme}://{WithPort(authority)}";
    }

    private static string Authority(string text)
    {
        var end = text.AsSpan().IndexOfAny("/?#\\");
        return end < 0 ? text : text[..end];
    }

    private static MemberUrl? ParseAuthority(string scheme, string authority, string path, out string error)
    {
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf(']');
        var host = hasPort ? authority[..colon] : authority;
        var port = 0;
        if (host.Length == 0)
        {
            error = $"{Quoted.From($"{scheme}://{authority}")} has no host; write {scheme}://host:9998";
        }
        else if (host.Contains(':') && host[0] != '[')
        {
            error = $"{Quoted.From(authority)} has an IPv6 address without brackets; write {scheme}://[address]:9998";
        }
        else if (!hasPort)
        {
            error =
                $"{Quoted.From($"{scheme}://{authority}")} has no port; clustermgr listens on 9998: "
                + $"write {scheme}://{host}:9998";
        }
        else if (!IsPort(authority[(colon + 1)..], out port))
        {
            error =
                $"{Quoted.From($"{scheme}://{authority}")} has the port {Quoted.From(authority[(colon + 1)..])}; "
                + "a port is a number from 1 to 65535";
        }
        else if (host[0] == '[' && host.Contains('%'))
        {
            error =
                $"{Quoted.From($"{scheme}://{authority}")} has a zone (%): it names an interface of this machine, and "
                + $"HTTP has no place for "
                + "it; write the member's name or an address that needs none";
        }
        else if (!IsHost(host) || !Uri.TryCreate($"{scheme}://{host}:{port}{path}", UriKind.Absolute, out var url))
        {
            error =
                $"{Quoted.From($"{scheme}://{authority}")} has the host {Quoted.From(host)}, which is neither a name "
                + "nor an address; write http://10.0.0.1:9998";
        }
        else if (ParseIp(host) is { } ip && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            error =
                $"{Quoted.From($"{scheme}://{authority}")} is an address to listen on, not one to ask; "
                + "write the member's own";
        }
        else
        {
            error = "";
            return new MemberUrl(url, $"{host}:{port}{path}", FormatAddress(url));
        }

        return null;
    }

    /// <summary>Parses an address, an IPv4-mapped IPv6 address as IPv4; null for a name.</summary>
    private static IPAddress? ParseIp(string host) =>
        !IPAddress.TryParse(host, out var ip) ? null
        : ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4()
        : ip;

    private static bool IsPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    // 10.1 would be 10.0.0.1, and 010.0.0.1 would be 8.0.0.1: only an address that formats to the same text is
    // accepted.
    private static bool IsHost(string host) =>
        Uri.CheckHostName(host) switch
        {
            UriHostNameType.Dns => true,
            UriHostNameType.IPv4 => IPAddress.TryParse(host, out var ip) && ip.ToString() == host,
            UriHostNameType.IPv6 => host[0] == '[',
            _ => false,
        };

    private static string WithPort(string authority) =>
        authority.LastIndexOf(':') > authority.LastIndexOf(']') ? authority : $"{authority}:9998";
}
