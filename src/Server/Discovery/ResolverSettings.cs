using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace ClustermgrExporter.Discovery;

/// <summary>DNS servers and search domains, as in resolv.conf(5).</summary>
/// <param name="Search">Search domains, without trailing dots.</param>
/// <param name="Dots">A name with at least this many dots is first tried as it is (ndots).</param>
internal sealed record ResolverSettings(ImmutableArray<IPEndPoint> Servers, ImmutableArray<string> Search, int Dots = 1)
{
    public const int Port = 53;

    private const string SystemFile = "/etc/resolv.conf";

    // Limits of the C library.
    private const int MaxServers = 3;
    private const int MaxDots = 15;
    private const int MaxDomains = 32;

    /// <summary>Reads the system's current settings; a new DHCP lease may bring other servers.</summary>
    public static ResolverSettings ReadSystem()
    {
        try
        {
            return Parse(File.ReadAllText(SystemFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Parse(""); // as the C library does
        }
    }

    /// <param name="text">Content of resolv.conf. Unknown lines are ignored, as in the C library.</param>
    public static ResolverSettings Parse(string text)
    {
        var servers = new List<IPEndPoint>();
        var search = ImmutableArray<string>.Empty;
        var dots = 1;
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var address, ..] when IPAddress.TryParse(address, out var ip):
                    servers.Add(new(ip, Port));
                    break;
                case ["search" or "domain", .. var domains]:
                    search =
                    [
                        .. domains.Take(MaxDomains).Select(domain => domain.TrimEnd('.')).Where(d => d.Length > 0),
                    ];
                    break;
                case ["options", .. var options]:
                    dots = options.Select(ParseDots).LastOrDefault(number => number is not null) ?? dots;
                    break;
            }
        }
        if (servers.Count == 0)
        {
            servers.Add(new(IPAddress.Loopback, Port));
        }
        return new([.. servers.Take(MaxServers)], search, dots);
    }

    /// <summary>The fully qualified names that a name may stand for, in the order in which they are tried.</summary>
    public IEnumerable<string> Candidates(string name)
    {
        if (name.EndsWith('.'))
        {
            return [name];
        }
        var completed = Search.Select(domain => $"{name}.{domain}.");
        return name.Count(c => c == '.') >= Dots ? [$"{name}.", .. completed] : [.. completed, $"{name}."];
    }

    private static int? ParseDots(string option) =>
        option.StartsWith("ndots:", StringComparison.Ordinal)
        && int.TryParse(option.AsSpan("ndots:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var dots)
            ? Math.Min(dots, MaxDots)
            : null;
}
