using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Replay;

/// <summary>The whole page of one healthy recorded cluster, which a person reviews when it changes.</summary>
public sealed class HealthyPageTests
{
    [Theory]
    [InlineData("healthy")]
    [InlineData("v3.5-healthy")]
    public void AHealthyClustersPageIsThisToTheByte(string recording)
    {
        var page = ReplayFixture.Of(recording).EverySecond().Last();
        GoldenFile.AssertMatches($"tests/Exporter.Tests/Golden/{recording}-cluster.txt", page.Text);
        Assert.NotEmpty(ExpositionParser.Parse(page.Text, MetricsFormat.Text004).Families);
    }

    [Fact]
    public void EveryPageOfEveryIncidentIsStrictlyWellFormed()
    {
        foreach (var name in Recording.Names)
        {
            foreach (var page in ReplayFixture.Of(name).EverySecond())
            {
                Assert.NotEmpty(ExpositionParser.Parse(page.Text, MetricsFormat.Text004).Families);
            }
        }
    }
}
