using System.Net;
using System.Net.Sockets;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>One cluster configured by flags: all its members, or only the local one.</summary>
public sealed class SidecarTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheCommandThatSimulatePrintsServesItsThreeMembers()
    {
        await using var simulate = ProgramUnderTest.Start([
            "simulate",
            $"--listen=127.0.0.1:{await FreePortsAsync(3)}",
        ]);
        const string Tried = "  clustermgr-exporter ";
        var command = await Eventually.FindAsync(
            ExporterProcess.Patience,
            "it prints the command to try",
            _ =>
                Task.FromResult(
                    simulate.Output.Split('\n').FirstOrDefault(line => line.StartsWith(Tried, StringComparison.Ordinal))
                ),
            () => simulate,
            Ct
        );

        await using var exporter = await ExporterProcess.StartAsync(command[Tried.Length..].Split(' '), Ct);
        var page = await exporter.ScrapeUntilAsync(
            "three are up",
            page => page.All("clustermgr_up").Count(up => up.Text == "1") == 3,
            Ct
        );

        Assert.All(page.All("clustermgr_up"), up => Assert.Equal("clustermgr", up.Label("cluster")));
        Assert.Equal("1", page.One("clustermgr_cluster_quorum_margin").Text);
        simulate.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        Assert.Equal(0, await simulate.EndAsync(ExporterProcess.Patience, Ct));
    }

    [Fact]
    public async Task SimulateSaysWhatToDoWhenAPortIsTaken()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var (exit, output, error) = await ExporterProcess.RunAsync(["simulate", $"--listen={taken.LocalEndpoint}"], Ct);

        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith(
            $"cannot listen at {taken.LocalEndpoint} and the ports after it: ",
            error,
            StringComparison.Ordinal
        );
        Assert.EndsWith("; choose others with --listen=127.0.0.1:PORT\n", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ASidecarNamesItsMemberAfterTheMachineAndSaysNothingThatItCannotKnow(bool besideLeader)
    {
        await using var cluster = LocalCluster.Start(new SimulatorOptions { FirstLeader = 1 });
        var member = cluster.Label(besideLeader ? 1UL : 2);
        await using var exporter = await ExporterProcess.StartAsync([$"--clustermgr.url=http://{member}"], Ct);

        var page = await exporter.ScrapeUntilAsync(
            "it is up",
            page => page.All("clustermgr_up").Any(up => up.Text == "1"),
            Ct
        );

        var up = Assert.Single(page.All("clustermgr_up"));
        Assert.Equal($"{Environment.MachineName}:{member.Split(':')[1]}", up.Label("member"));
        Assert.Empty(page.All("clustermgr_cluster_quorum_margin"));
        Assert.Equal(besideLeader ? 3 : 0, page.All("clustermgr_raft_peer_match_index").Count());
        Assert.Equal(besideLeader ? ["3"] : [], page.All("clustermgr_cluster_voters").Select(voters => voters.Text));
        Assert.Equal(
            besideLeader ? ["100"] : [],
            page.All("clustermgr_volumes_registered").Select(volumes => volumes.Text)
        );
        Assert.Equal(besideLeader ? 1 : 0, page.All("clustermgr_member_safe_to_restart").Count());
    }

    [Fact]
    public async Task ASidecarTakesTheNamesThatItIsGivenByFlagsOrByEnvironment()
    {
        await using var cluster = LocalCluster.Start();
        var url = $"http://{cluster.Members[0]}";
        (string[] Flags, Dictionary<string, string> Environment)[] ways =
        [
            ([$"--clustermgr.url={url}", "--clustermgr.member=node-7:9998", "--clustermgr.cluster=prod-z0"], []),
            (
                [],
                new()
                {
                    ["CLUSTERMGR_EXPORTER_CLUSTERMGR_URL"] = url,
                    ["CLUSTERMGR_EXPORTER_CLUSTERMGR_MEMBER"] = "node-7:9998",
                    ["CLUSTERMGR_EXPORTER_CLUSTERMGR_CLUSTER"] = "prod-z0",
                }
            ),
            (
                [$"--clustermgr.url={url}", "--clustermgr.member=node-7:9998"],
                new()
                {
                    ["CLUSTERMGR_EXPORTER_CLUSTERMGR_CLUSTER"] = "prod-z0",
                    ["CLUSTERMGR_EXPORTER_CLUSTERMGR_MEMBER"] = "the flag wins",
                }
            ),
        ];
        foreach (var (flags, environment) in ways)
        {
            await using var exporter = await ExporterProcess.StartAsync(flags, Ct, environment);
            var page = await exporter.ScrapeUntilAsync(
                "it is up",
                page => page.All("clustermgr_up").Any(up => up.Text == "1"),
                Ct
            );
            Assert.Single(page.All("clustermgr_up", "cluster=prod-z0", "member=node-7:9998"));
        }
    }

    [Fact]
    public async Task ThreeUrlsInOneVariableAreOneCluster()
    {
        await using var cluster = LocalCluster.Start();
        await using var exporter = await ExporterProcess.StartAsync(
            [],
            Ct,
            new Dictionary<string, string>
            {
                ["CLUSTERMGR_EXPORTER_CLUSTERMGR_URL"] = string.Join(
                    ", ",
                    cluster.Members.Select(member => $"http://{member}")
                ),
                ["CLUSTERMGR_EXPORTER_CLUSTERMGR_CLUSTR"] = "misspelt",
            }
        );

        var page = await exporter.ScrapeUntilAsync(
            "three are up",
            page => page.All("clustermgr_up").Count(up => up.Text == "1") == 3,
            Ct
        );

        Assert.Equal(cluster.Members.Order(), page.All("clustermgr_up").Select(up => up.Label("member")).Order());
        Assert.Contains(
            "CLUSTERMGR_EXPORTER_CLUSTERMGR_CLUSTR matches no flag and is ignored; did you mean "
                + "CLUSTERMGR_EXPORTER_CLUSTERMGR_CLUSTER?",
            exporter.Child.Error,
            StringComparison.Ordinal
        );
    }

    /// <summary>The first of a number of consecutive free ports, below those that the system hands out: there tests
    /// with thousands of connections leave none in a row.</summary>
    private static async Task<int> FreePortsAsync(int count)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            var first = Random.Shared.Next(15000, 32000);
            var held = new List<TcpListener>();
            try
            {
                for (var i = 0; i < count; i++)
                {
                    held.Add(new TcpListener(IPAddress.Loopback, first + i));
                    held[i].Start();
                }
                return first;
            }
            catch (SocketException)
            {
                await Task.Yield();
            }
            finally
            {
                foreach (var listener in held)
                {
                    listener.Dispose();
                }
            }
        }
        throw new InvalidOperationException($"no {count} free ports in a row");
    }
}
