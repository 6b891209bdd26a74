using Clustermgr.Configuration;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>host:port without scheme, as clustermgr writes the addresses of its members.</summary>
internal static class HostPort
{
    /// <summary>Null with an error.</summary>
    public static string? Read(FlagValue? given, string flag, string example, List<string> errors)
    {
        if (given is null)
        {
            errors.Add($"{flag} is missing; write it as {flag}={example}");
            return null;
        }
        if (
            !given.Text.Contains("://", StringComparison.Ordinal)
            && MemberUrl.Parse($"http://{given.Text}", out _) is { } url
            && given.Text == url.Label
        )
        {
            return given.Text;
        }
        errors.Add(
            $"{given.Origin} {Quoted.From(given.Text)} is no host:port; write it without a scheme, as {example}"
        );
        return null;
    }
}
