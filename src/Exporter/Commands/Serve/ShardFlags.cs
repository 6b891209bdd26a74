using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>The flags that divide the clusters of one file among several exporters.</summary>
internal sealed partial class ShardFlags
{
    private const string Auto = "auto";

    private readonly Option<string> _shard = new("--shard")
    {
        HelpName = "N",
        Description =
            "Which of --total-shards this one is, from 0; or auto, for the number at the end of this machine's name, as a "
            + "StatefulSet's pods have it. Example: --shard=0",
    };

    private readonly Option<string> _total = new("--total-shards")
    {
        HelpName = "N",
        Description =
            "How many exporters share the clusters of the file out among themselves, by the clusters' names. "
            + "Example: --total-shards=3",
    };

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Option> All => [_shard, _total];

    /// <summary>Returns null when all clusters are polled here, and after adding an error.</summary>
    /// <param name="source">The source whose clusters are divided.</param>
    public Shard? Read(FlagValues values, ConfigSource? source, string machineName)
    {
        var shard = values.Text(_shard);
        var total = values.Text(_total);
        if (shard is null && total is null)
        {
            return null;
        }
        if (shard is null || total is null)
        {
            var given = shard ?? total;
            var missing = shard is null ? _shard.Name : _total.Name;
            values.Errors.Add($"{given!.Origin} is given without {missing}; give both, as --shard=0 --total-shards=3");
            return null;
        }
        if (source is { File: null })
        {
            values.Errors.Add(
                $"{shard.Origin} has no place beside --clustermgr.url: there is one cluster to share out"
            );
            return null;
        }
        var of = values.Number(total, 1, Shard.MaxCount);
        if (of is not { } shards)
        {
            return null;
        }
        if (shard.Text == Auto)
        {
            return Ordinal(machineName, shards, shard, values);
        }
        return values.Number(shard, 0, shards - 1, ", or auto") is { } index ? new Shard(index, shards) : null;
    }

    private static Shard? Ordinal(string machineName, int shards, FlagValue given, FlagValues values)
    {
        var digits = OrdinalPattern().Match(machineName).Groups[1].Value;
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < shards)
        {
            return new Shard(index, shards);
        }
        values.Errors.Add(
            $"{given.Origin} is auto, and this machine is called {Quoted.From(machineName)}: its name must end with -0 to "
                + $"-{shards - 1}; or write the number"
        );
        return null;
    }

    [GeneratedRegex(@"-([0-9]{1,4})\z")]
    private static partial Regex OrdinalPattern();
}
