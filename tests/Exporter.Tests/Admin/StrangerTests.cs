using System.Text;
using Clustermgr.Admin;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Admin;

/// <summary>A member names its leader by an address at which, seen from here, a member of another cluster listens.
/// Nothing may be written there.</summary>
public sealed class StrangerTests : IDisposable
{
    private const string Follower = "--clustermgr.url=http://10.0.0.2:9998 --clustermgr.cluster=prod-z0";

    private readonly AdminCliFixture _acted = new();
    private readonly List<string> _written = [];
    private SimulatedCluster? _stranger;

    public void Dispose()
    {
        _stranger?.Dispose();
        _acted.Dispose();
    }

    /// <summary>Every verb that writes, with --yes and --force.</summary>
    public static TheoryData<string> Verbs =>
        [
            "task disable disk_repair --yes --force",
            "task enable disk_repair --yes --force",
            "member add --peer=4 --host=10.0.0.4:10110 --node-host=10.0.0.4:9998 --yes --force",
            "member remove --peer=3 --yes --force",
            "leader transfer --peer=2 --yes --force",
        ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void AStrangerOfAnotherTermGetsNoWrite(string verb)
    {
        Name(
            "10.0.0.9:9999",
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 900,
                WritesPerSecond = 0,
            }
        );
        Refused(
            verb,
            "refused: 10.0.0.2:9998 (node 2) names node 1 as its leader in term 7, at 10.0.0.9:9999, and there node "
                + "1 answers, as leader in term 900: "
                + "another cluster's member, or an election just now; ask the leader by its own address: "
                + "--clustermgr.url=http://HOST:9998, or list it in the file"
        );
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void AStrangerThatLeadsUnderAnotherNodeIdGetsNoWrite(string verb)
    {
        Name(
            "10.0.0.9:9999",
            new SimulatorOptions
            {
                FirstLeader = 3,
                FirstTerm = 7,
                WritesPerSecond = 0,
            },
            member: 3
        );
        Refused(verb, "and there node 3 answers, as leader in term 7: ");
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void AStrangerThatDoesNotKnowTheFollowerGetsNoWrite(string verb)
    {
        Name(
            "10.0.0.9:9999",
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 7,
                Members = 1,
                WritesPerSecond = 0,
            }
        );
        Refused(verb, "and there the leader that answers has no node 2 among its peers: ");
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void AStrangerThatFollowsGetsNoWrite(string verb)
    {
        Name(
            "10.0.0.9:9999",
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 7,
                WritesPerSecond = 0,
            },
            member: 3
        );
        Refused(verb, "and there node 3 answers, as a follower in term 7: ");
    }

    [Theory]
    [InlineData("127.0.0.1:9999")]
    [InlineData("127.7.7.7:9999")]
    [InlineData("localhost:9999")]
    [InlineData("localhost.:9999")]
    [InlineData("db.localhost:9999")]
    [InlineData("[::1]:9999")]
    [InlineData("[::ffff:127.0.0.2]:9999")]
    public void AnAddressWithinTheFollowersOwnMachineIsNotEvenAsked(string named)
    {
        Name(
            named,
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 7,
                WritesPerSecond = 0,
            }
        );
        foreach (var verb in Verbs.Select(row => row.Data))
        {
            Refused(
                verb,
                $"refused: the leader (node 1) is not asked: {named} is a loopback address of its own "
                    + $"machine; ask the leader by its own address: "
            );
        }
        Assert.DoesNotContain(named, _asked);
    }

    [Theory]
    [InlineData("0.0.0.0:9999")]
    [InlineData("[::]:9999")]
    [InlineData("[::ffff:0.0.0.0]:9999")]
    public void AnAddressToListenOnIsNotAsked(string named)
    {
        Name(
            named,
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 7,
                WritesPerSecond = 0,
            }
        );
        foreach (var verb in Verbs.Select(row => row.Data))
        {
            Refused(
                verb,
                $"refused: the leader (node 1) is not asked: its address \"{named}\" is none; ask the leader "
            );
        }
        Assert.DoesNotContain(named, _asked);
    }

    /// <summary>The cluster and the stranger run on the same machine as the program, as in the examples of
    /// CubeFS.</summary>
    [Fact]
    public void FromLoopbackALeaderOnLoopbackIsFollowedAndMustProveItselfAllTheSame()
    {
        Name(
            "127.0.0.1:9999",
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 900,
                WritesPerSecond = 0,
            },
            follower: "127.0.0.1:9998"
        );
        var (exit, _, error) = _acted.Run(
            "task disable disk_repair --yes --force --clustermgr.url=http://127.0.0.1:9998 --clustermgr.cluster=prod-z0"
        );
        Assert.Equal(ExitCode.Refused, exit);
        Assert.Contains(
            "at 127.0.0.1:9999, and there node 1 answers, as leader in term 900",
            error,
            StringComparison.Ordinal
        );
        Assert.Empty(_written);
    }

    [Fact]
    public void TheLeaderItselfIsFollowedAndWrittenTo()
    {
        Watch();
        var (exit, output, error) = _acted.Run($"task disable disk_repair --yes {Follower}");
        Assert.True(exit == ExitCode.Done, error);
        Assert.Contains("POST http://10.0.0.1:9998/config/set", output, StringComparison.Ordinal);
        Assert.Equal(["10.0.0.1:9998"], _written);
    }

    [Theory]
    [InlineData("leader show")]
    [InlineData("member list")]
    public void WhatIsShownIsNotTheStrangers(string verb)
    {
        Name(
            "10.0.0.9:9999",
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 900,
                WritesPerSecond = 0,
            }
        );
        var (exit, _, error) = _acted.Run($"{verb} {Follower}");
        Assert.Equal(ExitCode.CannotTell, exit);
        Assert.Contains(
            "cannot tell: 10.0.0.2:9998 (node 2) names node 1 as its leader in term 7, at 10.0.0.9:9999",
            error,
            StringComparison.Ordinal
        );
    }

    /// <summary>Members of both clusters are configured by mistake; the stranger has the higher term.</summary>
    [Theory]
    [MemberData(nameof(Verbs))]
    public void MembersOfTwoClustersGetNoWrite(string verb)
    {
        Name(
            "10.0.0.9:9999",
            new SimulatorOptions
            {
                FirstLeader = 3,
                FirstTerm = 900,
                WritesPerSecond = 0,
            },
            member: 3,
            strangersSubnet: "10.0.9."
        );
        var (exit, _, error) = _acted.Run(
            $"{verb} --clustermgr.url=http://10.0.0.1:9998 --clustermgr.url=http://10.0.0.9:9999 "
                + $"--clustermgr.cluster=prod-z0"
        );
        Assert.Equal(ExitCode.Refused, exit);
        Assert.Contains(
            "refused: 10.0.0.1:9998 lists node 1 at 10.0.0.1:10110, 10.0.0.9:9999 at 10.0.9.1:10110: they belong to "
                + "two clusters; name members of one only",
            error,
            StringComparison.Ordinal
        );
        Assert.Empty(_written);
    }

    /// <summary>A leader of another cluster is configured by mistake beside our followers; only one of its properties
    /// does not match.</summary>
    [Theory]
    [InlineData(
        1,
        7,
        "10.0.0.9:9999",
        "follows node 1, and 10.0.0.9:9999 (node 1) leads in term 7 without it among its peers: it was removed, or "
            + "they belong to two clusters; name members of one only"
    )]
    [InlineData(
        3,
        7,
        "10.0.0.9:9998",
        "follows node 1 at 10.0.0.1:9998, and 10.0.0.9:9998 (node 1) leads in term 7 and calls itself "
            + "10.0.0.9:9998: they belong to two clusters; "
    )]
    [InlineData(
        3,
        900,
        "10.0.0.1:9999",
        "follows node 1 in term 7, and 10.0.0.1:9999 (node 1) leads in term 900: an election just now, so try again "
            + "in 20 s, or they belong to two "
    )]
    public void ALeaderOfAnotherClusterBesideOurFollowersGetsNoWrite(int members, int term, string address, string why)
    {
        foreach (var verb in Verbs.Select(row => row.Data))
        {
            // Except in the second case the stranger reports our leader's address as its own, as in the examples of
            // CubeFS.
            Name(
                address,
                new SimulatorOptions
                {
                    FirstLeader = 1,
                    FirstTerm = (ulong)term,
                    Members = members,
                    WritesPerSecond = 0,
                },
                calls: address == "10.0.0.9:9998" ? address : "10.0.0.1:9998",
                followersName: "10.0.0.1:9998"
            );
            var (exit, _, error) = _acted.Run(
                $"{verb} --clustermgr.url=http://{address} --clustermgr.url=http://10.0.0.2:9998 "
                    + $"--clustermgr.url=http://10.0.0.3:9998 --clustermgr.cluster=prod-z0"
            );
            Assert.Equal(ExitCode.Refused, exit);
            Assert.Contains($"refused: 10.0.0.2:9998 (node 2) {why}", error, StringComparison.Ordinal);
            Assert.Empty(_written);
        }
    }

    /// <summary>Like a real removed member, it keeps following the last leader that it heard, in the same
    /// term.</summary>
    [Fact]
    public void AMemberThatWasRemovedAndStillRunsStopsNoWrite()
    {
        _acted.Cluster.RemoveMember(3);
        Watch();
        var (exit, _, error) = _acted.Run("task disable disk_repair --yes");
        Assert.Equal((ExitCode.Done, ""), (exit, error));
        Assert.Equal(["10.0.0.1:9998"], _written);
    }

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private void Refused(string verb, string why)
    {
        var (exit, _, error) = _acted.Run($"{verb} {Follower}");
        Assert.Equal(ExitCode.Refused, exit);
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.Empty(_written);
    }

    private void Watch() => _acted.Network = cluster => new InterceptingHandler(cluster, this);

    /// <summary>Makes the follower name its leader by this address, at which the stranger's member listens.</summary>
    private void Name(
        string address,
        SimulatorOptions stranger,
        int member = 1,
        string follower = "10.0.0.2:9998",
        string strangersSubnet = "10.0.0.",
        string? calls = null,
        string? followersName = null
    )
    {
        _stranger?.Dispose();
        _stranger = new SimulatedCluster(stranger, _acted.Clock);
        _acted.Network = cluster => new InterceptingHandler(cluster, this)
        {
            Names = address,
            Stranger = new HttpMessageInvoker(new SimulatorHandler([_stranger], _acted.Clock)),
            StrangersHost = $"10.0.0.{member}:9998",
            Follower = follower,
            StrangersSubnet = strangersSubnet,
            Calls = calls,
            FollowersName = followersName ?? address,
        };
    }

    private sealed class InterceptingHandler(HttpMessageHandler cluster, StrangerTests test)
        : DelegatingHandler(cluster)
    {
        public string Names { get; init; } = "10.0.0.1:9998";
        public HttpMessageInvoker? Stranger { get; init; }
        public string StrangersHost { get; init; } = "";
        public string Follower { get; init; } = "10.0.0.2:9998";
        public string StrangersSubnet { get; init; } = "10.0.0.";

        /// <summary>The address by which the stranger's leader names itself; null for its real one.</summary>
        public string? Calls { get; init; }

        /// <summary>The address by which the follower names its leader.</summary>
        public string? FollowersName { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var asked = request.RequestUri!.Authority;
            test._asked.Add(asked);
            if (request.Method == HttpMethod.Post)
            {
                test._written.Add(asked);
            }
            if (asked == new Uri($"http://{Names}").Authority && Stranger is not null)
            {
                request.RequestUri = new Uri($"http://{StrangersHost}{request.RequestUri.PathAndQuery}");
                var strange = await RewrittenAsync(
                    await Stranger.SendAsync(request, cancellationToken),
                    "10.0.0.",
                    StrangersSubnet,
                    cancellationToken
                );
                return await RewrittenAsync(strange, StrangersHost, Calls ?? StrangersHost, cancellationToken);
            }
            if (asked == Follower)
            {
                request.RequestUri = new Uri($"http://10.0.0.2:9998{request.RequestUri.PathAndQuery}");
            }
            var response = await base.SendAsync(request, cancellationToken);
            return asked == Follower
                ? await RewrittenAsync(response, "10.0.0.1:9998", FollowersName ?? Names, cancellationToken)
                : response;
        }

        private static async Task<HttpResponseMessage> RewrittenAsync(
            HttpResponseMessage response,
            string from,
            string to,
            CancellationToken ct
        )
        {
            if (from == to)
            {
                return response;
            }
            var body = await response.Content.ReadAsStringAsync(ct);
            response.Content = new StringContent(
                body.Replace(from, to, StringComparison.Ordinal),
                Encoding.UTF8,
                "application/json"
            );
            return response;
        }
    }
}
