using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Where to listen: at addresses of the machine, or at a unix socket.</summary>
/// <param name="EndPoints">Empty: on every address of the machine, both families.</param>
/// <param name="Port">0: any free one.</param>
internal sealed record ListenAddress(ImmutableArray<IPEndPoint> EndPoints, int Port)
{
    public const string Default = ":19998";

    private const string Unix = "unix:";

    /// <summary>Limit of the kernel.</summary>
    private const int MaxSocketPathBytes = 107;

    /// <summary>Path of a Unix socket; null for an address of the machine.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Descriptor of a listening socket that was passed to this process; null for an address.</summary>
    public int? Descriptor { get; init; }

    public bool Any => EndPoints.IsEmpty && SocketPath is null && Descriptor is null;

    public static ListenAddress FromDescriptor(int descriptor) => new([], 0) { Descriptor = descriptor };

    /// <summary>The address as it is configured.</summary>
    public override string ToString() =>
        SocketPath is { } path ? $"{Unix}{path}"
        : Descriptor is { } passed ? $"the socket {passed} of systemd"
        : Any ? $":{Port}"
        : string.Join(" and ", EndPoints);

    /// <summary>:19998, 127.0.0.1:0, [::1]:19998, host:19998 or unix:/run/exporter.sock. Returns null with the reason,
    /// which follows the name of the setting.</summary>
    /// <param name="resolve">Addresses of a host name; throws <see cref="SocketException"/>, as Dns does.</param>
    public static ListenAddress? Parse(string text, Func<string, IPAddress[]> resolve, out string error)
    {
        error = "";
        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            return ParseSocket(text[Unix.Length..], out error);
        }
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        if (text.Contains("://", StringComparison.Ordinal) || text.Contains('/'))
        {
            error = $"{Quoted.From(text)} is a URL; write host:port, or :19998 for every address";
        }
        else if (colon < 0 && text.Length > 0 && text.All(char.IsAsciiDigit))
        {
            error = $"{Quoted.From(text)} is a port alone; write :{text} for every address";
        }
        else if (colon < 0 || text.EndsWith(']'))
        {
            error = $"{Quoted.From(text)} has no port; write host:port, or :19998 for every address";
        }
        else if (host.Contains(':') && !(host.StartsWith('[') && host.EndsWith(']')))
        {
            error = $"{Quoted.From(text)} has an IPv6 address without brackets; write [::1]:19998";
        }
        else if (
            !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > 65535
        )
        {
            error =
                $"{Quoted.From(text)} has the port {Quoted.From(text[(colon + 1)..])}; "
                + "a port is a number from 0 to 65535";
        }
        else if (host.Length == 0)
        {
            return new ListenAddress([], port);
        }
        else
        {
            return ParseHost(host, port, resolve, out error);
        }
        return null;
    }

    private static ListenAddress? ParseSocket(string path, out string error)
    {
        error =
            !path.StartsWith('/')
                ? $"{Quoted.From(path)} is not an absolute path; write one such as unix:/run/clustermgr-exporter.sock"
            : Encoding.UTF8.GetByteCount(path) > MaxSocketPathBytes
                ? $"{Quoted.From(path)} has more than {MaxSocketPathBytes} bytes, which no socket's path may have"
            : !Directory.Exists(Path.GetDirectoryName(path))
                ? $"{Quoted.From(path)} is in a folder that is not there; make it first"
            : "";
        return error.Length > 0 ? null : new ListenAddress([], 0) { SocketPath = path };
    }

    private static ListenAddress? ParseHost(string host, int port, Func<string, IPAddress[]> resolve, out string error)
    {
        error = "";
        if (IsAddress(host, out var ip))
        {
            return new ListenAddress([new(ip, port)], port);
        }
        if (Uri.CheckHostName(host) == UriHostNameType.Dns)
        {
            try
            {
                var addresses = resolve(host).Distinct().Select(address => new IPEndPoint(address, port)).ToArray();
                // Port 0 on two addresses would be two ports: nobody could say which one is meant.
                if (addresses.Length > 0)
                {
                    return new ListenAddress(port == 0 ? [addresses[0]] : [.. addresses], port);
                }
            }
            catch (SocketException)
            {
                // Falls through to the error.
            }
        }

        error = $"{Quoted.From(host)} is not an address of this machine; write an address, or :{port} for every one";
        return null;
    }

    // TryParse also takes 1 for 0.0.0.1 and 010 for 8: only what reads back the same is what was meant.
    private static bool IsAddress(string host, [NotNullWhen(true)] out IPAddress? ip) =>
        host[0] == '['
            ? IPAddress.TryParse(host[1..^1], out ip) && ip.AddressFamily == AddressFamily.InterNetworkV6
            : IPAddress.TryParse(host, out ip) && ip.ToString() == host;
}
