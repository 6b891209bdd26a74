using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>The flags of one command line and of the environment: a flag wins, and an empty variable counts as unset,
/// since compose files leave them empty.</summary>
internal sealed class FlagValues(ParseResult parse, IReadOnlyDictionary<string, string> environment)
{
    public List<string> Errors { get; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>Whether the flag is on the command line itself.</summary>
    public bool IsGiven(Option option) => parse.GetResult(option) is { Implicit: false };

    public FlagValue? Text(Option<string> option)
    {
        if (IsGiven(option))
        {
            return new(parse.GetValue(option) ?? "", option.Name, ByFlag: true);
        }
        var variable = EnvironmentNames.GetName(option);
        return environment.TryGetValue(variable, out var value) && value.Length > 0
            ? new(value, variable, false)
            : null;
    }

    /// <summary>The values of a repeatable flag; a variable holds several values with commas between them.</summary>
    public ImmutableArray<FlagValue> Texts(Option<string[]> option)
    {
        if (IsGiven(option))
        {
            return [.. (parse.GetValue(option) ?? []).Select(text => new FlagValue(text, option.Name, true))];
        }
        var variable = EnvironmentNames.GetName(option);
        return environment.TryGetValue(variable, out var values) && values.Length > 0
            ?
            [
                .. values
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(text => new FlagValue(text, variable, false)),
            ]
            : [];
    }

    public FlagValue? Switch(Option<bool> option)
    {
        if (IsGiven(option))
        {
            return new(parse.GetValue(option) ? "true" : "false", option.Name, true);
        }
        var variable = EnvironmentNames.GetName(option);
        if (!environment.TryGetValue(variable, out var value) || value.Length == 0)
        {
            return null;
        }
        if (value is not ("true" or "false"))
        {
            Errors.Add($"{variable} is {Quoted.From(value)}; set it to true or false");
            return null;
        }
        return new(value, variable, false);
    }

    /// <summary>Parses a whole number; returns null and adds an error when it is invalid or out of range.</summary>
    /// <param name="otherwise">Other values that are allowed, for the message, such as ", or auto".</param>
    public int? Number(FlagValue given, int min, int max, string otherwise = "")
    {
        if (
            int.TryParse(given.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
        )
        {
            return number;
        }
        Errors.Add($"{given.Origin} is {Quoted.From(given.Text)}; write a number from {min} to {max}{otherwise}");
        return null;
    }
}

/// <summary>-o: the output format, for people or for programs.</summary>
internal static class OutputFlag
{
    public static Option<string> Create() =>
        new("--output", "-o")
        {
            HelpName = "FORMAT",
            Description = "table or json; table unless given. Example: --output=json",
            CompletionSources = { "table", "json" },
        };

    /// <summary>Whether JSON is requested; null, after adding an error, for an unknown format.</summary>
    public static bool? Json(this Option<string> flag, FlagValues values)
    {
        var given = values.Text(flag);
        if (given?.Text is null or "table" or "json")
        {
            return given?.Text == "json";
        }
        values.Errors.Add($"{given.Origin} is {Quoted.From(given.Text)}; write table or json");
        return null;
    }
}
