using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>What a switch does, from its stored string.</summary>
public enum SwitchState
{
    /// <summary>Exactly "true".</summary>
    Enabled,

    /// <summary>"false", or the "Disable" of older documentation: off, and meant to be.</summary>
    Disabled,

    /// <summary>Any other value: stored gladly, read as off. "Enable" above all.</summary>
    Ineffective,

    /// <summary>404: never set.</summary>
    Unset,

    /// <summary>Not read, or not lately.</summary>
    Unknown,
}

/// <summary>The switches of the background tasks: the scheduler reads them every 15 s.</summary>
public static class TaskSwitches
{
    /// <summary>The key of the documentation up to v3.5.3 that nothing reads; volume_inspect is the real one.</summary>
    public const string Misspelled = "vol_inspect";

    /// <summary>Every key that is asked for, in the order in which they are shown.</summary>
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

    /// <summary>Those that some version reads.</summary>
    public static readonly ImmutableArray<string> Settable = Keys.Remove(Misspelled);

    /// <summary>Only the exact lower-case "true" enables. The misspelled key never does anything, whatever it holds.
    /// </summary>
    public static SwitchState StateOf(string key, SwitchReading? reading) =>
        reading switch
        {
            null => SwitchState.Unknown,
            { Raw: null } => SwitchState.Unset,
            _ when key == Misspelled => SwitchState.Ineffective,
            { Raw: "true" } => SwitchState.Enabled,
            { Raw: "false" or "Disable" } => SwitchState.Disabled,
            _ => SwitchState.Ineffective,
        };

    /// <summary>What the scheduler vouches for is read again after it all the same: the scheduler may be another
    /// cluster's, or no longer hear.</summary>
    public static readonly TimeSpan RereadAfter = TimeSpan.FromMinutes(5);

    /// <summary>Whether the scheduler runs a task whose switch was read as enabled: it reads the switch every 15 s, so
    /// that nobody else need. Of a switch that is off it says less than there is to know: unset, disabled and
    /// ineffective are one to it.</summary>
    public static bool IsVouchedFor(SwitchRecord entry, SchedulerRecord scheduler) =>
        scheduler is { Outcome: Outcome.Ok, Reading: { } reading }
        && StateOf(entry.Key, entry.Reading) == SwitchState.Enabled
        && reading.Task(entry.Key) is { Enabled: true };
}
