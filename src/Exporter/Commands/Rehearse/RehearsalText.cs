using System.Collections.Immutable;
using Clustermgr.Formatting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>The text of a rehearsal before its start and after its end.</summary>
internal static class RehearsalText
{
    /// <param name="steps">The steps with their times, one line each.</param>
    /// <param name="later">What would fire if it lasted longer.</param>
    /// <param name="absent">The alert that a Prometheus fires once the cluster is no longer served.</param>
    public static string Plan(
        string story,
        string cluster,
        Uri? alertmanager,
        IEnumerable<string> steps,
        TimeSpan duration,
        ImmutableArray<ExpectedAlert> expected,
        ImmutableArray<ExpectedAlert> later,
        AlertRule absent
    )
    {
        var text = new PlainLines();
        text.Add($"rehearsal of {story}");
        text.AddTable([
            ["cluster", $"{cluster}, simulated on this machine: nothing real is touched"],
            [
                "alerts",
                alertmanager is null
                    ? "fired by the Prometheus that scrapes this; it adds the time to its next scrape and evaluation"
                    : $"sent to {alertmanager} with the label rehearsal=\"true\"",
            ],
        ]);
        foreach (var step in steps)
        {
            text.Add($"  {step}");
        }
        text.Add(
            $"  at {Rehearsal.Clock(duration)} it is "
                + $"over{(alertmanager is null ? ": all is restored" : ": every alert is ended")}"
        );
        text.Add("");
        if (expected.IsEmpty)
        {
            text.Add("  nothing fires: what happens is shorter than any rule requires");
        }
        else
        {
            text.AddTable([
                ["ALERT", "SEVERITY", "FIRES", "REACHES ITS RECEIVER"],
                .. expected.Select(Row),
            ]);
        }
        foreach (var alert in later)
        {
            text.Add(
                $"  {alert.Rule.Name} ({alert.Rule.Severity}) would fire at {Rehearsal.Clock(alert.FiresAt)}: a "
                    + $"longer --duration shows it"
            );
        }
        text.Add("");
        text.Add(
            "  The receiver's times are by alerts/alertmanager.example.yaml; your routes may differ. Ctrl-C ends it."
        );
        text.Add("");
        if (alertmanager is not null)
        {
            return text.ToString();
        }
        text.Add(
            $"  {DurationText.Format(absent.For)} after its end {absent.Name} fires too, as for every cluster that is "
                + $"no longer watched. Silence it now:"
        );
        text.Add(
            $"    amtool silence add --duration=25h --comment=rehearsal --author=\"$USER\" "
                + $"alertname={AlertRule.Prefix}{absent.Name} "
                + $"cluster='{cluster.Replace("'", "'\\''", StringComparison.Ordinal)}'"
        );
        text.Add("");
        return text.ToString();
    }

    public static string Summary(Rehearsal rehearsal, ImmutableArray<ExpectedAlert> expected, bool sent)
    {
        var text = new PlainLines();
        text.Add("");
        text.Add($"over after {Rehearsal.Clock(rehearsal.Age)}; what should have reached its receiver:");
        var told = expected
            .Where(alert => rehearsal.Alerts.Any(one => one.Alert.Rule.Name == alert.Rule.Name))
            .ToList();
        ImmutableArray<ImmutableArray<string>> rows = [.. told.Select(alert => Row(alert, rehearsal, sent))];
        if (rows.IsEmpty)
        {
            text.Add("  nothing");
        }
        text.AddTable(rows);
        var unforeseen = rehearsal
            .Alerts.Select(one => one.Alert.Rule.Name)
            .Distinct()
            .Except(told.Select(alert => alert.Rule.Name))
            .ToList();
        if (unforeseen.Count > 0)
        {
            text.Add($"  and, unexpectedly: {string.Join(", ", unforeseen)}");
        }
        if (sent && !rehearsal.Delivered)
        {
            text.Add(
                "  Not all of it was taken by Alertmanager, as said above. What it took ends by itself within two "
                    + "minutes."
            );
        }
        else if (sent && rehearsal.Alerts.Length > 0)
        {
            text.Add("  All alerts have ended. Receivers that are told of ends hear it at the next turn of the group.");
        }
        return text.ToString();
    }

    private static ImmutableArray<string> Row(ExpectedAlert alert) =>
        [alert.Rule.Name, alert.Rule.Severity, Rehearsal.Clock(alert.FiresAt), FormatNotified(alert)];

    private static ImmutableArray<string> Row(ExpectedAlert alert, Rehearsal rehearsal, bool sent)
    {
        var own = rehearsal.Alerts.First(one => one.Alert.Rule.Name == alert.Rule.Name);
        var when =
            !sent ? $"fires from {Rehearsal.Clock(own.Fired)}"
            : own.Sent is { } at ? $"sent at {Rehearsal.Clock(at)}"
            : "not sent";
        return
        [
            alert.Rule.Name,
            alert.Rule.Severity,
            when,
            alert.InhibitedBy is null && alert.NotifiedAt > rehearsal.Age
                ? "it ended before it was sent"
                : FormatNotified(alert),
        ];
    }

    private static string FormatNotified(ExpectedAlert alert) =>
        alert.InhibitedBy is { } by ? $"never: {by} inhibits it" : $"about {Rehearsal.Clock(alert.NotifiedAt)}";
}
