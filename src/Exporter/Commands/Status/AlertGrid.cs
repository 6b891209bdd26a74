using System.Globalization;
using ClustermgrExporter.Terminal;
using ClustermgrExporter.Web.Api;

namespace ClustermgrExporter.Commands;

/// <summary>The alerts that a running exporter reports as firing or pending, with the time left.</summary>
internal static class AlertGrid
{
    public static Grid Create(ExporterAlerts? alerts, string cluster) =>
        new(
            "alerts",
            StatusDocument
                .Columns("ALERT", "STATE", "SINCE")
                .Add(new Column("FIRES IN", Moves: true))
                .Add(new("ABOUT", 1)),
            alerts?.At is not { } at
                ? []
                : [.. alerts.Of(cluster).OrderBy(alert => alert.FiresAt is not null).Select(alert => Row(alert, at))]
        )
        {
            TellsGone = true,
        };

    private static Row Row(AlertDocument alert, DateTimeOffset at)
    {
        var about = string.Join(
            ' ',
            alert
                .Labels.Where(label => label.Name is not ("alertname" or "cluster" or "severity"))
                .Select(label => $"{label.Name}={label.Value}")
        );
        return new(
            $"{alert.Name} {about}",
            [
                alert.Name,
                alert.FiresAt is null ? new Cell(alert.State, TextStyle.Page) : new Cell(alert.State, TextStyle.Ticket),
                Since(Parse(alert.Since), at.UtcDateTime),
                alert.FiresAt is { } fires ? Left(Parse(fires) - at) : CellText.Unknown,
                CellText.Text(about),
            ]
        );
    }

    private static DateTime Parse(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).UtcDateTime;

    /// <summary>In UTC, with the date unless it is today's.</summary>
    private static string Since(DateTime since, DateTime at) =>
        since.ToString(since.Date == at.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Left(TimeSpan left) =>
        left <= TimeSpan.Zero ? "0s"
        : left < TimeSpan.FromHours(1) ? $"{(int)left.TotalMinutes}m{left.Seconds:00}s"
        : $"{(int)left.TotalHours}h{left.Minutes:00}m";
}
