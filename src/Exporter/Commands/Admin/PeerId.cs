using System.CommandLine;
using System.Globalization;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>--peer: a node id.</summary>
internal static class PeerId
{
    public static Option<string> Option(string description) =>
        new("--peer") { HelpName = "ID", Description = description };

    /// <summary>0, which is no node's, with an error.</summary>
    public static ulong Read(FlagValue? given, List<string> errors)
    {
        if (
            given is not null
            && ulong.TryParse(given.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && id > 0
        )
        {
            return id;
        }
        errors.Add(
            given is null
                ? "--peer is missing; write the node id, as --peer=4"
                : $"{given.Origin} is {Quoted.From(given.Text)}; write a node id, a number from 1 on"
        );
        return 0;
    }
}
