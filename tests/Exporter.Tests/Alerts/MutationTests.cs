using System.Collections.Concurrent;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>A fault in a rule does not go unseen: some incident then raises something else, or at another time.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    /// <summary>Faults that no incident can show, each with the reason. One that is caught after all must leave.</summary>
    private static readonly Dictionary<string, string> s_harmless = new(StringComparer.Ordinal)
    {
    };

    [Fact]
    public async Task EveryFaultInARuleIsSeen()
    {
        var mutants = Rules.Shipped.All.SelectMany(Mutant.Of).ToList();
        var unseen = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            mutants, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken },
            async (mutant, ct) =>
            {
                if (!await IsSeenAsync(mutant, ct)) unseen.Add(mutant.ToString());
            });
        output.WriteLine($"{mutants.Count} faults, {mutants.Count - unseen.Count} seen");

        Assert.True(mutants.Count > 300, "too few faults: they are no longer found in the rules");
        Assert.Equal([.. s_harmless.Keys.Order(StringComparer.Ordinal)], [.. unseen.Order(StringComparer.Ordinal)]);
    }

    /// <summary>Asks the incidents of the alert first, then the others of the same kind, the short ones first.</summary>
    private static async Task<bool> IsSeenAsync(Mutant mutant, CancellationToken ct)
    {
        var alerts = mutant.Original.IsAlert ? [mutant.Original] : Rules.Shipped.Dependants(mutant.Original).ToList();
        var names = alerts.Select(alert => alert.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var incident in Incidents.All
            .OrderBy(incident => incident.Raises.Any(names.Contains) ? 0 : names.Contains(incident.JustBelow ?? "") ? 1 : 2)
            .ThenBy(incident => incident.Length / incident.StepSeconds))
        {
            // Of a recording rule, the alerts that this incident is about.
            var about = alerts.Where(alert => mutant.Original.IsAlert || incident.Raises.Contains(alert.Name) || incident.JustBelow == alert.Name || incident.Raises is [] && incident.JustBelow is null).ToList();
            if (about.Count == 0) continue;
            var rules = Rules.Shipped.With(about);
            var expected = (await Matrix.TimelineAsync(incident)).Only(about.Select(alert => alert.Name).ToHashSet(StringComparer.Ordinal));
            var seen = await rules.Replaced(mutant.Original, mutant.Rule).PlayAsync(Matrix.Input(incident), ct);
            if (seen.ToString() != expected.ToString()) return true;
        }
        return false;
    }
}
