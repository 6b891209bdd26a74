using System.Globalization;

namespace ClustermgrExporter.Web.Html;

/// <summary>Bars on a common scale. Only values that add up share a bar; any other value gets its own, from the same
/// zero. The values are also given as text beside the bars.</summary>
internal static class Bar
{
    private const double Width = 1000;

    /// <param name="className">The class bar, with modifiers.</param>
    /// <param name="parts">Consecutive parts, each with its colour class; the shares add up to at most 1.</param>
    public static Markup Render(string className, params ReadOnlySpan<(double Share, string Class)> parts)
    {
        var html = new Markup();
        html.Add(
            $"""
            <svg class="{className}" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"
            focusable="false">
            """
        );
        html.Add($"""<rect class="track" x="0" y="0" width="1000" height="10"></rect>""");
        var from = 0d;
        foreach (var (share, name) in parts)
        {
            var part = Math.Clamp(share, 0, 1 - from);
            html.Add($"""<rect class="{name}" x="{Place(from)}" y="0" width="{Place(part)}" height="10"></rect>""");
            from += part;
        }
        html.Add($"</svg>");
        return html;
    }

    private static string Place(double share) => (share * Width).ToString("0.##", CultureInfo.InvariantCulture);
}
