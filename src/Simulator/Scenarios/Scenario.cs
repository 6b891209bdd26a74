using System.Globalization;

namespace ClustermgrSimulator;

/// <summary>One step of a scenario.</summary>
/// <param name="At">After the start of the simulation.</param>
/// <param name="Description">In words: "the leader is killed".</param>
public sealed record ScenarioStep(TimeSpan At, string Description, Action<SimulatedCluster> Apply)
{
    /// <summary>True when it undoes earlier steps.</summary>
    public bool IsRecovery { get; init; }

    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"at {At:m\\:ss} {Description}");
}

/// <summary>A sequence of events in a cluster, which is healthy at first so that a viewer sees the
/// difference.</summary>
public sealed record Scenario
{
    public required string Name { get; init; }

    /// <summary>One line.</summary>
    public required string Description { get; init; }

    /// <summary>What to look for in metrics and pages.</summary>
    public required string LookFor { get; init; }

    /// <summary>In order of time.</summary>
    public IReadOnlyList<ScenarioStep> Steps { get; init; } = [];

    /// <summary>The time after which the steps are repeated; null when the last state stays.</summary>
    public TimeSpan? RepeatEvery { get; init; }

    /// <summary>Minimum number of voters that it needs: no follower hangs in a cluster of one.</summary>
    public int MinVoters { get; init; } = 1;

    /// <summary>Changes the options of the cluster for this scenario.</summary>
    public Func<SimulatorOptions, SimulatorOptions> Configure { get; init; } = static options => options;

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [.. ScenarioCatalogue.CreateMemberScenarios(), .. ScenarioCatalogue.CreateContentScenarios()];

    /// <exception cref="ArgumentException">There is none of that name; the message names the nearest.</exception>
    public static Scenario Parse(string name)
    {
        if (All.FirstOrDefault(s => s.Name == name) is { } found)
        {
            return found;
        }
        var hint = NameSuggestion.Find(name, All.Select(s => s.Name)) is { } nearest
            ? $"did you mean {nearest}? There are"
            : "there are";
        throw new ArgumentException(
            $"there is no scenario \"{name}\"; {hint}: {string.Join(", ", All.Select(s => s.Name))}"
        );
    }

    /// <summary>The scenario without the steps that undo others, and without repetition.</summary>
    public Scenario WithoutRecovery =>
        this with
        {
            Steps = [.. Steps.Where(step => !step.IsRecovery)],
            RepeatEvery = null,
        };

    /// <summary>Undoes the effects of any scenario, as far as possible: dropped disks and added members stay.</summary>
    public static void Restore(SimulatedCluster cluster) => ScenarioCatalogue.RestoreAll(cluster);

    /// <summary>Describes each step in a line, and the repetition in another.</summary>
    public IEnumerable<string> Describe()
    {
        foreach (var step in Steps)
        {
            yield return step.Describe();
        }
        if (RepeatEvery is { } period)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"every {period:m\\:ss} it begins again");
        }
    }

    /// <summary>Starts the scenario; its times count from the start of the simulation.</summary>
    /// <param name="onStep">Called with each step as it happens; null for no callback.</param>
    public void Play(SimulatedCluster cluster, Action<ScenarioStep>? onStep = null) =>
        Play(cluster, TimeSpan.Zero, onStep);

    /// <summary>Starts the scenario now, in a cluster that has run for a while.</summary>
    public void PlayFromNow(SimulatedCluster cluster, Action<ScenarioStep>? onStep = null) =>
        Play(cluster, cluster.Age, onStep);

    private void Play(SimulatedCluster cluster, TimeSpan from, Action<ScenarioStep>? onStep)
    {
        foreach (var step in Steps)
        {
            cluster.Schedule(
                from + step.At,
                c =>
                {
                    step.Apply(c);
                    onStep?.Invoke(step);
                }
            );
        }
        if (RepeatEvery is { } period)
        {
            cluster.Schedule(from + period, c => Play(c, from + period, onStep));
        }
    }
}
