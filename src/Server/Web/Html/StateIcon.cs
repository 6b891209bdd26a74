using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>Icons that distinguish states by shape as well as by colour; the text beside them says the same.</summary>
internal static class StateIcon
{
    public static readonly Markup Good = CreateIcon(
        "good",
        """<circle cx="8" cy="8" r="7"></circle><path class="ink" d="M4.6 8.3 7 10.7 11.4 5.6"></path>"""
    );

    public static readonly Markup Page = CreateIcon(
        "page",
        """
        <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"></path><path class="ink" d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"></path>
        """
    );

    public static readonly Markup Ticket = CreateIcon(
        "ticket",
        """<path d="M8 1.2 15.4 14.6H.6z"></path><path class="ink" d="M8 6v3.8M8 12.2v.2"></path>"""
    );

    public static readonly Markup Unknown = CreateIcon(
        "unknown",
        """<circle class="ring" cx="8" cy="8" r="6.2"></circle><path class="dash" d="M5.4 8h5.2"></path>"""
    );

    public static readonly Markup Event = CreateIcon("event", """<circle cx="8" cy="8" r="3"></circle>""");

    /// <summary>The icon of a member: up, down, or not polled yet.</summary>
    public static Markup GetIcon(bool? up) =>
        up is { } known
            ? known
                ? Good
                : Page
            : Unknown;

    public static Markup GetIcon(StatusLevel level) =>
        level switch
        {
            StatusLevel.Good => Good,
            StatusLevel.Page => Page,
            StatusLevel.Ticket => Ticket,
            StatusLevel.Unknown => Unknown,
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
        };

    private static Markup CreateIcon(string name, string shapes) =>
        Markup.FromHtml(
            $"""<svg class="mark {name}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{shapes}</svg>"""
        );
}

/// <summary>The state of a cluster, worst first.</summary>
internal enum StatusLevel
{
    Page,
    Ticket,
    Unknown,
    Good,
}

/// <summary>The verdict on a cluster.</summary>
internal static class VerdictText
{
    public static StatusLevel GetLevel(ClusterAnalysis analysis)
    {
        var verdict = ClusterVerdict.FromAnalysis(analysis).Kind;
        if (verdict == VerdictKind.Healthy)
        {
            return StatusLevel.Good;
        }
        if (ClusterFacts.Pages(analysis) > 0)
        {
            return StatusLevel.Page;
        }
        return verdict == VerdictKind.Findings ? StatusLevel.Ticket : StatusLevel.Unknown;
    }

    /// <summary>The CSS class of a level.</summary>
    public static string GetCssClass(StatusLevel level) => level.ToString().ToLowerInvariant();

    public static Markup Render(ClusterAnalysis analysis)
    {
        var level = GetLevel(analysis);
        return Markup.From(
            $"""
            <span class="verdict {GetCssClass(level)}">{StateIcon.GetIcon(level)}<span>{ClusterFacts.GetVerdictText(
                analysis
            )}</span></span>
            """
        );
    }
}
