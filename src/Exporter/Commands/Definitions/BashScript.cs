using System.Collections.Immutable;

namespace ClustermgrExporter.Commands;

/// <summary>Completion for bash 4 and later, without its bash-completion package.</summary>
internal static class BashScript
{
    public static string Generate(ImmutableArray<VerbText> verbs)
    {
        var flags = verbs.SelectMany(verb => verb.Flags).DistinctBy(flag => flag.Name).ToList();
        var valued = flags
            .Where(flag => flag.Value is not null)
            .SelectMany(flag => (string[])[flag.Name, .. flag.Aliases]);
        var chosen = flags.Where(flag => flag.Choices.Length > 0);
        // The words before the cursor are read from the line itself: bash splits them at = and : as COMP_WORDBREAKS
        // says.
        return $$"""
            # bash completion of clustermgr-exporter; load it with: source <(clustermgr-exporter completion bash)
            _clustermgr_exporter() {
                local line=${COMP_LINE:0:COMP_POINT} valued=' {{string.Join(' ', valued)}} '
                local verb='' word before='' flag='' cur='' offered='' prefix=''
                local -a words
                read -ra words <<<"$line"
                if [[ $line != *[[:space:]] ]]; then
                    cur=${words[-1]}
                    unset 'words[-1]'
                fi
                words=("${words[@]/#\~\//$HOME/}")
                words=("${words[@]/=\~\//=$HOME/}")
                for word in "${words[@]:1}"; do
                    if [[ -n $before ]]; then
                        before=''
                        continue
                    fi
                    [[ $valued == *" $word "* ]] && before=$word
                    case "$verb $word" in
                    {{string.Join('|', verbs.Skip(1).Select(verb => $"' {verb.Path}'"))}})
                        verb="$verb $word" ;;
                    esac
                done
                if [[ -n $before ]]; then
                    flag=$before
                elif [[ $cur == --*=* ]]; then
                    flag=${cur%%=*}
                    cur=${cur#*=}
                    [[ $COMP_WORDBREAKS == *=* ]] || prefix=$flag=
                fi
                COMPREPLY=()
                if [[ -n $flag ]]; then
                    case $flag in
            {{Cases(
                chosen.Select(flag =>
                    (string.Join('|', [flag.Name, .. flag.Aliases]), $"offered='{string.Join(' ', flag.Choices)}'")
                )
            )}}
                    {{string.Join('|', flags.Where(flag => flag.HasDynamicValues).Select(flag => flag.Name))}})
                        offered=$("${words[0]}" completion values -- "$flag" "${words[@]:1}" 2>/dev/null) ;;
                    {{string.Join('|', flags.Where(flag => flag.IsFile).Select(flag => flag.Name))}})
                        compopt -o filenames 2>/dev/null
                        mapfile -t COMPREPLY < <(compgen -P "$prefix" -f -- "$cur")
                        return ;;
                    esac
                    mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$offered" -- "$cur")
                    # Where bash breaks words at a colon it wants what stands behind the last one.
                    if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
                        COMPREPLY=("${COMPREPLY[@]#"$prefix${cur%"${cur##*:}"}"}")
                    fi
                    return
                fi
                case $verb in
            {{Cases(
                verbs.Where(verb => Words(verb).Any()).Select(verb =>
                    (Quote(verb), $"[[ $cur == -* ]] || offered='{string.Join(' ', Words(verb))}'")
                )
            )}}
                esac
                if [[ -z $offered ]]; then
                    case $verb in
            {{Cases(verbs.Select(verb => (Quote(verb), $"offered='{string.Join(' ', verb.Flags.Select(Word))}'")))}}
                    esac
                fi
                mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$cur")
                [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
                return 0
            }
            complete -F _clustermgr_exporter clustermgr-exporter

            """;
    }

    private static string Cases(IEnumerable<(string Pattern, string Act)> cases) =>
        string.Join('\n', cases.Select(one => $"        {one.Pattern}) {one.Act} ;;"));

    private static string Quote(VerbText verb) => verb.Path.Length == 0 ? "''" : $"' {verb.Path}'";

    private static IEnumerable<string> Words(VerbText verb) =>
        verb.Verbs.Select(one => one.Name).Concat(verb.AllowedValues);

    private static string Word(Flag flag) => flag.Value is null ? flag.Name : $"{flag.Name}=";
}
