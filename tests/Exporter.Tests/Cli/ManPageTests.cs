using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

public sealed class ManPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Page => ManPage.Generate(Tree, "1.2.3", EnvironmentNames.GetName);

    private static System.Collections.Immutable.ImmutableArray<VerbText> Tree =>
        CommandTree.FromRoot(
            CommandLine.Create(new VerbContext(() => throw new InvalidOperationException("nothing is run here")))
        );

    [Fact]
    public async Task GroffWarnsOfNothing()
    {
        var (exit, output) = await ExternalTool.RunAsync("groff", ["-man", "-ww", "-z", "-Tutf8", "-"], Page, Ct);

        Assert.Equal((0, ""), (exit, output));
    }

    [Fact]
    public async Task WhatIsReadNamesEveryVerbEveryFlagAndEveryExitCode()
    {
        var (exit, output) = await ExternalTool.RunAsync(
            "groff",
            ["-man", "-Tascii", "-P-cbou", "-rLL=100n", "-"],
            Page,
            Ct
        );
        var read = string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, exit);
        Assert.Contains("clustermgr-exporter 1.2.3", read, StringComparison.Ordinal);
        Assert.All(
            Tree.Where(verb => verb.Verbs.Length == 0),
            verb => Assert.Contains($"   {verb.Path}", output, StringComparison.Ordinal)
        );
        Assert.All(
            Tree.SelectMany(verb => verb.Flags),
            flag =>
            {
                Assert.Contains($"{flag.Name}", read, StringComparison.Ordinal);
                Assert.Contains(
                    string.Join(' ', flag.Description.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
                    read,
                    StringComparison.Ordinal
                );
            }
        );
        Assert.Contains("EXIT STATUS 0 Done", read, StringComparison.Ordinal);
        Assert.Contains("3 A write was sent, and was not seen to take effect.", read, StringComparison.Ordinal);
        Assert.DoesNotContain("--clustermgr.auth.secret ", read, StringComparison.Ordinal);
    }
}
