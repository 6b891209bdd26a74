using System.IO.Compression;
using Clustermgr.Analysis;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

public sealed class MetricsTearingTests
{
    private const int Scrapes = 1000;

    [Fact]
    public async Task AThousandScrapesAtOnceNeverSeeAPageTornWhilePagesAreSwapped()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        await using var server = await MetricsServer.StartAsync(TimeProvider.System, deadline.Token, Pages(0));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        var swapping = new Thread(() =>
        {
            for (var stamp = 1UL; !done.IsCancellationRequested; stamp++)
            {
                server.Publish(Pages(stamp));
                done.Token.WaitHandle.WaitOne(1);
            }
        })
        {
            IsBackground = true,
        };
        swapping.Start();

        var scrapes = Enumerable.Range(0, Scrapes).Select(i => StampAsync(server, i, deadline.Token));
        var stamps = await Task.WhenAll(scrapes);

        await done.CancelAsync();
        swapping.Join();
        // The pages must have changed during the scrapes; otherwise this proves nothing.
        Assert.True(stamps.Distinct().Count() > 2, "no page was swapped between the scrapes");
    }

    /// <summary>Scrapes in one of the four possible ways, and returns the stamp, of which each cluster must have only
    /// one.</summary>
    private static async Task<string> StampAsync(MetricsServer server, int i, CancellationToken ct)
    {
        var format = i % 2 == 0 ? MetricsFormat.Text004 : MetricsFormat.OpenMetrics1;
        var accept = format == MetricsFormat.Text004 ? "text/plain" : "application/openmetrics-text";
        using var response = await server.SendAsync(HttpMethod.Get, ct, accept, i % 4 < 2 ? "identity" : "gzip");
        response.EnsureSuccessStatusCode();
        Stream body = new MemoryStream(await response.Content.ReadAsByteArrayAsync(ct));
        if (response.Content.Headers.ContentEncoding.Count > 0)
        {
            body = new GZipStream(body, CompressionMode.Decompress);
        }
        var plain = new MemoryStream();
        await body.CopyToAsync(plain, ct);

        var page = ExpositionParser.Parse(plain.ToArray(), format);
        var ofPage = "";
        foreach (var cluster in new[] { "left", "right" })
        {
            var stamped = page
                .Samples.Where(sample =>
                    sample.Pairs.Contains($"cluster={cluster}")
                    && sample.Name
                        is "clustermgr_raft_term"
                            or "clustermgr_raft_commit_index"
                            or "clustermgr_polls_total"
                            or "clustermgr_raft_leader_changes_total"
                            or "clustermgr_cluster_quorum_margin"
                            or "clustermgr_raft_peer_match_index"
                )
                .ToList();
            Assert.Equal(1 + 1 + 60 + 1 + 1 + 1, stamped.Count);
            ofPage = Assert.Single(stamped.Select(sample => sample.Text).Distinct());
        }
        return ofPage;
    }

    private static ClusterPage[] Pages(ulong stamp) => [Page("left", stamp), Page("right", stamp)];

    /// <summary>A cluster whose numbers are all the stamp.</summary>
    private static ClusterPage Page(string cluster, ulong stamp)
    {
        var stat = Samples.Stat(1, term: stamp);
        var polls = EndpointTally.Zero with { Polls = [.. Enumerable.Repeat((long)stamp, LabelNames.Outcomes.Length)] };
        var member = Samples.Member("a:1") with
        {
            Outcome = Outcome.Ok,
            Reading = stat with { Raft = stat.Raft with { Commit = stamp } },
            LeaderChanges = (long)stamp,
            Tallies = [polls, polls, polls, polls, polls],
        };
        var peer = new PeerReading
        {
            Id = 2,
            Host = "h",
            State = PeerState.Probe,
            Match = stamp,
        };
        return new ClusterPage(
            new ClusterAnalysis
            {
                Snapshot = Samples.Snapshot(cluster, member),
                QuorumMargin = (int)stamp,
                Peers = [new(peer, IsLeader: false, LagEntries: null, Active: null)],
            }
        );
    }
}
