using System.Collections.Immutable;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Web.Html;

/// <summary>What happened, the newest first.</summary>
internal static class Timeline
{
    /// <param name="events">Oldest first.</param>
    public static Markup Render(ImmutableArray<ClusterEvent> events)
    {
        if (events.IsEmpty)
        {
            return Markup.From($"""<p class="none">Nothing has changed since the exporter was started.</p>""");
        }
        return Markup.From(
            $"""
            <p class="none" data-key="since">Times are UTC. The oldest event kept is of {TimeText.At(events[0].At)}.</p>
            <ol class="timeline" tabindex="0" aria-label="Events, newest first" data-key="events">{events
                .Reverse()
                .Select(Event)}</ol>
            """
        );
    }

    private static Markup Event(ClusterEvent entry)
    {
        var subject = entry.Change.Subject;
        return Markup.From(
            $"""
            <li data-key="{entry.Id}">{TimeText.At(entry.At)}{(
                entry.Change.Bad ? StateIcon.Ticket : StateIcon.Event
            )}<span class="kind">{entry.Change.Kind}</span><span class="sentence">{(
                subject.Length > 0 ? Markup.From($"<b>{subject}</b> ") : null
            )}{entry.Change.Sentence}</span></li>

            """
        );
    }
}
