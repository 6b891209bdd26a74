using ClustermgrExporter.Terminal;
using Xunit;

namespace ClustermgrExporter.Tests.Admin;

/// <summary>Writes of a caller whose stdout fails.</summary>
public sealed class OutputLostTests
{
    [Theory]
    [InlineData("prod-z0")]
    [InlineData("to be sent")]
    [InlineData("  POST ")]
    public void WhatCannotBeSaidBeforeIsNotSent(string line)
    {
        using var acted = new AdminCliFixture { OutputLostFrom = line };
        Assert.Throws<OutputLostException>(() => acted.Run("task disable balance --yes"));
        Assert.Equal(0, acted.Cluster.WritesReceived);
    }

    [Fact]
    public void ADocumentThatCannotBePrintedChangesNothingOfWhatWasDone()
    {
        using var acted = new AdminCliFixture { OutputLostFrom = "{" };
        var (exit, _, error) = acted.Run("task disable balance --yes -o json");
        Assert.Equal(0, exit);
        // The plan and the result were written to stderr.
        Assert.Contains("done: balance is \"false\"", error, StringComparison.Ordinal);
        Assert.Contains("stdout takes nothing", error, StringComparison.Ordinal);
        Assert.Equal(1, acted.Cluster.WritesReceived);
    }

    [Theory]
    [InlineData("sent: 200", "sent: 200\ndone: balance is \"false\"")]
    [InlineData("done:", "done: balance is \"false\"")]
    public void WhatWasSentIsToldOnStderrAndByTheExitCode(string line, string told)
    {
        using var acted = new AdminCliFixture { OutputLostFrom = line };
        var (exit, _, error) = acted.Run("task disable balance --yes");
        Assert.Equal(0, exit);
        Assert.StartsWith(told, error, StringComparison.Ordinal);
        Assert.Equal(1, acted.Cluster.WritesReceived);
    }
}
