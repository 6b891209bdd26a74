using System.Collections.Immutable;
using ClustermgrSimulator;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Something that happens to a cluster, and the alerts that it must raise: these and no others.</summary>
/// <param name="Name">Also the name of the file with the exact times.</param>
/// <param name="Lasts">Its length, for example "12:00" or "6:00:00".</param>
/// <param name="Raises">Names of alerts, without their prefix; empty if none may fire.</param>
internal sealed record AlertIncident(string Name, string Lasts, string[] Raises, Action<IncidentRun> Tell)
{
    /// <summary>Interval between scrapes, and between evaluations of the rules.</summary>
    public double StepSeconds { get; init; } = 15;

    public double PollSeconds { get; init; } = 5;

    /// <summary>Number of members in the exporters' configuration.</summary>
    public int Members { get; init; } = 3;

    /// <summary>The configured states of switches.</summary>
    public ImmutableSortedDictionary<string, bool> Tasks { get; init; } = ImmutableSortedDictionary<string, bool>.Empty;

    public Func<SimulatorOptions, SimulatorOptions> Shape { get; init; } = Quick;

    /// <summary>The alerts that it must raise when each member has its own exporter; null for the same ones.</summary>
    public string[]? RaisesBesideMembers { get; init; }

    /// <summary>The exporters that watch it in the matrix.</summary>
    public ExporterPlacement Watching { get; init; }

    /// <summary>The times when the scrape lacks honor_labels, and the target has its own cluster label; null for
    /// never.</summary>
    public Func<TimeSpan, bool>? LabelsClash { get; init; }

    /// <summary>What happens to a second cluster at the same time, in addition to the healthy one.</summary>
    public AlertIncident? Also { get; init; }

    /// <summary>The alert whose limit it stays just below; null for none.</summary>
    public string? JustBelow { get; init; }

    /// <summary>Interval between scans of the volumes; zero for none.</summary>
    public TimeSpan VolumeScan { get; init; }

    /// <summary>True if one step stands for several scrapes, so that their small number means nothing.</summary>
    public bool Condensed => StepSeconds > 30 && !Raises.Contains("ScrapeTooSlow");

    public TimeSpan Length => IncidentRun.Time(Lasts);

    /// <summary>Figures of disks are computed every 10 s instead of every 300 s, so that incidents need not wait for
    /// them.</summary>
    public static SimulatorOptions Quick(SimulatorOptions options) =>
        options with
        {
            RefreshInterval = TimeSpan.FromSeconds(10),
        };

    public override string ToString() => Name;
}
