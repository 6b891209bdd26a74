using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>Disks by IDC and state. States overlap, so each is drawn from zero on the same scale: only usable and
/// expired, which are the two halves of available, share a bar.</summary>
internal static class DiskTables
{
    private static readonly (string State, Func<IdcReading, long?> Count, string Class)[] OtherStates =
    [
        ("broken", idc => idc.Broken, "bad"),
        ("repairing", idc => idc.Repairing, "warn"),
        ("dropping", idc => idc.Dropping, "calm"),
        ("read-only", idc => idc.Readonly, "calm"),
        ("repaired", idc => idc.Repaired, "calm"),
        ("dropped", idc => idc.Dropped, "calm"),
    ];

    private static readonly TableColumn[] NotNormalColumns =
    [
        new("Disk"),
        new("State"),
        new("Since"),
        new("Host"),
        new("Path"),
        new("IDC"),
        new("Rack"),
    ];

    public static Markup ByIdc(ClusterAnalysis analysis)
    {
        var types = ClusterFacts.NodeTypes(analysis.Leader?.Reading).ToList();
        return types.Count == 0
            ? Markup.From($"""<p class="none">Not known: no member answers as leader.</p>""")
            : Markup.Join(types.Where(IsInUse).Select(ByIdc));
    }

    /// <summary>Whether the cluster has such nodes; most clusters have no shardnodes.</summary>
    public static bool IsInUse((string Type, SpaceReading Space) node) =>
        node.Type == "blobnode" || node.Space is { Nodes: > 0 } or { Disks: > 0 } or { Total: > 0 };

    public static Markup NotNormal(ClusterSnapshot snapshot)
    {
        var disks = snapshot.Disks;
        if (snapshot.ToWallClock(disks.ReadAt) is not { } read)
        {
            return Markup.From($"""<p class="none" data-key="list">Which disks are not normal is not known.</p>""");
        }
        if (disks.Disks.IsEmpty)
        {
            return Markup.From(
                $"""
                <p class="none" data-key="list">No disk out of the ordinary when last read, {TimeText.Ago(read)}.</p>
                """
            );
        }
        var caption = disks.Truncated
            ? $"The first {HtmlText.Count(disks.Disks.Length)} disks that are not normal; there are more"
            : "Disks that are not normal";
        return Markup.From(
            $"""
            <div data-key="list">{Table.Render(
                caption,
                NotNormalColumns,
                disks.Disks.Select(record => Row(snapshot, record))
            )}<p class="none">Read {TimeText.Ago(read)}.</p></div>
            """
        );
    }

    private static TableRow Row(ClusterSnapshot snapshot, DiskRecord record)
    {
        var disk = record.Disk;
        var state = record.State == "readonly" ? "read-only" : record.State;
        return new TableRow(
            $"{disk.Id} {state}",
            HtmlText.Id(disk.Id),
            state == "broken" ? Markup.From($"""<span class="bad">{state}</span>""")
                : snapshot.Disks.Replaced.TryGetValue(disk.Id, out var replaced)
                    ? Markup.FromText(replaced ? $"{state}, replaced" : $"{state}, not replaced")
                : Markup.FromText(state),
            TimeText.Ago(snapshot.ToWallClock(record.Since)),
            HtmlText.OrUnknown(disk.Host),
            HtmlText.OrUnknown(disk.Path),
            HtmlText.OrUnknown(disk.Idc),
            HtmlText.OrUnknown(disk.Rack)
        );
    }

    private static Markup ByIdc((string Type, SpaceReading Space) node)
    {
        var (type, space) = node;
        if (space.Idcs.IsEmpty)
        {
            return Markup.From($"""<p class="none" data-key="{type}">No disk of a {type} is registered.</p>""");
        }
        string?[] counts =
        [
            space.Nodes is { } nodes ? HtmlText.Count(nodes, "node") : null,
            space.Disks is { } disks ? HtmlText.Count(disks, "disk") : null,
        ];
        var known = string.Join(", ", counts.Where(count => count is not null));
        var title = known.Length > 0 ? $"{type}s: {known}" : $"{type}s";
        return Markup.From(
            $"""
            <table class="idcs" data-key="{type}"><caption>{title}, by IDC</caption>
            <thead class="spoken"><tr><th scope="col">IDC</th><th scope="col">Disks</th></tr></thead>
            <tbody>{space.Idcs.Select(idc =>
                Markup.From(
                    $"""
                    <tr data-key="{idc.Idc}"><th scope="row">{idc.Idc}</th><td>{Bars(idc)}
                    <p class="legend">{RenderAsText(idc)}</p></td></tr>

                    """
                )
            )}</tbody></table>

            """
        );
    }

    private static Markup? Bars(IdcReading idc)
    {
        if (idc.Total is not ({ } total and > 0))
        {
            return null;
        }
        var html = new Markup();
        if (ClusterFacts.Usable(idc) is { } usable)
        {
            html.Add(Bar.Render("bar", (Share(usable), "data"), (Share(idc.Expired), "warn")));
        }
        else
        {
            html.Add(Bar.Render("bar", (Share(idc.Available), "data")));
        }
        foreach (var (_, count, className) in OtherStates)
        {
            if (count(idc) > 0)
            {
                html.Add(Bar.Render("bar thin", (Share(count(idc)), className)));
            }
        }
        return html;

        double Share(long? disks) => (double)(disks ?? 0) / total;
    }

    /// <summary>The same as text. Unknown values are shown, zeros are left out.</summary>
    private static Markup RenderAsText(IdcReading idc)
    {
        var usable = ClusterFacts.Usable(idc);
        List<Markup> parts =
        [
            Markup.From(
                $"""
                {Key("data")}<b>{HtmlText.Count(usable ?? idc.Available)}</b> {(
                    usable is null ? "available" : "usable"
                )} of {HtmlText.Count(idc.Total)}
                """
            ),
        ];
        foreach (
            var (state, count, className) in ((string, Func<IdcReading, long?>, string)[])
                [("expired", idc => idc.Expired, "warn"), .. OtherStates]
        )
        {
            if (count(idc) is null or > 0)
            {
                parts.Add(Markup.From($"{Key(className)}{HtmlText.Count(count(idc))} {state}"));
            }
        }
        if (idc is { ChunksFree: { } free, Chunks: { } chunks })
        {
            parts.Add(Markup.From($"{HtmlText.Count(free)} of {HtmlText.Count(chunks)} chunks free"));
        }
        return Markup.Join(
            parts.Select((part, i) => Markup.From($"<span>{part}{(i < parts.Count - 1 ? ", " : "")}</span>"))
        );
    }

    private static Markup Key(string className) =>
        Markup.From($"""<i class="key {className}" aria-hidden="true"></i>""");
}
