using System.CommandLine;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Commands;

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
