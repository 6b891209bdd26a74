using Clustermgr.Configuration;
using ClustermgrExporter.Hosting;
using Xunit;

namespace ClustermgrExporter.Tests;

/// <summary>How file descriptors are divided between polls and scrapes.</summary>
public sealed class FileDescriptorsTests
{
    [Theory]
    [InlineData(1, 84, false, 16)]
    [InlineData(1, 83, true, 16)]
    [InlineData(1, 1024, false, 956)]
    [InlineData(1, 1_048_576, false, 1024)]
    [InlineData(400, 512, true, 16)]
    [InlineData(400, 4080, false, 16)]
    [InlineData(400, 4079, true, 16)]
    public void PollsComeFirst(int clusters, int limit, bool refused, int scrapes)
    {
        var config = Config(clusters);
        Assert.Equal(refused, DescriptorBudget.FindProblem(config, limit) is not null);
        Assert.Equal(scrapes, DescriptorBudget.ForScrapes(config, limit));
    }

    [Fact]
    public void WithoutALimitThereIsRoomForAll()
    {
        Assert.Null(DescriptorBudget.FindProblem(Config(1000), null));
        Assert.Equal(DescriptorBudget.MaxScrapes, DescriptorBudget.ForScrapes(Config(1000), null));
    }

    [Fact]
    public void WhatIsTooLittleIsSaidWithWhatToDo() =>
        Assert.Equal(
            "1200 members in 400 clusters need up to 4080 file descriptors (3 a member, 1 for each scheduler, 64 of its own, 16 for "
                + "scrapes), and this process may open 512: raise the limit "
                + "(LimitNOFILE=4080 in a systemd unit, --ulimit nofile=4080 of a container, ulimit -n 4080 in a "
                + "shell), or share the clusters out over more exporters",
            DescriptorBudget.FindProblem(Config(400), 512)
        );

    private static ExporterConfig Config(int clusters) =>
        new()
        {
            Clusters =
            [
                .. Enumerable
                    .Range(0, clusters)
                    .Select(i => Polling.PollingFixture.Cluster($"c{i}", clusters == 1 ? "a" : "abc")),
            ],
        };
}
