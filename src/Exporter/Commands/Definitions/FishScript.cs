using System.Collections.Immutable;
using System.Text;

namespace ClustermgrExporter.Commands;

/// <summary>Completion for fish 3.</summary>
internal static class FishScript
{
    public static string Generate(ImmutableArray<VerbText> verbs)
    {
        var text = new StringBuilder(
            $$"""
            # fish completion of clustermgr-exporter; load it with: clustermgr-exporter completion fish | source
            function __clustermgr_exporter_verb
                set -l verb ''
                for word in (commandline -opc)[2..-1]
                    switch "$verb $word"
                        case {{string.Join(' ', verbs.Skip(1).Select(verb => Quote($" {verb.Path}")))}}
                            set verb "$verb $word"
                    end
                end
                echo "$verb"
            end
            function __clustermgr_exporter_values
                set -l typed (commandline -opc)
                $typed[1] completion values -- $argv[1] $typed[2..-1] 2>/dev/null
            end
            complete -c clustermgr-exporter -f

            """
        );
        foreach (var verb in verbs)
        {
            var path = verb.Path.Length == 0 ? "" : $" {verb.Path}";
            var at = $"complete -c clustermgr-exporter -n {Quote($"test (__clustermgr_exporter_verb) = \"{path}\"")}";
            foreach (var (name, summary) in verb.Verbs)
            {
                text.Append($"{at} -a {name} -d {Quote(summary)}\n");
            }
            if (verb.AllowedValues.Length > 0)
            {
                text.Append($"{at} -a {Quote(string.Join(' ', verb.AllowedValues))}\n");
            }
            foreach (var flag in verb.Flags)
            {
                text.Append($"{at} {Names(flag)}{Takes(flag)} -d {Quote(flag.Summary)}\n");
            }
        }
        return text.ToString();
    }

    private static string Names(Flag flag) =>
        string.Join(
            ' ',
            [
                $"-l {flag.Name.TrimStart('-')}",
                .. flag
                    .Aliases.Where(alias => alias.Length == 2 && char.IsAsciiLetter(alias[1]))
                    .Select(alias => $"-s {alias[1]}"),
            ]
        );

    private static string Takes(Flag flag) =>
        flag.Value is null ? ""
        : flag.IsFile ? " -r -F"
        : flag.HasDynamicValues ? $" -x -a '(__clustermgr_exporter_values {flag.Name})'"
        : flag.Choices.Length > 0 ? $" -x -a {Quote(string.Join(' ', flag.Choices))}"
        : " -x";

    private static string Quote(string text) =>
        $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";
}
