using System.CommandLine;
using Clustermgr.Formatting;
using ClustermgrExporter.Alerting;

namespace ClustermgrExporter.Commands;

/// <summary>rules: prints the shipped alerting rules, with the changes of a site.</summary>
internal static class RulesVerb
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(30);

    public static Command Create(VerbContext context)
    {
        var flags = new ShippedFlags(
            ["prometheus", "operator"],
            "A file of rules for Prometheus, or a PrometheusRule for its operator; prometheus unless given. "
                + "Example: --format=operator"
        );
        var runbooks = new Option<string>("--runbook-url")
        {
            HelpName = "URL",
            Description =
                "Of your runbooks, where each alert is a fragment (#clustermgrnoleader), or stands for {alert}; that of "
                + "the exporter's own unless given. Example: --runbook-url=https://wiki.example.com/clustermgr",
        };
        var dashboards = new Option<string>("--dashboard-url")
        {
            HelpName = "URL",
            Description =
                "Of Grafana, where the shipped dashboards are; the exporter's own page unless given. "
                + "Example: --dashboard-url=https://grafana.example.com",
        };
        var sets = new Option<string[]>("--set")
        {
            HelpName = "ALERT.KEY=VALUE",
            Description =
                "Change for, keep_firing_for, severity or a threshold of an alert; may be repeated. "
                + "Example: --set=DiskBroken.for=15m",
        };
        var drops = new Option<string[]>("--drop")
        {
            HelpName = "ALERT[,ALERT]",
            Description = "Leave alerts out; may be repeated. Example: --drop=TaskSwitchOff",
        };
        return new Verb(
            "rules",
            """
            Print the alerting rules that this program was tested with, with what your site changes.

            Without a flag it is the shipped file, byte for byte. What an exporter with alerting sends itself, and what
            the status page calls a finding, stays as shipped.

            Example: clustermgr-exporter rules --drop=TaskSwitchOff --severity=page=critical > clustermgr.rules.yaml

            """
                + "Thresholds: "
                + string.Join(
                    ", ",
                    RuleThresholds.All.Select(threshold => $"{threshold.Alert}.{threshold.Name} ({threshold.Bounds})")
                )
                + ".\n\nExit code: 0 printed, 2 a flag is invalid.",
            [.. flags.All, runbooks, dashboards, sets, drops],
            (parse, _) =>
            {
                var errors = new List<string>();
                var options = flags.Read(parse, errors);
                var text = Render(
                    options,
                    Url(parse, runbooks, errors),
                    Url(parse, dashboards, errors),
                    parse.GetValue(sets) ?? [],
                    parse.GetValue(drops) ?? [],
                    errors
                );
                var session = context.CreateSession();
                return Task.FromResult(ShippedOutput.Print(text, errors, session.Out, session.Error));
            }
        ).ToCommand();
    }

    /// <param name="runbooks">Null to keep the exporter's own.</param>
    /// <param name="dashboards">Null to keep the links of the rules.</param>
    /// <param name="sets">ALERT.KEY=VALUE.</param>
    /// <param name="errors">Receives all errors.</param>
    public static string Render(
        ShippedOptions options,
        string? runbooks,
        string? dashboards,
        IReadOnlyList<string> sets,
        IReadOnlyList<string> drops,
        List<string> errors
    )
    {
        var rules = RuleFile.Parse(DirectRules.ReadShippedText());
        // All severities are renamed first; a severity of --set is then stored under its new name.
        rules.Change(block =>
            options.Severities.TryGetValue(block.Severity, out var severity) ? block.WithSeverity(severity) : block
        );
        foreach (var set in sets)
        {
            Set(rules, set, options.Severities, errors);
        }
        foreach (
            var name in drops.SelectMany(drop =>
                drop.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
        )
        {
            if (FindAlert(rules, name, "--drop", errors) is { } alert)
            {
                rules.Drop(alert);
            }
        }
        if (runbooks is not null)
        {
            rules.Change(block => block.WithRunbook(runbooks));
        }
        if (dashboards is not null)
        {
            rules.Change(block => block.WithDashboards(dashboards));
        }
        if (options.Selector is { } selector)
        {
            rules.Change(block => block.WithSelector(selector));
        }
        var text = rules.ToString();
        return options.Kubernetes?.Rule(text) ?? text;
    }

    private static void Set(
        RuleFile rules,
        string set,
        IReadOnlyDictionary<string, string> severities,
        List<string> errors
    )
    {
        var equals = set.IndexOf('=', StringComparison.Ordinal);
        var dot = equals < 0 ? -1 : set.IndexOf('.', 0, equals);
        if (dot < 0)
        {
            errors.Add($"--set {Quoted.From(set)} is not an ALERT.KEY=VALUE; write DiskBroken.for=15m");
            return;
        }
        var name = set[..dot];
        var key = set[(dot + 1)..equals];
        var value = set[(equals + 1)..];
        if (FindAlert(rules, name, "--set", errors) is not { } alert)
        {
            return;
        }
        switch (key)
        {
            case "for" or "keep_firing_for":
                if (DurationText.ParseUnbounded(value) is { } duration && duration <= MaxDuration)
                {
                    rules.Change(alert, block => block.WithDuration(key, DurationText.Format(duration)));
                    return;
                }
                errors.Add($"--set {Quoted.From(set)}: it must be a duration from 0s to 30d; write {alert}.{key}=15m");
                return;
            case "severity":
                if (ShippedFlags.IsSeverity(value))
                {
                    // A shipped name is renamed here as everywhere else.
                    var severity = severities.GetValueOrDefault(value, value);
                    rules.Change(alert, block => block.WithSeverity(severity));
                    return;
                }
                errors.Add($"--set {Quoted.From(set)}: that is not a severity; write {alert}.severity=ticket");
                return;
        }
        var thresholds = RuleThresholds.All.Where(threshold => threshold.Alert == alert).ToList();
        if (thresholds.Find(one => one.Name == key) is not { } threshold)
        {
            string[] known = ["for", "keep_firing_for", "severity", .. thresholds.Select(one => one.Name)];
            errors.Add($"--set {Quoted.From(set)}: {alert} has no {Quoted.From(key)}{WordSuggestion.Hint(key, known)}");
            return;
        }
        if (threshold.Parse(value, out var error) is not { } number)
        {
            errors.Add($"--set {Quoted.From(set)}: {error}");
            return;
        }
        rules.Change(
            alert,
            block =>
                block.WithThreshold(threshold, number)
                ?? throw new InvalidOperationException($"{alert} has no {key} in its expression")
        );
    }

    private static string? FindAlert(RuleFile rules, string name, string flag, List<string> errors)
    {
        if (rules.Find(name) is { } alert)
        {
            return alert;
        }
        var nearest = WordSuggestion.Find(name, rules.Alerts);
        errors.Add(
            $"{flag}: there is no alert {Quoted.From(name)}"
                + (nearest is null ? "; clustermgr-exporter rules prints them all" : $"; did you mean {nearest}?")
        );
        return null;
    }

    private static string? Url(ParseResult parse, Option<string> option, List<string> errors)
    {
        if (parse.GetValue(option) is not { } text)
        {
            return null;
        }
        // It is inserted into a quoted string of YAML and into a template of Go.
        if (
            Uri.TryCreate(text.Replace("{alert}", "alert", StringComparison.Ordinal), UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && !text.Contains("{{", StringComparison.Ordinal)
            && text.All(letter => letter is > ' ' and < '\x7f' and not ('\'' or '"' or '\\'))
        )
        {
            return text;
        }
        errors.Add(
            $"{option.Name} {Quoted.From(text)} is not an http or https URL; write one such as https://grafana.example.com"
        );
        return null;
    }
}

/// <summary>Prints a whole file, or all errors.</summary>
internal static class ShippedOutput
{
    public static int Print(string text, IReadOnlyList<string> errors, TextWriter output, TextWriter error)
    {
        if (errors.Count == 0)
        {
            output.Write(text);
            return ExitCodes.Done;
        }
        foreach (var line in errors)
        {
            error.WriteLine(line);
        }
        return ExitCodes.Usage;
    }
}
