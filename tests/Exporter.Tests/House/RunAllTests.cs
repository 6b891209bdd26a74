using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.House;

/// <summary>What tests/run-all.sh sets up for the tests.</summary>
public sealed class RunAllTests
{
    /// <summary>Under nohup, every started program ignores SIGHUP: the tests of reloading would wait forever.</summary>
    [Theory]
    [InlineData("", "ignored\n")]
    [InlineData("\"${as_in_a_terminal[@]}\" ", "")]
    public async Task TheTestsRunWithASighupThatMeansWhatItDoesInATerminal(string started, string said)
    {
        var script = File.ReadLines(Path.Combine(GoldenFile.GetRepositoryRoot(), "tests/run-all.sh")).ToList();
        Assert.Contains(
            script,
            line => line.StartsWith("    \"${as_in_a_terminal[@]}\" dotnet ", StringComparison.Ordinal)
        );
        var setting = string.Join(
            '\n',
            script.Where(line => line.Contains("as_in_a_terminal=(", StringComparison.Ordinal))
        );

        var (_, output) = await ExternalTool.RunAsync(
            "bash",
            ["-c", $"set -u\ntrap '' HUP\n{setting}\n{started}bash -c 'kill -HUP $$; echo ignored'\ntrue"],
            null,
            TestContext.Current.CancellationToken
        );

        Assert.EndsWith(said, output, StringComparison.Ordinal);
        Assert.Equal(said == "", !output.Contains("ignored", StringComparison.Ordinal));
    }
}
