using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ClustermgrExporter.Web.Html;

/// <summary>One line of a plot.</summary>
/// <param name="Points">Oldest first; the last point is from the last poll. Null if unknown.</param>
internal sealed record PlotLine(string Name, string Class, ImmutableArray<(DateTimeOffset At, double? Value)> Points)
{
    public double? Latest => Points[^1].Value;

    public IEnumerable<double> Values =>
        Points.Where(point => point.Value is not null).Select(point => point.Value!.Value);
}

/// <summary>A small plot over time. An unknown value leaves a gap: the points around it are not connected.</summary>
internal sealed class Plot(string title, params PlotLine[] lines)
{
    private const double Width = 1000,
        Height = 100;

    private static readonly TimeSpan MinSpan = TimeSpan.FromMinutes(10);

    /// <summary>Samples that are further apart are not connected.</summary>
    private static readonly TimeSpan MaxJoinedGap = TimeSpan.FromSeconds(150);

    public required Func<double, string> Format { get; init; }

    /// <summary>The axis begins at zero, else at the least value.</summary>
    public bool FromZero { get; init; }

    /// <summary>Draws steps: a value holds until the next one.</summary>
    public bool Stairs { get; init; }

    public Markup Render()
    {
        var values = lines.SelectMany(line => line.Values).ToList();
        var caption = lines.Select(line =>
            Markup.From(
                $"""
                <span class="latest {line.Class}" data-key="{line.Name}">{(
                    lines.Length > 1 ? $"{line.Name} " : ""
                )}<b>{FormatValue(line.Latest)}</b></span>
                """
            )
        );
        return Markup.From(
            $"""
            <figure class="plot" data-key="{title}"><figcaption><span>{title}</span>{caption}</figcaption>{(
                values.Count == 0 ? Markup.From($"""<p class="none">Not known lately.</p>""") : Frame(values)
            )}</figure>

            """
        );
    }

    private Markup Frame(List<double> values)
    {
        var least = FromZero ? 0 : values.Min();
        var most = values.Max();
        var to = lines[0].Points[^1].At;
        var from = lines[0].Points[0].At;
        from = to - from < MinSpan ? to - MinSpan : from;
        var axes = new Axes(from, to, least, most, FromZero);
        var place =
            most > least ? "values"
            : FromZero ? "values low"
            : "values flat";
        var span = SpanText.Format(to - from);
        var spoken = $"{title} over the last {span}: {string.Join("; ", lines.Select(Describe))}";
        var lower = most > least ? Markup.From($"<span>{Format(least)}</span>") : null;
        return Markup.From(
            $"""
            <div class="frame">
            <div class="{place}" aria-hidden="true"><span>{Format(most)}</span>{lower}</div>
            <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="{spoken}">
            {lines.Select(line => Line(line, axes))}
            </svg>
            <div class="times" aria-hidden="true"><span>{span} ago</span><span>now</span></div>
            </div>
            """
        );
    }

    private string FormatValue(double? value) => value is { } known ? Format(known) : "not known";

    private string Describe(PlotLine line)
    {
        var seen = line.Values.ToList();
        return seen.Count == 0
            ? $"{line.Name} not known"
            : $"{line.Name} between {Format(seen.Min())} and {Format(seen.Max())}, now {FormatValue(line.Latest)}";
    }

    /// <summary>Lines between neighbours; a dot where each begins, so that one without a neighbour shows too.</summary>
    private Markup Line(PlotLine line, Axes axes)
    {
        var path = new StringBuilder();
        var dots = new StringBuilder();
        DateTimeOffset? before = null;
        foreach (var (at, value) in line.Points)
        {
            if (value is { } known)
            {
                var (x, y) = axes.Place(at, known);
                if (before is { } last && at - last <= MaxJoinedGap)
                {
                    path.Append(Stairs ? $"H{x}V{y}" : $"L{x} {y}");
                }
                else
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}");
                    dots.Append(CultureInfo.InvariantCulture, $"M{x} {y}h0");
                }
            }
            before = value is null ? null : at;
        }
        return Markup.From(
            $"""
            <path class="line {line.Class}" d="{path.ToString()}"></path>
            <path class="line dots {line.Class}" d="{dots.ToString()}"></path>
            """
        );
    }

    private readonly record struct Axes(DateTimeOffset From, DateTimeOffset To, double Min, double Max, bool FromZero)
    {
        public (string X, string Y) Place(DateTimeOffset at, double value)
        {
            // What never changed is drawn in the middle, what was always 0 at the bottom.
            var y =
                Max > Min ? Height - ((value - Min) / (Max - Min) * Height)
                : FromZero ? Height
                : Height / 2;
            return (Text((at - From) / (To - From) * Width), Text(y));
        }

        private static string Text(double place) => place.ToString("0.#", CultureInfo.InvariantCulture);
    }
}

/// <summary>Formats a duration with its two largest relevant units.</summary>
internal static class SpanText
{
    public static string Format(TimeSpan span)
    {
        var seconds = Math.Max(0, (long)Math.Round(span.TotalSeconds));
        var minutes = seconds / 60;
        var hours = seconds / 3600;
        if (seconds < 60)
        {
            return $"{seconds} s";
        }
        if (minutes < 60)
        {
            return minutes < 5 && seconds % 60 > 0 ? $"{minutes} min {seconds % 60} s" : $"{minutes} min";
        }
        if (hours < 48)
        {
            return minutes % 60 > 0 ? $"{hours} h {minutes % 60} min" : $"{hours} h";
        }
        return $"{hours / 24} days";
    }
}
