using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>Icons that distinguish states by shape as well as by colour; the text beside them says the same.</summary>
internal static class Mark
{
    public static readonly Markup Good = Drawn(
        "good",
        """<circle cx="8" cy="8" r="7"></circle><path class="ink" d="M4.6 8.3 7 10.7 11.4 5.6"></path>"""
    );

    public static readonly Markup Page = Drawn(
        "page",
        """
        <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"></path><path class="ink" d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"></path>
        """
    );

    public static readonly Markup Ticket = Drawn(
        "ticket",
        """<path d="M8 1.2 15.4 14.6H.6z"></path><path class="ink" d="M8 6v3.8M8 12.2v.2"></path>"""
    );

    public static readonly Markup Unknown = Drawn(
        "unknown",
        """<circle class="ring" cx="8" cy="8" r="6.2"></circle><path class="dash" d="M5.4 8h5.2"></path>"""
    );

    public static readonly Markup Event = Drawn("event", """<circle cx="8" cy="8" r="3"></circle>""");

    /// <summary>The icon of a member: up, down, or not polled yet.</summary>
    public static Markup Of(bool? up) =>
        up is { } known
            ? known
                ? Good
                : Page
            : Unknown;

    public static Markup Of(Level level) =>
        level switch
        {
            Level.Good => Good,
            Level.Page => Page,
            Level.Ticket => Ticket,
            Level.Unknown => Unknown,
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
        };

    private static Markup Drawn(string name, string shapes) =>
        Markup.FromHtml(
            $"""<svg class="mark {name}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{shapes}</svg>"""
        );
}

/// <summary>The state of a cluster, worst first.</summary>
internal enum Level
{
    Page,
    Ticket,
    Unknown,
    Good,
}

/// <summary>The verdict on a cluster.</summary>
internal static class VerdictText
{
    public static Level LevelOf(ClusterAnalysis analysis)
    {
        var verdict = ClusterVerdict.FromAnalysis(analysis).Kind;
        if (verdict == VerdictKind.Healthy)
        {
            return Level.Good;
        }
        if (ClusterFacts.Pages(analysis) > 0)
        {
            return Level.Page;
        }
        return verdict == VerdictKind.Findings ? Level.Ticket : Level.Unknown;
    }

    /// <summary>The CSS class of a level.</summary>
    public static string Word(Level level) => level.ToString().ToLowerInvariant();

    public static Markup Render(ClusterAnalysis analysis)
    {
        var level = LevelOf(analysis);
        return Markup.From(
            $"""
            <span class="verdict {Word(level)}">{Mark.Of(level)}<span>{ClusterFacts.Words(analysis)}</span></span>
            """
        );
    }
}
