using System.Collections.Immutable;
using System.Globalization;

namespace ClustermgrExporter.Commands;

/// <summary>A number in the expression of a shipped alert that a site may change.</summary>
/// <param name="Alert">Without the prefix that all share.</param>
/// <param name="Name">The key after the dot: --set=ALERT.NAME=VALUE.</param>
/// <param name="Before">The text before the number, which occurs once in the expression.</param>
/// <param name="After">The text after the number.</param>
/// <param name="Unit">For people: "share", "hours", …</param>
internal sealed record RuleThreshold(
    string Alert,
    string Name,
    string Before,
    string After,
    double Min,
    double Max,
    string Unit
)
{
    /// <summary>True when only whole numbers are allowed.</summary>
    public bool Whole { get; init; }

    /// <summary>"2 to 10 IDCs".</summary>
    public string Bounds => string.Create(CultureInfo.InvariantCulture, $"{Min} to {Max} {Unit}");

    /// <summary>Returns null with an error when it is not a number within the bounds.</summary>
    public string? Parse(string text, out string error)
    {
        error = "";
        if (
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value >= Min
            && value <= Max
            && (!Whole || value == Math.Floor(value))
        )
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }
        error = string.Create(
            CultureInfo.InvariantCulture,
            $"it must be a {(Whole ? "whole " : "")}number from {Bounds}"
        );
        return null;
    }
}

/// <summary>All thresholds. The numbers themselves are only in the rules; a test finds each of these there exactly
/// once.</summary>
internal static class RuleThresholds
{
    public static readonly ImmutableArray<RuleThreshold> All =
    [
        new(
            "LeaderFlapping",
            "share",
            "clustermgr_leader_answers:bool[10m]) > ",
            "\n",
            0.05,
            0.9,
            "share of ten minutes"
        ),
        new(
            "RepairHasNoTarget",
            "share",
            "cluster:clustermgr_chunks_free:ratio < ",
            "\n",
            0.001,
            0.5,
            "share of the chunks"
        ),
        new("BrokenInTwoIdcs", "idcs", ") >= ", "\n", 2, 10, "IDCs") { Whole = true },
        new("ExpiredSurge", "share", ">= ", "\n", 0.01, 1, "share of the disks of an IDC"),
        new(
            "WritableSpaceCritical",
            "share",
            "clustermgr_space_writable:ratio < ",
            "\n",
            0.001,
            0.5,
            "share of the space"
        ),
        new("WritableSpaceCritical", "days", "< ", " * 86400", 0.1, 30, "days until it is full"),
        new("RepairStalled", "seconds", "\n            ) > ", "\n", 60, 604_800, "seconds without a job done"),
        new(
            "RepairStalled",
            "hours",
            "\n            ) > ",
            " * 3600\n",
            0.5,
            168,
            "hours, if no scheduler reports jobs"
        ),
        new("DropStalled", "seconds", "\n            ) > ", "\n", 60, 604_800, "seconds without a job done"),
        new("DropStalled", "hours", "\n            ) > ", " * 3600\n", 0.5, 168, "hours, if no scheduler reports jobs"),
        new("WritableSpaceRunway", "days", "< ", " * 86400", 1, 365, "days until it is full"),
        new("WritableSpaceRunway", "share", "clustermgr_space_writable:ratio < ", "\n", 0.01, 1, "share of the space"),
        new(
            "IdcBottleneck",
            "share",
            "cluster_idc:clustermgr_chunks_free:ratio < ",
            "\n",
            0.001,
            0.5,
            "share of the chunks"
        ),
        new("PeerLagging", "entries", "[1m])) > ", "\n", 1, 1e9, "entries of the log") { Whole = true },
        new("LearnerStuck", "entries", "[1m])) > ", "\n", 1, 1e9, "entries of the log") { Whole = true },
        new("TermChurn", "elections", "[15m]) >= ", "\n", 2, 1000, "elections in 15 minutes") { Whole = true },
        new("StaleData", "seconds", "[1m])) > ", "\n", 60, 86400, "seconds"),
    ];
}
