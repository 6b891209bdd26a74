using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <param name="Raw">The stored value, verbatim; null if it is unset or was not read.</param>
internal sealed record SwitchDocument(string Key, string State, string? Raw, bool? Expected, string? ReadAt)
{
    public static SwitchDocument Create(ClusterSnapshot snapshot, SwitchRecord entry) =>
        new(
            entry.Key,
            LabelNames.ToLabel(TaskSwitches.GetState(entry.Key, entry.Reading)),
            entry.Reading?.Raw,
            entry.Expected,
            JsonText.FormatTime(snapshot.ToWallClock(entry.ReadAt))
        );
}

internal sealed record ServiceDocument(
    string Service,
    string Idc,
    long Online,
    long Offline,
    ImmutableArray<string> OfflineHosts
)
{
    public static ServiceDocument Create(ClusterSnapshot snapshot, ServiceCount count) =>
        new(count.Service, count.Idc, count.Online, count.Offline, [.. snapshot.Services.GetOfflineHosts(count)]);
}
