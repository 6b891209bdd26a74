using System.Collections.Immutable;
using System.CommandLine;
using Clustermgr.Admin;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Commands;

/// <summary>The flags of the verbs that change a cluster.</summary>
internal sealed class WriteFlags
{
    private readonly Option<bool> _yes = new("--yes")
    {
        Description = "Send it without asking; required without a terminal. Example: --yes",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Check everything, say what would be sent, and send nothing. Example: --dry-run",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Send what is refused, when the refusal says that this is possible. Example: --force",
    };

    private readonly Option<string> _wait = new("--wait")
    {
        HelpName = "DURATION",
        Description = "How long to look whether it took effect; 30s unless given. Example: --wait=1m",
    };

    private readonly Option<string> _output = OutputFlag.Create();

    public ClusterFlags Clusters { get; } = new();

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Option> All => [.. Clusters.All, _yes, _dryRun, _force, _wait, _output];

    /// <summary>Whether JSON is requested. JSON output disables the confirmation, so --yes or --dry-run is required
    /// with it.</summary>
    public bool Json(FlagValues values)
    {
        var json = _output.Json(values) is true;
        if (json && !(IsOnCommandLine(_yes, values) || values.Switch(_dryRun)?.Text == "true"))
        {
            values.Errors.Add($"{_output.Name}=json never asks; give {_yes.Name} or {_dryRun.Name} with it");
        }
        return json;
    }

    /// <summary>Returns null when there are errors.</summary>
    public WriteOptions? Read(FlagValues values)
    {
        var wait = TimeSpan.FromSeconds(30);
        if (values.Text(_wait) is { } given)
        {
            if (DurationText.Parse(given.Text, out var error) is { } parsed)
            {
                wait = parsed;
            }
            else
            {
                values.Errors.Add($"{given.Origin} {error}");
            }
        }
        var options = new WriteOptions(
            IsOnCommandLine(_yes, values),
            values.Switch(_dryRun)?.Text == "true",
            IsOnCommandLine(_force, values),
            wait
        );
        return values.Errors.Count > 0 ? null : options;
    }

    /// <summary>Reads a flag that counts only on the command line: a variable left in the environment is not
    /// consent.</summary>
    private static bool IsOnCommandLine(Option<bool> option, FlagValues values)
    {
        if (values.Switch(option) is not { } given)
        {
            return false;
        }
        if (!given.ByFlag)
        {
            values.Warnings.Add($"{given.Origin} is ignored: {option.Name} counts only on the command line");
        }
        return given is { ByFlag: true, Text: "true" };
    }
}

/// <summary>The flags of the verbs that show something of one cluster.</summary>
internal sealed class ReadFlags
{
    private readonly Option<string> _output = OutputFlag.Create();

    public ClusterFlags Clusters { get; } = new();

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Option> All => [.. Clusters.All, _output];

    /// <inheritdoc cref="OutputFlag.Json"/>
    public bool? Json(FlagValues values) => _output.Json(values);
}
