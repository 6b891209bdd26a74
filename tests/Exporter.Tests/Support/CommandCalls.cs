using System.CommandLine;
using System.Text.RegularExpressions;
using ClustermgrExporter.Commands;

namespace ClustermgrExporter.Tests.Support;

/// <summary>Checks calls of the program in documents with the definitions by which it parses its command
/// line.</summary>
internal static partial class CommandCalls
{
    private static readonly RootCommand Root = CommandLine.Create(
        new VerbContext(() => throw new InvalidOperationException("nothing is run here"))
    );

    /// <summary>The arguments of each call in a block, up to where a shell would end the command.</summary>
    public static IEnumerable<string> In(string block) =>
        Call().Matches(block).Select(call => call.Groups[1].Value.Trim());

    /// <summary>The program's error message; "" if it accepts the arguments.</summary>
    public static string Complaint(string arguments)
    {
        var parse = Root.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var unread =
            parse.UnmatchedTokens.Count > 0 ? [.. parse.UnmatchedTokens] : parse.Errors.Select(error => error.Message);
        return parse.Errors.Count == 0 ? "" : $"clustermgr-exporter {arguments}: {string.Join("; ", unread)}";
    }

    [GeneratedRegex(@"(?<![\w/.-])clustermgr-exporter ([^\n|;&>#]*)")]
    private static partial Regex Call();
}
