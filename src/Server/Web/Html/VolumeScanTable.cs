using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>Volumes by the number of units that they may still lose.</summary>
internal static class VolumeScanTable
{
    private static readonly TableColumn[] Columns =
    [
        new("Code"),
        new("Units missing", IsNumeric: true),
        new("Volumes", IsNumeric: true),
        new("Data survives", IsNumeric: true),
        new("Writes survive", IsNumeric: true),
    ];

    /// <summary>Null if there was no scan.</summary>
    public static Markup? Render(ClusterSnapshot snapshot)
    {
        if (snapshot.VolumeScan is not { } scan)
        {
            return null;
        }
        var at = TimeText.Ago(snapshot.ToWallClock(scan.At));
        if (scan.Degraded == 0)
        {
            return Markup.From(
                $"""
                <p class="none" data-key="scan">All {HtmlText.Count(
                    scan.Volumes,
                    "volume"
                )} were whole when last scanned, {at}.</p>
                """
            );
        }
        var worst = string.Join(", ", scan.Worst.Take(5).Select(volume => volume.Id));
        return Markup.From(
            $"""
            <div data-key="scan">{Table.Render(
                "Volumes by units that cannot be written, and how many more may be lost",
                Columns,
                scan.Counts.Where(count => count.Key.Missing > 0).Select(count => Row(count.Key, count.Value)),
                "narrow"
            )}<p class="none">{HtmlText.Count(scan.Degraded)} of {HtmlText.Count(
                scan.Volumes,
                "volume"
            )} lack units, as last scanned {at}. The worst: {worst}.</p></div>
            """
        );
    }

    private static TableRow Row((int CodeMode, int Missing) key, long volumes)
    {
        var mode = CodeMode.Find(key.CodeMode);
        return new TableRow(
            $"{key.CodeMode} {key.Missing}",
            Markup.FromText(CodeMode.GetName(key.CodeMode)),
            Markup.FromText(HtmlText.Count(key.Missing)),
            Markup.FromText(HtmlText.Count(volumes)),
            RenderLeft(mode?.DataLeft(key.Missing), "may be lost"),
            RenderLeft(mode?.WritesLeft(key.Missing), "stopped")
        );
    }

    private static Markup? RenderLeft(int? left, string gone) =>
        left switch
        {
            null => null,
            < 0 => HtmlText.Highlight(gone),
            0 => HtmlText.Highlight("none more"),
            { } more => Markup.FromText($"{HtmlText.Count(more)} more"),
        };
}
