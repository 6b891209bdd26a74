using System.Collections.Immutable;

namespace ClustermgrExporter.Commands;

/// <summary>Completion for PowerShell 7.</summary>
internal static class PowerShellScript
{
    public static string Generate(ImmutableArray<VerbText> verbs)
    {
        var flags = verbs.SelectMany(verb => verb.Flags).DistinctBy(flag => flag.Name).ToList();
        var valued = flags
            .Where(flag => flag.Value is not null)
            .SelectMany(flag => (string[])[flag.Name, .. flag.Aliases]);
        return $$"""
            # PowerShell completion of clustermgr-exporter; load it with:
            #   clustermgr-exporter completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName clustermgr-exporter -ScriptBlock {
                param($cur, $ast, $cursor)
                $words = @{
            {{Lines(verbs.Select(verb => $"{Quote(verb.Path)} = {Words(verb)}"))}}
                }
                $flags = @{
            {{Lines(verbs.Select(verb => $"{Quote(verb.Path)} = {Flags(verb)}"))}}
                }
                $choices = @{
            {{Lines(
                flags
                    .Where(flag => flag.Choices.Length > 0)
                    .SelectMany(flag =>
                        ((string[])[flag.Name, .. flag.Aliases]).Select(name => $"{Quote(name)} = {List(flag.Choices)}")
                    )
            )}}
                }
                $valued = {{List(valued)}}
                $asked = {{List(flags.Where(flag => flag.HasDynamicValues).Select(flag => flag.Name))}}
                $typed = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { $_.Extent.Text })
                $program = $typed[0]
                $typed = @($typed | Select-Object -Skip 1)
                $verb = ''
                $before = ''
                foreach ($word in $typed) {
                    if ($before) { $before = ''; continue }
                    if ($valued -ccontains $word) { $before = $word }
                    $longer = "$verb $word".Trim()
                    if ($words.ContainsKey($longer)) { $verb = $longer }
                }
                $flag = $before
                $prefix = ''
                if (-not $flag -and $cur -cmatch '^(--[^=]+)=(.*)$') {
                    $flag = $Matches[1]
                    $prefix = "$flag="
                    $cur = $Matches[2]
                }
                if ($flag) {
                    if ($asked -ccontains $flag) { $offered = & $program completion values '--' $flag @typed 2>$null }
                    else { $offered = $choices[$flag] }
                }
                elseif ($cur.StartsWith('-') -or -not $words[$verb]) { $offered = $flags[$verb] }
                else { $offered = $words[$verb] }
                $offered | Where-Object { $_ -and $_.StartsWith($cur) } | Sort-Object | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new("$prefix$_")
                }
            }

            """;
    }

    private static string Words(VerbText verb) => List(verb.Verbs.Select(one => one.Name).Concat(verb.AllowedValues));

    private static string Flags(VerbText verb) =>
        List(verb.Flags.Select(flag => flag.Value is null ? flag.Name : $"{flag.Name}="));

    private static string List(IEnumerable<string> words) => $"@({string.Join(", ", words.Select(Quote))})";

    private static string Lines(IEnumerable<string> lines) =>
        string.Join('\n', lines.Select(line => $"        {line}"));

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
