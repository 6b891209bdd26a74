using System.Collections.Immutable;

namespace ClustermgrExporter.Commands;

/// <summary>Completion for zsh, to be loaded after compinit or put into a folder of $fpath.</summary>
internal static class ZshScript
{
    public static string Generate(ImmutableArray<VerbText> verbs)
    {
        var flags = verbs.SelectMany(verb => verb.Flags).DistinctBy(flag => flag.Name).ToList();
        var valued = flags
            .Where(flag => flag.Value is not null)
            .SelectMany(flag => (string[])[flag.Name, .. flag.Aliases]);
        return $$"""
            #compdef clustermgr-exporter
            # zsh completion of clustermgr-exporter; load it with: source <(clustermgr-exporter completion zsh)
            _clustermgr_exporter() {
                local verb='' word before='' flag='' cur=${words[CURRENT]}
                local valued=' {{string.Join(' ', valued)}} '
                local -a verbs flags switches
                for word in "${(@)words[2,CURRENT-1]}"; do
                    if [[ -n $before ]]; then
                        before=''
                        continue
                    fi
                    [[ $valued == *" $word "* ]] && before=$word
                    case "$verb $word" in
                    ({{string.Join('|', verbs.Skip(1).Select(verb => Quote($" {verb.Path}")))}})
                        verb="$verb $word" ;;
                    esac
                done
                if [[ -n $before ]]; then
                    flag=$before
                elif [[ $cur == --*=* ]]; then
                    flag=${cur%%=*}
                    compset -P '*='
                fi
                if [[ -n $flag ]]; then
                    case $flag in
            {{Lines(
                flags.Where(flag => flag.Choices.Length > 0).Select(flag =>
                    $"({string.Join('|', [flag.Name, .. flag.Aliases])}) compadd -- {string.Join(' ', flag.Choices)} ;;"
                )
            )}}
                    ({{string.Join('|', flags.Where(flag => flag.HasDynamicValues).Select(flag => flag.Name))}})
                        compadd -- ${(f)"$("${words[1]}" completion values -- "$flag" "${(@)words[2,CURRENT-1]}" 2>/dev/null)"} ;;
                    ({{string.Join('|', flags.Where(flag => flag.IsFile).Select(flag => flag.Name))}}) _files ;;
                    esac
                    return
                fi
                case $verb in
            {{Lines(verbs.Select(Case))}}
                esac
                if [[ $cur != -* && ${#verbs} -gt 0 ]]; then
                    _describe verb verbs
                    return
                fi
                _describe flag flags -S '='
                _describe flag switches
            }
            if [[ $funcstack[1] == _clustermgr_exporter ]]; then
                _clustermgr_exporter "$@"
            else
                compdef _clustermgr_exporter clustermgr-exporter
            fi

            """;
    }

    private static string Case(VerbText verb) =>
        $"({Quote(verb.Path.Length == 0 ? "" : $" {verb.Path}")})"
        + $" verbs=({DescribeWords(verb.Verbs.Concat(verb.AllowedValues.Select(word => (word, ""))))})"
        + $" flags=({DescribeWords(Flags(verb, withValue: true))})"
        + $" switches=({DescribeWords(Flags(verb, withValue: false))}) ;;";

    private static IEnumerable<(string Name, string Summary)> Flags(VerbText verb, bool withValue) =>
        verb.Flags.Where(flag => flag.Value is not null == withValue).Select(flag => (flag.Name, flag.Summary));

    private static string DescribeWords(IEnumerable<(string Name, string Summary)> words) =>
        string.Join(
            ' ',
            words.Select(word => Quote(word.Summary.Length == 0 ? word.Name : $"{word.Name}:{word.Summary}"))
        );

    private static string Lines(IEnumerable<string> lines) =>
        string.Join('\n', lines.Select(line => $"        {line}"));

    private static string Quote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
