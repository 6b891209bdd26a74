using System.Collections.Immutable;
using System.CommandLine;
using System.Text.RegularExpressions;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;
using ClustermgrSimulator;

namespace ClustermgrExporter.Commands;

/// <summary>The options of a rehearsal.</summary>
/// <param name="Alertmanager">Null when a Prometheus scrapes the exporter.</param>
/// <param name="Duration">Null to run until every page has fired.</param>
/// <param name="Force">True to run even if it could be mistaken for the real cluster.</param>
internal sealed record RehearsalPlan(
    Scenario Scenario,
    string Cluster,
    Uri? Alertmanager,
    TimeSpan? Duration,
    bool Force
);

/// <summary>The flags of rehearse beside those of the server.</summary>
internal sealed partial class RehearseFlags
{
    private readonly Argument<string> _scenario = new("SCENARIO")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = $"What happens: {Names}",
        CompletionSources = { Names.Split(", ") },
    };

    private readonly Option<string> _cluster = new("--cluster")
    {
        HelpName = "NAME",
        Description =
            "The name under which it happens; with the word rehearsal in it, unless it is sent to Alertmanager. "
            + "Example: --cluster=prod-z0-rehearsal",
    };

    private readonly Option<string> _alertmanager = new("--alertmanager.url")
    {
        HelpName = "URL",
        Description =
            "Send the alerts there, instead of serving metrics to a Prometheus. Example: "
            + "--alertmanager.url=http://127.0.0.1:9093",
    };

    private readonly Option<string> _duration = new("--duration")
    {
        HelpName = "DURATION",
        Description = "When it is over; once every page has come unless given. Example: --duration=10m",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Even where it could be taken for the real cluster of that name. Example: --force",
    };

    private static string Names => string.Join(", ", Scenario.All.Select(scenario => scenario.Name));

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Symbol> All => [_scenario, _cluster, _alertmanager, _duration, _force];

    /// <summary>Returns null and adds errors when a value is invalid.</summary>
    public RehearsalPlan? Read(ParseResult parse, FlagValues values)
    {
        var scenario = ParseScenario(parse.GetValue(_scenario), values.Errors);
        var alertmanager = Alertmanager(values);
        var force = values.Switch(_force)?.Text == "true";
        var cluster = values.Text(_cluster);
        if (cluster is null)
        {
            values.Errors.Add(
                "no cluster is named; choose the name under which it happens, as --cluster=prod-z0-rehearsal"
            );
        }
        else if (ClusterReader.ValidateName(cluster.Text) is { Length: > 0 } objection)
        {
            values.Errors.Add($"{cluster.Origin} {objection}");
        }
        // A Prometheus merges series of the same cluster name: half of a real cluster's members would seem dead, or its
        // own page would be lost.
        else if (alertmanager is null && !force && values.Text(_alertmanager) is null && !IsRehearsal(cluster.Text))
        {
            values.Errors.Add(
                $"{cluster.Origin} {Quoted.From(cluster.Text)} may be a real cluster's name, whose metrics a "
                    + $"Prometheus would mix with the simulated ones; "
                    + $"choose one with the word rehearsal, as {Quoted.From($"{cluster.Text}-rehearsal")}, or --force "
                    + $"it where no real one is scraped"
            );
        }
        var duration = values.Text(_duration);
        var lasts = duration is null
            ? null
            : DurationText.Parse(duration.Text, out var error) switch
            {
                { } good => (TimeSpan?)good,
                null => AddError(values, $"{duration.Origin} {error}"),
            };
        return values.Errors.Count > 0 ? null : new RehearsalPlan(scenario!, cluster!.Text, alertmanager, lasts, force);
    }

    /// <summary>Whether a name marks a rehearsal; alerts/prometheus.example.yaml uses the same pattern for its
    /// label.</summary>
    public static bool IsRehearsal(string cluster) => Word().IsMatch(cluster);

    private static TimeSpan? AddError(FlagValues values, string error)
    {
        values.Errors.Add(error);
        return null;
    }

    private static Scenario? ParseScenario(string? name, List<string> errors)
    {
        if (string.IsNullOrEmpty(name))
        {
            errors.Add($"no scenario is named; there are: {Names}");
            return null;
        }
        try
        {
            return Scenario.Parse(name);
        }
        catch (ArgumentException e)
        {
            errors.Add(e.Message);
            return null;
        }
    }

    private Uri? Alertmanager(FlagValues values)
    {
        if (values.Text(_alertmanager) is not { } given)
        {
            return null;
        }
        if (
            Uri.TryCreate(given.Text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url is { UserInfo: "", Query: "", Fragment: "" }
        )
        {
            return url;
        }
        // A text that may contain a password is not repeated.
        values.Errors.Add(
            $"{given.Origin} is not a URL that can be asked; write scheme, host and port, as http://127.0.0.1:9093"
        );
        return null;
    }

    [GeneratedRegex("^(.*[^a-zA-Z0-9])?rehearsal([^a-zA-Z0-9].*)?$")]
    private static partial Regex Word();
}
