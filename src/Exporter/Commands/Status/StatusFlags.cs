using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Clustermgr.Analysis;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>How status shows what it finds.</summary>
/// <param name="Colour">Null to decide by the terminal.</param>
/// <param name="Watch">Time from one poll to the next; null for a single one.</param>
internal sealed record StatusOptions(bool Json, bool? Colour, Severity FailOn, TimeSpan? Watch)
{
    /// <summary>The exporter to ask for pending and firing alerts; null for none.</summary>
    public ExporterAddress? Exporter { get; init; }

    /// <summary>True to show all that is known of each of several clusters, not only what is wrong.</summary>
    public bool Wide { get; init; }

    /// <summary>True to scan all volumes too.</summary>
    public bool Volumes { get; init; }

    /// <summary>The hosts, disks and IDCs whose removal is simulated.</summary>
    public Removal SimulatedRemoval { get; init; } = Removal.Nothing;
}

/// <summary>The flags of status beside those that name clusters.</summary>
internal sealed class StatusFlags
{
    private static readonly TimeSpan DefaultWatchInterval = TimeSpan.FromSeconds(5);

    private readonly Option<string> _output = OutputFlag.Create();

    private readonly Option<string> _watch = new("--watch")
    {
        HelpName = "DURATION",
        Arity = ArgumentArity.ZeroOrOne,
        Description =
            "Ask again and again, every 5s unless a duration is given, and mark what changed. Example: --watch=10s",
    };

    private readonly Option<string> _failOn = new("--fail-on")
    {
        HelpName = "SEVERITY",
        Description =
            "The least severity that ends with 1: ticket or page; ticket unless given. Example: --fail-on=page",
        CompletionSources = { "page", "ticket" },
    };

    private readonly Option<string> _color = new("--color")
    {
        HelpName = "WHEN",
        Description =
            "auto, always or never; auto, which means on a terminal and without NO_COLOR, unless given. Example: "
            + "--color=never",
        CompletionSources = { "auto", "always", "never" },
    };

    private readonly Option<string> _exporter = new("--exporter")
    {
        HelpName = "URL",
        Description =
            "Show too what a running exporter with alerting: says fires and pends, with the time left; its URL with its "
            + $"route prefix, or unix:/path; nobody is asked unless given. "
            + $"Example: --exporter={ExporterAddress.DefaultUrl}",
    };

    private readonly Option<bool> _wide = new("--wide")
    {
        Description =
            "Of several clusters show all of each, as of one: members, disks, switches; only a line and what is wrong "
            + "unless given. Example: --wide",
    };

    private readonly Option<bool> _volumes = new("--volumes")
    {
        Description =
            "Scan all volumes too, and show how many units they may still lose. It takes up to a fifth of one member's "
            + "time. Example: --volumes",
    };

    private readonly Option<string[]> _withoutHost = new("--without-host")
    {
        HelpName = "HOST",
        Description =
            "Scan all volumes, and say which would lose data or stop writes without that blobnode; may be repeated. "
            + "Example: --without-host=10.1.0.1:8889",
    };

    private readonly Option<string[]> _withoutDisk = new("--without-disk")
    {
        HelpName = "ID",
        Description = "The same without that disk. Example: --without-disk=5",
    };

    private readonly Option<string[]> _withoutIdc = new("--without-idc")
    {
        HelpName = "IDC",
        Description = "The same without all registered blobnodes of that IDC. Example: --without-idc=z0",
    };

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Option> All =>
        [_output, _wide, _watch, _failOn, _exporter, _volumes, _withoutHost, _withoutDisk, _withoutIdc, _color];

    /// <param name="values">Receives a sentence for each invalid value; the result is then not usable.</param>
    public StatusOptions Read(FlagValues values) =>
        new(
            _output.Json(values) is true,
            OneOf(_color, values, "auto", "always", "never") switch
            {
                "always" => true,
                "never" => false,
                _ => null,
            },
            OneOf(_failOn, values, "ticket", "page") == "page" ? Severity.Page : Severity.Ticket,
            Watch(values)
        )
        {
            Exporter = Exporter(values),
            Wide = values.Switch(_wide)?.Text == "true",
            Volumes = values.Switch(_volumes)?.Text == "true",
            SimulatedRemoval = new(
                [.. values.Texts(_withoutHost).Select(given => given.Text)],
                [.. values.Texts(_withoutDisk).Select(given => Disk(given, values)).OfType<ulong>()],
                [.. values.Texts(_withoutIdc).Select(given => given.Text)]
            ),
        };

    private static ulong? Disk(FlagValue given, FlagValues values)
    {
        if (ulong.TryParse(given.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var disk))
        {
            return disk;
        }
        values.Errors.Add($"{given.Origin} is {Quoted.From(given.Text)}; write a disk's id, as 5");
        return null;
    }

    private ExporterAddress? Exporter(FlagValues values)
    {
        if (values.Text(_exporter) is not { } given)
        {
            return null;
        }
        var address = ExporterAddress.Parse(given.Text, out var error);
        if (address is null)
        {
            values.Errors.Add($"{given.Origin} {error}");
        }
        return address;
    }

    private TimeSpan? Watch(FlagValues values)
    {
        if (values.Text(_watch) is not { } given)
        {
            return null;
        }
        if (given.Text.Length == 0)
        {
            return DefaultWatchInterval;
        }
        var duration = DurationText.Parse(given.Text, out var error);
        if (duration is null)
        {
            values.Errors.Add($"{given.Origin} {error}");
        }
        return duration;
    }

    /// <summary>Reads one of some words; the first one unless given.</summary>
    private static string OneOf(Option<string> option, FlagValues values, params string[] words)
    {
        if (values.Text(option) is not { } given || words.Contains(given.Text))
        {
            return values.Text(option)?.Text ?? words[0];
        }
        values.Errors.Add(
            $"{given.Origin} is {Quoted.From(given.Text)}; write {string.Join(", ", words[..^1])} or {words[^1]}"
        );
        return words[0];
    }
}
