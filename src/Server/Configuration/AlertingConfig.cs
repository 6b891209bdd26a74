using System.Collections.Immutable;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Configuration;

/// <summary>alerting: pages without Prometheus.</summary>
internal sealed record AlertingConfig
{
    public required ImmutableArray<AlertmanagerConfig> Alertmanagers { get; init; }

    /// <summary>when: always. Else only while nobody scrapes.</summary>
    public bool Always { get; init; }

    /// <summary>So long nobody has scraped before alerts are sent.</summary>
    public TimeSpan UnscrapedAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Of every alert, as of your Prometheus, so that Alertmanager sees one; and what its texts call
    /// $externalLabels.</summary>
    public ImmutableSortedDictionary<string, string> ExternalLabels { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Is called every minute; null for none.</summary>
    public Uri? HeartbeatUrl { get; init; }

    /// <summary>Of passwords, tokens and certificates.</summary>
    public IEnumerable<string> Files() =>
        Alertmanagers
            .SelectMany(one =>
                (string?[])[one.Password?.File, one.Bearer?.File, one.Tls?.CaFile, one.Tls?.CertFile, one.Tls?.KeyFile]
            )
            .OfType<string>();
}

/// <summary>Whom to send alerts.</summary>
/// <param name="Url">The API is below its path.</param>
internal sealed record AlertmanagerConfig(Uri Url)
{
    /// <summary>As it is called in logs and series.</summary>
    public string Name { get; } = Url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Of basic_auth; null for none.</summary>
    public string? User { get; init; }

    public Secret? Password { get; init; }

    /// <summary>authorization: credentials_file; null for none.</summary>
    public Secret? Bearer { get; init; }

    public TlsConfig? Tls { get; init; }

    /// <summary>Of one request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Equal in every setting, secrets by their contents.</summary>
    public bool Matches(AlertmanagerConfig other) =>
        Url == other.Url
        && User == other.User
        && Password?.Reveal() == other.Password?.Reveal()
        && Bearer?.Reveal() == other.Bearer?.Reveal()
        && Tls == other.Tls
        && Timeout == other.Timeout;
}
