using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Web.Html;

/// <summary>The switches of the background tasks, who runs them, and the volumes.</summary>
internal static class TaskTables
{
    private static readonly TableColumn[] SwitchColumns =
    [
        new("Switch"),
        new("State"),
        new("Raw value"),
        new("Expected"),
        new("Read", IsNumeric: true),
    ];

    private static readonly TableColumn[] ServiceColumns =
    [
        new("Service"),
        new("Online"),
        new("Offline"),
        new("Hosts offline"),
    ];

    /// <summary>Only the exact value true enables; stored values are shown verbatim. Unknown switches share one
    /// line.</summary>
    public static Markup Switches(ClusterSnapshot snapshot)
    {
        var unknown = snapshot
            .Switches.Where(entry => TaskSwitches.GetState(entry.Key, entry.Reading) == SwitchState.Unknown)
            .ToList();
        var rest =
            unknown.Count == 0
                ? null
                : Markup.From(
                    $"""
                <p class="none" data-key="unknown">Not known, since no read of it was answered lately: {Markup.Join(
                    unknown.Select(entry => Markup.From($"<code>{entry.Key}</code>")),
                    ", "
                )}.</p>
                """
                );
        return unknown.Count == snapshot.Switches.Length
            ? rest ?? Markup.From($"""<p class="none">No switch was read.</p>""")
            : Markup.From(
                $"""
                {Table.Render(
                    "What the scheduler reads; only the exact value true enables",
                    SwitchColumns,
                    snapshot.Switches.Except(unknown).Select(entry => Switch(snapshot, entry))
                )}{rest}
                """
            );
    }

    /// <summary>A line for each service, its IDCs in it.</summary>
    public static Markup Services(ClusterSnapshot snapshot)
    {
        var services = snapshot.Services.Counts.GroupBy(count => count.Service).ToList();
        return services.Count == 0
            ? Markup.From($"""<p class="none" data-key="services">No service is known.</p>""")
            : Table.Render(
                "Registered services, by IDC",
                ServiceColumns,
                services.Select(service => Service(snapshot, service.Key, [.. service])),
                "narrow"
            );
    }

    public static Markup Volumes(VolumeReading? volumes)
    {
        if (volumes is null)
        {
            return Markup.From(
                $"""<p class="none" data-key="volumes">Volumes are not known: no member answers as leader.</p>"""
            );
        }
        (string Name, long? Count)[] figures =
        [
            ("registered", volumes.Total),
            ("allocatable", volumes.Allocatable),
            ("idle", volumes.Idle),
            ("active", volumes.Active),
            ("locked", volumes.Locked),
            ("unlocking", volumes.Unlocking),
        ];
        return Markup.From(
            $"""
            <dl class="figures" data-key="volumes">{figures.Select(figure =>
                Markup.From(
                    $"""
                    <div><dt>Volumes {figure.Name}</dt><dd class="num">{HtmlText.Count(figure.Count)}</dd></div>
                    """
                )
            )}</dl>
            """
        );
    }

    private static TableRow Switch(ClusterSnapshot snapshot, SwitchRecord entry)
    {
        var state = TaskSwitches.GetState(entry.Key, entry.Reading);
        var odd =
            state == SwitchState.Ineffective
            || (entry.Expected is { } wanted && wanted != (state == SwitchState.Enabled));
        return new TableRow(
            entry.Key,
            Markup.From($"<code>{entry.Key}</code>"),
            HtmlText.Highlight(odd, Markup.FromText(LabelNames.ToLabel(state))),
            entry.Reading?.Raw is { } raw ? Markup.From($"<code>{Quoted.From(raw, int.MaxValue)}</code>")
                : state == SwitchState.Unset ? HtmlText.Quiet("none")
                : null,
            entry.Expected is { } expected
                ? Markup.FromText(expected ? "enabled" : "disabled")
                : HtmlText.Quiet(entry.Key == TaskSwitches.Misspelled ? "nothing reads it" : "not configured"),
            TimeText.Ago(snapshot.ToWallClock(entry.ReadAt))
        )
        {
            // A phone shows the state alone.
            Class =
                !odd
                && (state == SwitchState.Enabled || (entry.Key, state) == (TaskSwitches.Misspelled, SwitchState.Unset))
                    ? "usual"
                    : "",
        };
    }

    private static TableRow Service(ClusterSnapshot snapshot, string service, List<ServiceCount> idcs)
    {
        var hosts = idcs.SelectMany(snapshot.Services.GetOfflineHosts)
            .Select(host => Markup.From($"<code>{host}</code>"));
        return new TableRow(
            service,
            Markup.FromText(service),
            idcs.Exists(idc => idc.Online > 0)
                ? RenderCountsByIdc(idcs, idc => idc.Online)
                : HtmlText.Highlight("none"),
            idcs.Exists(idc => idc.Offline > 0)
                ? HtmlText.Highlight(true, RenderCountsByIdc(idcs, idc => idc.Offline))
                : HtmlText.Quiet("none"),
            Markup.Join(hosts, ", ")
        );
    }

    private static Markup RenderCountsByIdc(List<ServiceCount> idcs, Func<ServiceCount, long> count) =>
        Markup.Join(
            idcs.Where(idc => count(idc) > 0)
                .Select(idc => Markup.From($"{idc.Idc} <b>{HtmlText.Count(count(idc))}</b>")),
            ", "
        );
}
