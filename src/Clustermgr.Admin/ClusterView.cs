using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Configuration;

namespace Clustermgr.Admin;

/// <summary>One cluster, asked by the parts with which serve asks, as often as somebody looks.</summary>
public sealed class ClusterView : IDisposable
{
    private readonly ExporterConfig _config;
    private readonly AdminSession _session;
    private readonly HttpMessageHandler _transport;
    private readonly Collectors _collectors;
    private readonly ClusterConfig _configured;
    private ClusterCollector _collector;

    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public ClusterView(ClusterConfig cluster, ExporterConfig config, AdminSession session)
    {
        (Cluster, _configured, _config, _session) = (cluster, cluster, config, session);
        _collectors = new Collectors(session.Time);
        _transport = session.Reads(cluster);
        _collector = Collector(cluster);
    }

    /// <summary>As configured, and the leader that a member named.</summary>
    public ClusterConfig Cluster { get; private set; }

    public ClusterAnalysis Analysis => _collector.State.Analysis;

    /// <summary>Why nothing may be written by what the last look saw, a sentence; null where nothing speaks against
    /// it.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Why nobody could be asked; null where a member answers for itself.</summary>
    public string? Silence =>
        Analysis.Snapshot.Members.Any(member => member.Up)
            ? null
            : $"{Cluster.Name}: no member answers for itself: "
                + $"{string.Join("; ", Analysis.Snapshot.Members.Select(member => $"{member.Name} {member.Detail}"))}";

    /// <summary>Asks every member for its /stat, and a leader that is named and not configured too: only its list says
    /// who belongs.</summary>
    public async Task<ClusterAnalysis> LookAsync(CancellationToken ct)
    {
        Refusal = null;
        await StatAsync(ct);
        if (Cluster.Members.Length > _configured.Members.Length && !LeaderLocator.Stays(Cluster, Analysis.Snapshot))
        {
            // It was found at an earlier look; by now it may not lead, or be somebody else.
            (Cluster, _collector) = (_configured, Collector(_configured));
            await StatAsync(ct);
        }
        if (Cluster.Members.Length == _configured.Members.Length)
        {
            var located = await LeaderLocator.FindAsync(
                Cluster,
                Analysis,
                leader => _collectors.Client(leader, Cluster, _config, _transport),
                ct
            );
            Refusal = located.Refusal;
            if (located.Leader is { } leader)
            {
                Cluster = Cluster with { Members = Cluster.Members.Add(leader) };
                _collector = Collector(Cluster);
                await StatAsync(ct);
                if (!LeaderLocator.Stays(Cluster, Analysis.Snapshot))
                {
                    Refusal = LeaderLocator.Gone(leader);
                }
            }
        }
        Refusal ??= QuorumGuard.TwoClusters(Analysis);
        return Analysis;
    }

    /// <summary>All switches that are known, a quorum read each.</summary>
    public Task ReadSwitchesAsync(CancellationToken ct) => _collector.CollectSwitchesAsync(ct);

    /// <summary>
    /// One switch, by a linearizable read: the leader is asked first, then who follows it, then others that answer. 907
    /// or 908 from the first two is the cluster's word.
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
        foreach (var index in InOrder())
        {
            var next = await new ClustermgrClient(
                _transport,
                Options(index, _config.Timeout),
                _session.Time
            ).GetSwitchAsync(key, ct);
            // Of a member that hangs more is to be learned than of one that is down.
            answer = next.Outcome == Outcome.Refused && answer.Outcome == Outcome.Timeout ? answer : next;
            var denied = answer.Outcome is Outcome.NoLeader or Outcome.ReadIndex;
            if (
                answer.Outcome == Outcome.Ok
                || (denied && Leadership.Follows(Analysis.Snapshot, Analysis.Snapshot.Members[index]))
            )
            {
                break;
            }
        }
        return answer;
    }

    /// <summary>Whom a write goes to: the leader where it is known, else a member that follows one, else one that
    /// answers.
    /// </summary>
    public ClientOptions? Target() => InOrder() is [var first, ..] ? Options(first, ClustermgrAdmin.Deadline) : null;

    public void Dispose() => _transport.Dispose();

    private Task StatAsync(CancellationToken ct) =>
        Task.WhenAll(
            Enumerable.Range(0, Cluster.Members.Length).Select(member => _collector.CollectStatAsync(member, ct))
        );

    private ClusterCollector Collector(ClusterConfig cluster) => _collectors.Of(cluster, _config, _transport);

    private List<int> InOrder()
    {
        var (snapshot, leader) = (Analysis.Snapshot, Analysis.Leader);
        return
        [
            .. Enumerable
                .Range(0, snapshot.Members.Length)
                .Where(i => snapshot.Members[i].Up)
                .OrderBy(i =>
                    ReferenceEquals(snapshot.Members[i], leader) ? 0
                    : Leadership.Follows(snapshot, snapshot.Members[i]) ? 1
                    : 2
                ),
        ];
    }

    private ClientOptions Options(int member, TimeSpan timeout) =>
        new(Cluster.Members[member].Url, Cluster.Secret?.Reveal(), timeout, _config.MaxBodyBytes);
}
