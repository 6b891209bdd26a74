using System.Globalization;

namespace ClustermgrSimulator;

/// <summary>One thing that is done to a cluster.</summary>
/// <param name="At">After the start of the simulation.</param>
/// <param name="What">In words: "the leader is killed".</param>
public sealed record ScenarioStep(TimeSpan At, string What, Action<SimulatedCluster> Act)
{
    /// <summary>It ends what the steps before it began.</summary>
    public bool Mends { get; init; }

    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"at {At:m\\:ss} {What}");
}

/// <summary>A story that a cluster goes through: healthy at first, so that a viewer sees the difference.</summary>
public sealed record Scenario
{
    public required string Name { get; init; }

    /// <summary>One line.</summary>
    public required string Description { get; init; }

    /// <summary>What to look for in metrics and pages.</summary>
    public required string LookFor { get; init; }

    /// <summary>In order of time.</summary>
    public IReadOnlyList<ScenarioStep> Steps { get; init; } = [];

    /// <summary>After which the steps begin again; null where the last state stays.</summary>
    public TimeSpan? RepeatEvery { get; init; }

    /// <summary>Voters without which it cannot happen: no follower hangs in a cluster of one.</summary>
    public int LeastMembers { get; init; } = 1;

    /// <summary>What the cluster must be made with.</summary>
    public Func<SimulatorOptions, SimulatorOptions> Shape { get; init; } = static options => options;

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [.. ScenarioCatalogue.OfMembers(), .. ScenarioCatalogue.OfContent()];

    /// <exception cref="ArgumentException">There is none of that name; the message names the nearest.</exception>
    public static Scenario Named(string name)
    {
        if (All.FirstOrDefault(s => s.Name == name) is { } found)
        {
            return found;
        }
        var hint = NearestName.Find(name, All.Select(s => s.Name)) is { } nearest
            ? $"did you mean {nearest}? There are"
            : "there are";
        throw new ArgumentException(
            $"there is no scenario \"{name}\"; {hint}: {string.Join(", ", All.Select(s => s.Name))}"
        );
    }

    /// <summary>The same, but that it stays as broken as it can be, once.</summary>
    public Scenario Unmended => this with { Steps = [.. Steps.Where(step => !step.Mends)], RepeatEvery = null };

    /// <summary>Undoes what any story did to a cluster, as far as it can be undone: what was dropped or added stays
    /// so.</summary>
    public static void Mend(SimulatedCluster cluster) => ScenarioCatalogue.MendAll(cluster);

    /// <summary>A line for each step, and one for what follows: for people to read while it runs.</summary>
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

    /// <summary>Begins the story; its times count from the start of the simulation.</summary>
    /// <param name="told">Called with each step as it happens; null where nobody listens.</param>
    public void Play(SimulatedCluster cluster, Action<ScenarioStep>? told = null) => Play(cluster, TimeSpan.Zero, told);

    /// <summary>Begins the story now, in a cluster that has run for a while.</summary>
    public void PlayFromNow(SimulatedCluster cluster, Action<ScenarioStep>? told = null) =>
        Play(cluster, cluster.Age, told);

    private void Play(SimulatedCluster cluster, TimeSpan from, Action<ScenarioStep>? told)
    {
        foreach (var step in Steps)
        {
            cluster.At(
                from + step.At,
                c =>
                {
                    step.Act(c);
                    told?.Invoke(step);
                }
            );
        }
        if (RepeatEvery is { } period)
        {
            cluster.At(from + period, c => Play(c, from + period, told));
        }
    }
}
