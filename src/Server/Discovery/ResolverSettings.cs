using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace ClustermgrExporter.Discovery;

/// <summary>Whom to ask for names, and how short ones are completed: as resolv.conf(5) says it.</summary>
/// <param name="Search">Domains that are tried behind a name, without dots at their ends.</param>
/// <param name="Dots">A name with so many is tried as it is first.</param>
internal sealed record ResolverSettings(ImmutableArray<IPEndPoint> Servers, ImmutableArray<string> Search, int Dots = 1)
{
    public const int Port = 53;

    private const string SystemFile = "/etc/resolv.conf";

    // What the C library takes of each; more is a file of something else.
    private const int MostServers = 3;
    private const int MostDots = 15;
    private const int MostDomains = 32;

    /// <summary>Those of the system as they are now: a new lease brings other servers.</summary>
    public static ResolverSettings OfSystem()
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

    /// <param name="text">Of resolv.conf; what is not understood there is left out, as the C library does.</param>
    public static ResolverSettings Parse(string text)
    {
        var (servers, search, dots) = (new List<IPEndPoint>(), ImmutableArray<string>.Empty, 1);
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
                        .. domains.Take(MostDomains).Select(domain => domain.TrimEnd('.')).Where(d => d.Length > 0),
                    ];
                    break;
                case ["options", .. var options]:
                    dots = options.Select(DotsOf).LastOrDefault(number => number is not null) ?? dots;
                    break;
            }
        }
        if (servers.Count == 0)
        {
            servers.Add(new(IPAddress.Loopback, Port));
        }
        return new([.. servers.Take(MostServers)], search, dots);
    }

    /// <summary>The full names that a name may mean, in the order in which they are tried.</summary>
    public IEnumerable<string> Candidates(string name)
    {
        if (name.EndsWith('.'))
        {
            return [name];
        }
        var completed = Search.Select(domain => $"{name}.{domain}.");
        return name.Count(c => c == '.') >= Dots ? [$"{name}.", .. completed] : [.. completed, $"{name}."];
    }

    private static int? DotsOf(string option) =>
        option.StartsWith("ndots:", StringComparison.Ordinal)
        && int.TryParse(option.AsSpan("ndots:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var dots)
            ? Math.Min(dots, MostDots)
            : null;
}
