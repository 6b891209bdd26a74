using System.Collections.Immutable;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Configuration;

/// <summary>The alerting section: alerts without Prometheus.</summary>
internal sealed record AlertingConfig
{
    public required ImmutableArray<AlertmanagerConfig> Alertmanagers { get; init; }

    /// <summary>when: always. Otherwise alerts are sent only while nobody scrapes.</summary>
    public bool SendAlways { get; init; }

    /// <summary>Time without a scrape after which alerts are sent.</summary>
    public TimeSpan UnscrapedAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Added to every alert. Use those of your Prometheus, so that Alertmanager sees one alert. Templates read
    /// them as $externalLabels.</summary>
    public ImmutableSortedDictionary<string, string> ExternalLabels { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Requested every minute; null for none.</summary>
    public Uri? HeartbeatUrl { get; init; }

    /// <summary>Files of passwords, tokens and certificates.</summary>
    public IEnumerable<string> Files() =>
        Alertmanagers
            .SelectMany(one =>
                (string?[])[one.Password?.File, one.Bearer?.File, one.Tls?.CaFile, one.Tls?.CertFile, one.Tls?.KeyFile]
            )
            .OfType<string>();
}

/// <summary>An Alertmanager that alerts are sent to.</summary>
/// <param name="Url">Base URL of the API.</param>
internal sealed record AlertmanagerConfig(Uri Url)
{
    /// <summary>Name in logs and series.</summary>
    public string Name { get; } = Url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>User name of basic_auth; null for none.</summary>
    public string? User { get; init; }

    public Secret? Password { get; init; }

    /// <summary>authorization: credentials_file; null for none.</summary>
    public Secret? Bearer { get; init; }

    public TlsConfig? Tls { get; init; }

    /// <summary>Timeout of one request.</summary>
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
