using System.CommandLine;
using System.Globalization;
using Clustermgr.Configuration;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>host:port without scheme, as clustermgr writes the addresses of its members.</summary>
internal static class HostPort
{
    /// <summary>Returns null and adds an error when it is invalid.</summary>
    public static string? Read(FlagValue? given, string flag, string example, List<string> errors)
    {
        if (given is null)
        {
            errors.Add($"{flag} is missing; write it as {flag}={example}");
            return null;
        }
        if (
            !given.Text.Contains("://", StringComparison.Ordinal)
            && MemberUrl.ParseAddress($"http://{given.Text}", out _) is { } url
            && given.Text == url.Label
        )
        {
            return given.Text;
        }
        errors.Add(
            $"{given.Origin} {Quoted.From(given.Text)} is not a host:port; write it without a scheme, as {example}"
        );
        return null;
    }
}

/// <summary>--peer: a node id.</summary>
internal static class PeerId
{
    public static Option<string> Option(string description) =>
        new("--peer") { HelpName = "ID", Description = description };

    /// <summary>Returns 0, which is not a node id, and adds an error when it is invalid.</summary>
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
