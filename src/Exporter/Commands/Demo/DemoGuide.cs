using System.Text;
using ClustermgrExporter.Configuration;
using ClustermgrSimulator;

namespace ClustermgrExporter.Commands;

/// <summary>What demo and simulate print at their start: where everything is, what will happen, what to try.</summary>
internal static class DemoGuide
{
    private const int MaxClusters = 10;
    private const string Healthy = "healthy";

    public static string Format(
        IReadOnlyList<(Scenario Scenario, SimulatorOptions Options)> scenarios,
        Simulation simulated,
        Uri url,
        ServerOptions server
    )
    {
        var text = new StringBuilder();
        var page = new Uri(url, $"{server.RoutePrefix}/");
        var metrics = new Uri(url, server.MetricsPath);
        text.AppendLine().AppendLine($"status page  {page}").AppendLine($"metrics      {metrics}").AppendLine();
        var told = scenarios.Zip(simulated.Addresses).ToList();
        foreach (var ((scenario, _), (name, members)) in told.Take(MaxClusters))
        {
            text.AppendLine($"{name}: {scenario.Name}, {scenario.Description}");
            text.AppendLine($"  members    {string.Join(' ', members)}");
            Story(text, scenario);
        }
        Rest(text, [.. told.Skip(MaxClusters).Select(entry => (entry.Second.Name, entry.First.Scenario.Name))]);
        var member = simulated.Addresses.First().Members[0];
        text.AppendLine()
            .AppendLine("try")
            .AppendLine($"  curl -s {metrics} | grep -v '^#' | grep -e _up -e has_leader");
        text.AppendLine($"  curl -s {member}stat");
        if (scenarios.All(story => story.Scenario.Name == Healthy))
        {
            text.AppendLine("  the same command with --scenario=leader-lost; --help lists the scenarios");
        }
        Console(text, scenarios.Count > 1 ? $"{simulated.Addresses.First().Name} " : "");
        return text.ToString();
    }

    public static string Format(Scenario scenario, Simulation simulated)
    {
        var text = new StringBuilder().AppendLine();
        var members = simulated.Addresses.Single().Members;
        text.AppendLine($"{scenario.Name}, {scenario.Description}")
            .AppendLine($"  members    {string.Join(' ', members)}");
        Story(text, scenario);
        text.AppendLine().AppendLine("try").AppendLine($"  curl -s {members[0]}stat");
        text.AppendLine(
            "  clustermgr-exporter "
                + string.Join(' ', members.Select(url => $"--clustermgr.url={url.GetLeftPart(UriPartial.Authority)}"))
        );
        Console(text, "");
        return text.ToString();
    }

    /// <summary>Summarizes the other clusters in one line, and names those with a scenario.</summary>
    private static void Rest(StringBuilder text, IReadOnlyList<(string Cluster, string Scenario)> rest)
    {
        if (rest.Count == 0)
        {
            return;
        }
        var eventful = rest.Where(entry => entry.Scenario != Healthy)
            .Select(entry => $"{entry.Cluster} {entry.Scenario}")
            .ToList();
        var healthy =
            eventful.Count == 0 ? ", all healthy"
            : eventful.Count < rest.Count ? ", the others healthy"
            : "";
        text.AppendLine(
            $"… and {rest.Count} more{(eventful.Count > 0 ? $": {string.Join(", ", eventful)}" : "")}{healthy}"
        );
    }

    private static void Story(StringBuilder text, Scenario scenario)
    {
        foreach (var line in scenario.Describe())
        {
            text.AppendLine($"  {line}");
        }
        text.AppendLine($"  look for   {scenario.LookFor}");
    }

    private static void Console(StringBuilder text, string cluster) =>
        text.AppendLine(
                $"  type here: {cluster}kill leader, {cluster}disk 5 broken, {cluster}switch balance Enable, "
                    + $"{cluster}fault 2 trickle, help"
            )
            .AppendLine("  Ctrl-C ends it")
            .AppendLine();
}
