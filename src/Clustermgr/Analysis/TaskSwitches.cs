using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>The effect of a switch's stored string.</summary>
public enum SwitchState
{
    /// <summary>Exactly "true".</summary>
    Enabled,

    /// <summary>"false", or the "Disable" of older documentation: off on purpose.</summary>
    Disabled,

    /// <summary>Any other value, such as "Enable": the server stores it, and the scheduler reads it as off.</summary>
    Ineffective,

    /// <summary>404: never set.</summary>
    Unset,

    /// <summary>Not read, or stale.</summary>
    Unknown,
}

/// <summary>The switches of the background tasks: the scheduler reads them every 15 s.</summary>
public static class TaskSwitches
{
    /// <summary>The key of the documentation up to v3.5.3 that nothing reads; volume_inspect is the real one.</summary>
    public const string Misspelled = "vol_inspect";

    /// <summary>Every key that is read, in display order.</summary>
    public static readonly ImmutableArray<string> Keys =
    [
        "disk_repair",
        "balance",
        "disk_drop",
        "blob_delete",
        "shard_repair",
        "volume_inspect",
        "data_inspect",
        "shard_disk_repair",
        "shard_node_blob_delete",
        Misspelled,
    ];

    /// <summary>The keys that at least one version reads.</summary>
    public static readonly ImmutableArray<string> Settable = Keys.Remove(Misspelled);

    /// <summary>Only the exact lower-case "true" enables. The misspelled key never does anything, whatever it holds.
    /// </summary>
    public static SwitchState GetState(string key, SwitchReading? reading) =>
        reading switch
        {
            null => SwitchState.Unknown,
            { Raw: null } => SwitchState.Unset,
            _ when key == Misspelled => SwitchState.Ineffective,
            { Raw: "true" } => SwitchState.Enabled,
            { Raw: "false" or "Disable" } => SwitchState.Disabled,
            _ => SwitchState.Ineffective,
        };

    /// <summary>A switch that the scheduler vouches for is read again after this time anyway: the scheduler may belong
    /// to another cluster, or may no longer read its switches.</summary>
    public static readonly TimeSpan RereadAfter = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether the scheduler runs a task whose switch was read as enabled. The scheduler reads the switch every 15 s,
    /// so it need not be read here as well. Not for a switch that is off: the scheduler does not distinguish unset,
    /// disabled and ineffective.
    /// </summary>
    public static bool IsConfirmedBy(SwitchRecord entry, SchedulerRecord scheduler) =>
        scheduler is { Outcome: Outcome.Ok, Reading: { } reading }
        && GetState(entry.Key, entry.Reading) == SwitchState.Enabled
        && reading.Task(entry.Key) is { Enabled: true };
}

/// <summary>/config/get of one key.</summary>
/// <param name="Raw">The stored string as it is; null when the key is unset (404).</param>
public sealed record SwitchReading(string? Raw);
