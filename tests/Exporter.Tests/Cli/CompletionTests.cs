using System.CommandLine;
using Clustermgr.Admin;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Admin;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

/// <summary>The completion scripts, in their shells.</summary>
public sealed class CompletionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly RootCommand Root = CommandLine.Create(
        new VerbContext(() => throw new InvalidOperationException("nothing is run here"))
    );

    /// <summary>A line as typed, and the completions that are offered for its last word.</summary>
    public static TheoryData<string, string[]> Lines =>
        new()
        {
            { "ta", ["task"] },
            { "task ", ["disable", "enable", "list"] },
            { "task enable disk_", ["disk_drop", "disk_repair"] },
            { "leader tr", ["transfer"] },
            { "member add --pe", ["--peer="] },
            { "member add --learner --no", ["--node-host="] },
            { "status --cluster task --config.f", ["--config.file="] }, // task is the name of a cluster here
            { "demo --scenario lead", ["leader-hung", "leader-lost", "leadership-transfer"] },
            { "task list -o ", ["json", "table"] },
            { "rehearse leader-h", ["leader-hung"] },
            { "completion ", ["bash", "fish", "powershell", "zsh"] },
        };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task BashOffersWhatThereIs(string typed, string[] offered)
    {
        var line = $"clustermgr-exporter {typed}";
        var (exit, output) = await ExternalTool.RunAsync(
            "bash",
            [
                "--norc",
                "-c",
                $"{BashScript.Generate(Tree)}COMP_LINE='{line}' COMP_POINT={line.Length}; _clustermgr_exporter; printf "
                    + $"'%s\\n' \"${{COMPREPLY[@]}}\"",
            ],
            null,
            Ct
        );

        Assert.True(exit == 0, output);
        Assert.Equal(offered, Sorted(output));
    }

    [Theory]
    [InlineData("\\ \\\t\\n\\\"\\'><=;|&(:", "leader-lost")]
    [InlineData("\\ \\\t\\n", "--scenario=leader-lost")]
    public async Task BashOffersAValueAfterTheEqualsSignAsItBreaksWords(string breaks, string offered)
    {
        const string line = "clustermgr-exporter demo --scenario=leader-l";
        var (exit, output) = await ExternalTool.RunAsync(
            "bash",
            [
                "--norc",
                "-c",
                $"{BashScript.Generate(Tree)}COMP_WORDBREAKS=$'{breaks.Replace("\\ ", " ", StringComparison.Ordinal)}' "
                    + $"COMP_LINE='{line}' COMP_POINT={line.Length}; _clustermgr_exporter; printf '%s\\n' "
                    + $"\"${{COMPREPLY[@]}}\"",
            ],
            null,
            Ct
        );

        Assert.True(exit == 0, output);
        Assert.Equal([offered], Sorted(output));
    }

    [Fact]
    public async Task BashOffersFilesWhereOneIsNamed()
    {
        using var folder = new TempFolder();
        var file = folder.Write("exporter.yaml", "");
        var line = $"clustermgr-exporter status --config.file={folder.Path}/exp";
        var (_, output) = await ExternalTool.RunAsync(
            "bash",
            [
                "--norc",
                "-c",
                $"{BashScript.Generate(Tree)}COMP_LINE='{line}' COMP_POINT={line.Length}; _clustermgr_exporter; printf "
                    + $"'%s\\n' \"${{COMPREPLY[@]}}\"",
            ],
            null,
            Ct
        );

        Assert.Equal([file], Sorted(output));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task FishOffersWhatThereIs(string typed, string[] offered)
    {
        var (exit, output) = await ExternalTool.RunAsync(
            "fish",
            ["--no-config", "-c", $"{FishScript.Generate(Tree)}complete -C 'clustermgr-exporter {typed}'"],
            null,
            Ct
        );

        Assert.True(exit == 0, output);
        Assert.Equal(offered.Select(word => word.TrimEnd('=')), Sorted(output).Select(line => line.Split('\t')[0]));
    }

    /// <summary>zsh's own functions are replaced by stubs that print their arguments, so that no terminal is
    /// needed.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public async Task ZshOffersWhatThereIs(string typed, string[] offered)
    {
        const string stubs = """
            compdef() { : }; compset() { : }; _files() { : }
            compadd() { shift; print -l -- ${(M)@:#${words[CURRENT]}*} }
            _describe() { local all=(${(P)2}) end=${4:-}; for one in ${${(@)all}%%:*}; do [[ $one == ${words[CURRENT]}* ]] && print -r -- $one$end; done; return 0 }

            """;
        var words = string.Join(' ', $"clustermgr-exporter {typed}".Split(' ').Select(word => $"'{word}'"));
        var (exit, output) = await ExternalTool.RunAsync(
            "zsh",
            [
                "-f",
                "-c",
                $"{stubs}{ZshScript.Generate(Tree)}words=({words}); CURRENT=${{#words}}; _clustermgr_exporter",
            ],
            null,
            Ct
        );

        Assert.True(exit == 0, output);
        Assert.Equal(offered, Sorted(output));
    }

    /// <summary>All lines in one process, because PowerShell starts slowly.</summary>
    [Fact]
    public async Task PowerShellOffersWhatThereIs()
    {
        using var folder = new TempFolder();
        var lines = Lines
            .Select(row => row.Data)
            .Append(("demo --scenario=leader-l", ["--scenario=leader-lost"]))
            .ToList();
        var ask = lines.Select(line =>
            $"(TabExpansion2 'clustermgr-exporter {line.Item1}' {"clustermgr-exporter ".Length + line.Item1.Length})"
            + ".CompletionMatches.CompletionText -join ' '"
        );
        var file = folder.Write("ask.ps1", $"{PowerShellScript.Generate(Tree)}\n{string.Join('\n', ask)}\n");

        var (exit, output) = await ExternalTool.RunAsync("dotnet", ["pwsh", "-NoProfile", "-File", file], null, Ct);

        Assert.True(exit == 0, output);
        Assert.Equal(
            lines.Select(line => string.Join(' ', line.Item2)),
            output
                .TrimEnd('\n')
                .Split('\n')
                .Select(said => string.Join(' ', said.Split(' ').Order(StringComparer.Ordinal)))
        );
    }

    /// <summary>The clusters of the file that the line names, without names that a shell would interpret.</summary>
    [Fact]
    public void ClustersAreThoseOfTheFileInTheLine()
    {
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            """
            clusters:
            - { name: prod-z0, members: ["http://127.0.0.1:1"] }
            - { name: prod-z1, members: ["http://127.0.0.1:2"] }
            - { name: "$(reboot)", members: ["http://127.0.0.1:3"] }
            - { name: "a b", members: ["http://127.0.0.1:4"] }
            - { name: "-rf", members: ["http://127.0.0.1:5"] }
            """
        );

        Assert.Equal((0, "prod-z0\nprod-z1\n"), Values("--cluster", "status", $"--config.file={file}"));
        Assert.Equal((0, "prod-z0\nprod-z1\n"), Values("--cluster", "status", "--config.file", file, "--cluster=pr"));
        Assert.Equal((0, ""), Values("--cluster", "status", "--config.file=/nowhere"));
        Assert.Equal((0, ""), Values("--cluster", "status"));
        Assert.Equal((0, ""), Values("--frobnicate", "status"));
        Assert.Equal((0, ""), Values());
        Assert.Equal((0, ""), Values("--peer", "member", "remove", $"--config.file={file}")); // cluster unknown
    }

    [Fact]
    public void PeersAreThoseOfTheCluster()
    {
        using var acted = new AdminCliFixture();
        var (exit, output, error) = acted.Run(
            "completion values -- --peer member remove --clustermgr.url=http://10.0.0.1:9998 "
                + "--clustermgr.url=http://10.0.0.2:9998 --clustermgr.url=http://10.0.0.3:9998 --peer="
        );
        Assert.Equal((0, "1\n2\n3\n", ""), (exit, output, error));
    }

    [Fact]
    public async Task BashAsksTheProgramForWhatItAloneKnows()
    {
        using var folder = new TempFolder();
        var program = folder.Write(
            "clustermgr-exporter",
            "#!/bin/sh\n[ \"$*\" = 'completion values -- --cluster status --config.file=x' ] && printf 'prod-z0\\nprod-z1\\ntest\\n'\n"
        );
        var line = $"{program} status --config.file=x --cluster=pr";
        var (exit, output) = await ExternalTool.RunAsync(
            "bash",
            [
                "--norc",
                "-c",
                $"chmod +x {program}; {BashScript.Generate(Tree)}COMP_WORDBREAKS=$' \\t\\n=' COMP_LINE='{line}' COMP_POINT={line.Length}; "
                    + "_clustermgr_exporter; printf '%s\\n' \"${COMPREPLY[@]}\"",
            ],
            null,
            Ct
        );

        Assert.True(exit == 0, output);
        Assert.Equal(["prod-z0", "prod-z1"], Sorted(output));
    }

    /// <summary>By default Bash breaks words at a colon, and inserts the completion after it.</summary>
    [Theory]
    [InlineData("prod:z", "z0 z1")]
    [InlineData("prod:a:", "1")]
    [InlineData("pr", "prod:a:1 prod:z0 prod:z1")]
    public async Task BashOffersWhatStandsBehindAColon(string typed, string offered)
    {
        using var folder = new TempFolder();
        var program = folder.Write("clustermgr-exporter", "#!/bin/sh\nprintf 'prod:z0\\nprod:z1\\nprod:a:1\\n'\n");
        var line = $"{program} status --cluster={typed}";
        var (exit, output) = await ExternalTool.RunAsync(
            "bash",
            [
                "--norc",
                "-c",
                $"chmod +x {program}; {BashScript.Generate(Tree)}COMP_WORDBREAKS=$' \\t\\n=:' COMP_LINE='{line}' "
                    + $"COMP_POINT={line.Length}; _clustermgr_exporter; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            ],
            null,
            Ct
        );

        Assert.True(exit == 0, output);
        Assert.Equal(offered.Split(' '), Sorted(output));
    }

    private static (int Exit, string Output) Values(params string[] words)
    {
        using var output = new StringWriter();
        var session = new AdminSession(output, TextWriter.Null, null, new Dictionary<string, string>())
        {
            CreateReadTransport = _ => null!,
            CreateWriteTransport = _ => null!,
        };
        var root = CommandLine.Create(new VerbContext(() => session));
        return (root.Parse(["completion", "values", "--", .. words]).Invoke(), output.ToString());
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task TheShellAcceptsItsScript(string shell)
    {
        var (exit, output) = await ExternalTool.RunAsync(shell, ["-n", "/dev/stdin"], Script(shell), Ct);

        Assert.True(exit == 0, output);
    }

    /// <summary>Every script must contain all that the program knows, and must not offer anything hidden.</summary>
    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("powershell")]
    public void EveryVerbFlagKeyAndScenarioIsInTheScript(string shell)
    {
        var script = Script(shell);

        Assert.All(
            Tree.SelectMany(verb =>
                    verb.Verbs.Select(one => one.Name)
                        .Concat(verb.AllowedValues)
                        .Concat(verb.Flags.Select(flag => shell == "fish" ? $"-l {flag.Name[2..]} " : flag.Name))
                )
                .Concat(Scenario.All.Select(scenario => scenario.Name)),
            word => Assert.Contains(word, script, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            "auth.secret ",
            script.Replace("auth.secret-", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    private static System.Collections.Immutable.ImmutableArray<VerbText> Tree => CommandTree.FromRoot(Root);

    /// <summary>The script as the verb prints it.</summary>
    private static string Script(string shell)
    {
        using var output = new StringWriter();
        var session = new AdminSession(output, TextWriter.Null, null, new Dictionary<string, string>())
        {
            CreateReadTransport = _ => null!,
            CreateWriteTransport = _ => null!,
        };
        Assert.Equal(0, CommandLine.Create(new VerbContext(() => session)).Parse(["completion", shell]).Invoke());
        return output.ToString();
    }

    private static IEnumerable<string> Sorted(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);
}
