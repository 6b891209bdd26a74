using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Configuration;

namespace Clustermgr.Admin;

/// <summary>A view of one cluster for the admin verbs, read on demand with the same collectors as serve.</summary>
public sealed class ClusterView : IDisposable
{
    private readonly ExporterConfig _config;
    private readonly AdminSession _session;
    private readonly HttpMessageHandler _transport;
    private readonly CollectorFactory _collectors;
    private readonly ClusterConfig _configured;
    private ClusterCollector _collector;

    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public ClusterView(ClusterConfig cluster, ExporterConfig config, AdminSession session)
    {
        Cluster = cluster;
        _configured = cluster;
        _config = config;
        _session = session;
        _collectors = new CollectorFactory(session.Time);
        _transport = session.CreateReadTransport(cluster);
        _collector = CreateCollector(cluster);
    }

    /// <summary>The configured cluster, plus the leader when a member named one that is not configured.</summary>
    public ClusterConfig Cluster { get; private set; }

    public ClusterAnalysis Analysis => _collector.State.Analysis;

    /// <summary>Why the last look forbids writes, as a sentence; null when writes are allowed.</summary>
    public string? WriteRefusal { get; private set; }

    /// <summary>Why the cluster could not be read; null when at least one member answers for itself.</summary>
    public string? UnreachableReason =>
        Analysis.Snapshot.Members.Any(member => member.Up)
            ? null
            : $"{Cluster.Name}: no member answers for itself: "
                + $"{string.Join("; ", Analysis.Snapshot.Members.Select(member => $"{member.Name} {member.Detail}"))}";

    /// <summary>Reads /stat of every member, and of a leader that is named but not configured: only the leader's list
    /// says which members belong to the cluster.</summary>
    public async Task<ClusterAnalysis> RefreshAsync(CancellationToken ct)
    {
        WriteRefusal = null;
        await ReadStatAsync(ct);
        if (
            Cluster.Members.Length > _configured.Members.Length
            && !LeaderLocator.IsStillLeader(Cluster, Analysis.Snapshot)
        )
        {
            // The leader was found at an earlier look; since then another member or another process may have taken its
            // place.
            Cluster = _configured;
            _collector = CreateCollector(_configured);
            await ReadStatAsync(ct);
        }
        if (Cluster.Members.Length == _configured.Members.Length)
        {
            var located = await LeaderLocator.FindAsync(
                Cluster,
                Analysis,
                leader => _collectors.CreateClient(leader, Cluster, _config, _transport),
                ct
            );
            WriteRefusal = located.WriteRefusal;
            if (located.Leader is { } leader)
            {
                Cluster = Cluster with { Members = Cluster.Members.Add(leader) };
                _collector = CreateCollector(Cluster);
                await ReadStatAsync(ct);
                if (!LeaderLocator.IsStillLeader(Cluster, Analysis.Snapshot))
                {
                    WriteRefusal = LeaderLocator.FormatLeaderChanged(leader);
                }
            }
        }
        WriteRefusal ??= QuorumGuard.DetectTwoClusters(Analysis);
        return Analysis;
    }

    /// <summary>Reads all known switches, one linearizable read each.</summary>
    public Task ReadSwitchesAsync(CancellationToken ct) => _collector.CollectSwitchesAsync(ct);

    /// <summary>
    /// Reads one switch with a linearizable read. The leader is asked first, then its followers, then other members
    /// that answer. 907 or 908 from the leader or a follower is final.
    /// </summary>
    public async Task<Answer<SwitchReading>> ReadSwitchAsync(string key, CancellationToken ct)
    {
        var answer = new Answer<SwitchReading>(
            Outcome.Refused,
            null,
            "no member answers",
            _session.Time.GetUtcNow(),
            TimeSpan.Zero
        );
        foreach (var index in GetMembersInOrder())
        {
            var next = await new ClustermgrClient(
                _transport,
                CreateClientOptions(index, _config.Timeout),
                _session.Time
            ).GetSwitchAsync(key, ct);
            // A timeout says more than a refused connection, so it is kept.
            answer = next.Outcome == Outcome.Refused && answer.Outcome == Outcome.Timeout ? answer : next;
            var denied = answer.Outcome is Outcome.NoLeader or Outcome.ReadIndex;
            if (
                answer.Outcome == Outcome.Ok
                || (denied && Leadership.NamesCurrentLeader(Analysis.Snapshot, Analysis.Snapshot.Members[index]))
            )
            {
                break;
            }
        }
        return answer;
    }

    /// <summary>Returns the member to send a write to: the leader when it is known, else a follower, else any member
    /// that answers; null when none does.</summary>
    public ClientOptions? GetWriteTarget() =>
        GetMembersInOrder() is [var first, ..] ? CreateClientOptions(first, ClustermgrAdmin.Deadline) : null;

    public void Dispose() => _transport.Dispose();

    private Task ReadStatAsync(CancellationToken ct) =>
        Task.WhenAll(
            Enumerable.Range(0, Cluster.Members.Length).Select(member => _collector.CollectStatAsync(member, ct))
        );

    private ClusterCollector CreateCollector(ClusterConfig cluster) =>
        _collectors.CreateCollector(cluster, _config, _transport);

    private List<int> GetMembersInOrder()
    {
        var snapshot = Analysis.Snapshot;
        var leader = Analysis.Leader;
        return
        [
            .. Enumerable
                .Range(0, snapshot.Members.Length)
                .Where(i => snapshot.Members[i].Up)
                .OrderBy(i =>
                    ReferenceEquals(snapshot.Members[i], leader) ? 0
                    : Leadership.NamesCurrentLeader(snapshot, snapshot.Members[i]) ? 1
                    : 2
                ),
        ];
    }

    private ClientOptions CreateClientOptions(int member, TimeSpan timeout) =>
        new(Cluster.Members[member].Url, Cluster.Secret?.Reveal(), timeout, _config.MaxBodyBytes);
}
