using System.Globalization;
using ClustermgrExporter.Terminal;
using ClustermgrExporter.Web.Api;

namespace ClustermgrExporter.Commands;

/// <summary>The alerts that a running exporter reports as firing or pending, with the time left.</summary>
internal static class AlertGrid
{
    public static ReportTable Create(ExporterAlerts? alerts, string cluster) =>
        new(
            "alerts",
            StatusDocument
                .Columns("ALERT", "STATE", "SINCE")
                .Add(new ReportColumn("FIRES IN", IsVolatile: true))
                .Add(new("ABOUT", 1)),
            alerts?.At is not { } at
                ? []
                :
                [
                    .. alerts
                        .GetAlerts(cluster)
                        .OrderBy(alert => alert.FiresAt is not null)
                        .Select(alert => Row(alert, at)),
                ]
        )
        {
            ShowsRemovedRows = true,
        };

    private static ReportRow Row(AlertDocument alert, DateTimeOffset at)
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
                alert.FiresAt is null
                    ? new ReportCell(alert.State, TextStyle.Page)
                    : new ReportCell(alert.State, TextStyle.Ticket),
                Since(Parse(alert.Since), at.UtcDateTime),
                alert.FiresAt is { } fires ? FormatLeft(Parse(fires) - at) : CellText.Unknown,
                CellText.Text(about),
            ]
        );
    }

    private static DateTime Parse(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).UtcDateTime;

    /// <summary>In UTC, with the date unless it is today's.</summary>
    private static string Since(DateTime since, DateTime at) =>
        since.ToString(since.Date == at.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string FormatLeft(TimeSpan left) =>
        left <= TimeSpan.Zero ? "0s"
        : left < TimeSpan.FromHours(1) ? $"{(int)left.TotalMinutes}m{left.Seconds:00}s"
        : $"{(int)left.TotalHours}h{left.Minutes:00}m";
}
