using System.Collections.Immutable;
using System.CommandLine;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;
using ClustermgrSimulator;

namespace ClustermgrExporter.Commands;

/// <summary>The flags of simulated clusters: those of demo, and fewer for simulate.</summary>
internal sealed class SimulationFlags
{
    private const int MaxClusters = 1000;
    private const int MaxMembers = 9;

    private readonly Option<string[]> _scenario = new("--scenario") { HelpName = "NAME" };

    private readonly Option<string> _clusters = new("--clusters")
    {
        HelpName = "N",
        Description = "How many clusters; as many as scenarios unless given. Example: --clusters=3",
    };

    private readonly Option<string> _members = new("--members")
    {
        HelpName = "N",
        Description = "Members of each cluster; 3 unless given. Example: --members=5",
    };

    private readonly Option<string> _seed = new("--seed")
    {
        HelpName = "N",
        Description = "Same seed, same events; 1 unless given. Example: --seed=7",
    };

    public SimulationFlags(bool severalClusters)
    {
        _scenario.Description =
            $"What happens: {string.Join(", ", Scenario.All.Select(scenario => scenario.Name))}; healthy unless given. "
            + $"{(severalClusters ? "Given again it is the next cluster's. " : "")}Example: --scenario=leader-lost";
        _scenario.CompletionSources.Add([.. Scenario.All.Select(scenario => scenario.Name)]);
        All = severalClusters ? [_scenario, _clusters, _members, _seed] : [_scenario, _members, _seed];
    }

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Option> All { get; }

    /// <summary>A scenario and the options of each cluster, in their order.</summary>
    /// <param name="values">Receives an error for each invalid value; the result is then not usable.</param>
    public IReadOnlyList<(Scenario Scenario, SimulatorOptions Options)> Read(FlagValues values)
    {
        var errors = values.Errors;
        var given = values.Texts(_scenario);
        var scenarios = given.Select(name => ParseScenario(name, errors)).ToList();
        var clusters = Number(_clusters, Math.Max(1, scenarios.Count), 1, MaxClusters);
        var members = Number(_members, 3, 1, MaxMembers);
        var seed = Number(_seed, 1, 0, int.MaxValue);
        foreach (var (name, scenario) in given.Zip(scenarios))
        {
            if (scenario is not null && members < scenario.MinVoters)
            {
                errors.Add($"{name.Origin}={name.Text} needs {_members.Name}={scenario.MinVoters} or more");
            }
        }
        if (clusters < scenarios.Count)
        {
            errors.Add(
                $"--clusters={clusters} is fewer than the {scenarios.Count} scenarios; leave it out, or a scenario"
            );
        }
        return
        [
            .. Enumerable
                .Range(0, clusters)
                .Select(i =>
                {
                    var scenario = scenarios.ElementAtOrDefault(i) ?? Scenario.Parse("healthy");
                    return (scenario, CreateOptions(scenario, i + 1, members, seed + i));
                }),
        ];

        int Number(Option<string> option, int otherwise, int least, int most) =>
            values.Text(option) is { } given ? values.Number(given, least, most) ?? otherwise : otherwise;
    }

    /// <summary>Creates the options of a cluster for a demonstration.</summary>
    public static SimulatorOptions CreateOptions(Scenario scenario, int id = 1, int members = 3, int seed = 1) =>
        scenario.Configure(
            new SimulatorOptions
            {
                Seed = (ulong)seed,
                ClusterId = (uint)id,
                Members = members,
                RefreshInterval = TimeSpan.FromSeconds(10), // five minutes are too long for a demo
                Timings = new Timings { Latency = Delay.Between(0.001, 0.012) },
            }
        );

    private static Scenario? ParseScenario(FlagValue given, List<string> errors)
    {
        try
        {
            return Scenario.Parse(given.Text);
        }
        catch (ArgumentException e)
        {
            errors.Add($"{given.Origin}: {e.Message}");
            return null;
        }
    }
}
