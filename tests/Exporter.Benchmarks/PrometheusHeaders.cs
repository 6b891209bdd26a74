namespace ClustermgrExporter.Benchmarks;

/// <summary>What a scraping Prometheus sends, so that negotiation is measured with the rest.</summary>
internal static class PrometheusHeaders
{
    public const string Accept =
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
}
