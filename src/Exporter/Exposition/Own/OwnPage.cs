namespace ClustermgrExporter.Exposition.Own;

/// <summary>
/// The exporter's own lines, read anew at most once a second: reading /proc costs a good part of a whole scrape, and
/// scrapes must not multiply it.
/// </summary>
/// <param name="config">The configuration in force; called from any thread.</param>
/// <param name="clock">Tells when a second has passed.</param>
internal sealed class OwnPage(Func<ConfigState> config, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile Rendered? _last;

    public FamilyLines Current
    {
        get
        {
            if (_last is { } last && IsFresh(last)) return last.Lines;
            lock (_gate)
            {
                if (_last is { } meanwhile && IsFresh(meanwhile)) return meanwhile.Lines;
                var lines = Render(new OwnReading(config(), ProcessReading.Read()));
                _last = new Rendered(lines, clock.GetTimestamp());
                return lines;
            }
        }
    }

    public static FamilyLines Render(OwnReading reading)
    {
        using var lines = new LineWriter(Catalogue.Own.Length);
        foreach (var family in Catalogue.Own) lines.Write(family, reading);
        return lines.Finish();
    }

    private bool IsFresh(Rendered rendered) => clock.GetElapsedTime(rendered.At) < Fresh;

    private sealed record Rendered(FamilyLines Lines, long At);
}
