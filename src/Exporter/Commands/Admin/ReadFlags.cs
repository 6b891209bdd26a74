using System.CommandLine;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Commands;

/// <summary>The flags of the verbs that show something of one cluster.</summary>
internal sealed class ReadFlags
{
    private readonly Option<string> _output = new("--output", "-o")
    {
        HelpName = "FORMAT",
        Description = "table or json; table unless given. Example: --output=json",
        CompletionSources = { "table", "json" },
    };

    public ClusterFlags Clusters { get; } = new();

    public void AddTo(Command command)
    {
        Clusters.AddTo(command);
        command.Add(_output);
    }

    /// <summary>Whether JSON is wanted; null with an error.</summary>
    public bool? Json(FlagValues values)
    {
        var given = values.Text(_output);
        if (given?.Text is null or "table" or "json")
        {
            return given?.Text == "json";
        }
        values.Errors.Add($"{given.Origin} is {Quoted.From(given.Text)}; write table or json");
        return null;
    }
}
