using System.Collections.Immutable;
using ClustermgrSimulator;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Something that happens to a cluster, and which alerts it must raise: those and no others.</summary>
/// <param name="Name">Also of the file that holds the exact times.</param>
/// <param name="Lasts">In minutes and seconds.</param>
/// <param name="Raises">Names of alerts, without their prefix; empty for what must stay silent.</param>
internal sealed record Incident(string Name, string Lasts, string[] Raises, Action<Story> Tell)
{
    /// <summary>Between two scrapes, and two evaluations.</summary>
    public double StepSeconds { get; init; } = 15;

    public double PollSeconds { get; init; } = 5;

    /// <summary>Members that the exporters are told of.</summary>
    public int Members { get; init; } = 3;

    /// <summary>What the operator configured of the switches.</summary>
    public ImmutableSortedDictionary<string, bool> Tasks { get; init; } = ImmutableSortedDictionary<string, bool>.Empty;

    public Func<SimulatorOptions, SimulatorOptions> Shape { get; init; } = Quick;

    /// <summary>What the same incident raises where each member has an exporter of its own; null for the
    /// same.</summary>
    public string[]? RaisesBesideMembers { get; init; }

    /// <summary>How the matrix watches it.</summary>
    public Watching Watching { get; init; }

    /// <summary>When the scrape lacks honor_labels, and the target has a cluster of its own; null for never.</summary>
    public Func<TimeSpan, bool>? LabelsClash { get; init; }

    /// <summary>What happens to a second cluster meanwhile, besides one that is well.</summary>
    public Incident? Also { get; init; }

    /// <summary>The alert whose limit it just does not reach; null where it is not about one.</summary>
    public string? JustBelow { get; init; }

    /// <summary>From one scan of the volumes to the next; zero for none.</summary>
    public TimeSpan VolumeScan { get; init; }

    /// <summary>A step stands for the several scrapes that would be made in it: that they are few says
    /// nothing.</summary>
    public bool Condensed => StepSeconds > 30 && !Raises.Contains("ScrapeTooSlow");

    public TimeSpan Length => Story.Time(Lasts);

    /// <summary>Figures of disks are computed every 10 s, not every 300 s: a story need not wait for them.</summary>
    public static SimulatorOptions Quick(SimulatorOptions options) =>
        options with
        {
            RefreshInterval = TimeSpan.FromSeconds(10),
        };

    public override string ToString() => Name;
}
