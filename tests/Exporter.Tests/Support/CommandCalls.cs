using System.CommandLine;
using System.Text.RegularExpressions;
using ClustermgrExporter.Commands;

namespace ClustermgrExporter.Tests.Support;

/// <summary>Calls of the program in documents, held against the definitions that it parses by.</summary>
internal static partial class CommandCalls
{
    private static readonly RootCommand s_root = CommandLine.Create(
        new VerbContext(() => throw new InvalidOperationException("nothing is run here"))
    );

    /// <summary>The arguments of each call in a block, up to where a shell would end it.</summary>
    public static IEnumerable<string> In(string block) =>
        Call().Matches(block).Select(call => call.Groups[1].Value.Trim());

    /// <summary>"" or what the program would say.</summary>
    public static string Complaint(string arguments)
    {
        var parse = s_root.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var unread =
            parse.UnmatchedTokens.Count > 0 ? [.. parse.UnmatchedTokens] : parse.Errors.Select(error => error.Message);
        return parse.Errors.Count == 0 ? "" : $"clustermgr-exporter {arguments}: {string.Join("; ", unread)}";
    }

    [GeneratedRegex(@"(?<![\w/.-])clustermgr-exporter ([^\n|;&>#]*)")]
    private static partial Regex Call();
}
