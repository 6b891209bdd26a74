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
        _collector = _collectors.CreateCollector(cluster, config, _transport);
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
        await ReadStatAsync(_collector, ct);
        WriteRefusal = null;
        // A leader that was found at an earlier look may have lost its place to another member or process since.
        if (!LeaderLocator.IsStillProven(_configured, Cluster, Analysis.Snapshot))
        {
            _collector = await ReadAsync(_configured, ct);
            Cluster = _configured;
        }
        if (ReferenceEquals(Cluster, _configured))
        {
            var read = await LeaderLocator.IncludeLeaderAsync(
                _configured,
                _collector,
                leader => _collectors.CreateClient(leader, _configured, _config, _transport),
                withLeader => ReadAsync(withLeader, ct),
                ct
            );
            Cluster = read.Cluster;
            _collector = read.Collector;
            WriteRefusal = read.WriteRefusal;
        }
        WriteRefusal ??= QuorumGuard.DetectTwoClusters(Analysis);
        return Analysis;
    }

    /// <summary>Reads all known switches, one linearizable read each.</summary>
    public Task ReadSwitchesAsync(CancellationToken ct) => _collector.CollectSwitchesAsync(ct);

    /// <summary>
    /// Reads one switch with a linearizable read, in the order <see cref="MemberSelector.LeaderFirst"/>.
    /// <see cref="MemberSelector.IsFinal"/> says which answer is final.
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
        foreach (var index in MemberSelector.LeaderFirst(Analysis))
        {
            var next = await new ClustermgrClient(
                _transport,
                CreateClientOptions(index, _config.Timeout),
                _session.Time
            ).GetSwitchAsync(key, ct);
            // A timeout says more than a refused connection, so it is kept.
            answer = next.Outcome == Outcome.Refused && answer.Outcome == Outcome.Timeout ? answer : next;
            if (MemberSelector.IsFinal(Analysis, index, answer.Outcome))
            {
                break;
            }
        }
        return answer;
    }

    /// <summary>Returns the member to send a write to: the leader when it is known, else a follower, else any member
    /// that answers; null when none does.</summary>
    public ClientOptions? GetWriteTarget() =>
        MemberSelector.SelectNext(Analysis, _ => false) is { } first
            ? CreateClientOptions(first, ClustermgrAdmin.Deadline)
            : null;

    public void Dispose() => _transport.Dispose();

    private async Task<ClusterCollector> ReadAsync(ClusterConfig cluster, CancellationToken ct)
    {
        var collector = _collectors.CreateCollector(cluster, _config, _transport);
        await ReadStatAsync(collector, ct);
        return collector;
    }

    private static Task ReadStatAsync(ClusterCollector collector, CancellationToken ct) =>
        Task.WhenAll(
            Enumerable
                .Range(0, collector.State.Snapshot.Members.Length)
                .Select(member => collector.CollectStatAsync(member, ct))
        );

    private ClientOptions CreateClientOptions(int member, TimeSpan timeout) =>
        new(Cluster.Members[member].Url, Cluster.Secret?.Reveal(), timeout, _config.MaxBodyBytes);
}
