using ClustermgrExporter.Clustermgr;
using ClustermgrExporter.Clusters;
using ClustermgrExporter.Config;
using ClustermgrExporter.Polling;
using Serilog.Core;

namespace ClustermgrExporter.Admin;

/// <summary>One cluster, asked by the parts with which serve asks, as often as somebody looks.</summary>
internal sealed class ClusterView : IDisposable
{
    private readonly ExporterConfig _config;
    private readonly Session _session;
    private readonly HttpMessageHandler _transport;
    private ClusterCollector _collector;

    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public ClusterView(ClusterConfig cluster, ExporterConfig config, Session session)
    {
        (Cluster, _config, _session) = (cluster, config, session);
        _transport = session.Reads(cluster);
        _collector = Collector();
    }

    /// <summary>As configured, and the leader that a member named.</summary>
    public ClusterConfig Cluster { get; private set; }

    public ClusterAnalysis Analysis => _collector.State.Analysis;

    /// <summary>Asks every member for its /stat, and a leader that is named and not configured too: only its list says who
    /// belongs.</summary>
    public async Task<ClusterAnalysis> LookAsync(CancellationToken ct)
    {
        await StatAsync(ct);
        if (Analysis.Leader is null && Unlisted() is { } leader)
        {
            Cluster = Cluster with { Members = Cluster.Members.Add(leader) };
            _collector = Collector();
            await StatAsync(ct);
        }
        return Analysis;
    }

    /// <summary>All switches that are known, a quorum read each.</summary>
    public Task ReadSwitchesAsync(CancellationToken ct) => _collector.CollectSwitchesAsync(ct);

    /// <summary>
    /// One switch, by a linearizable read: the leader is asked first, then who follows it, then others that answer. 907 or
    /// 908 from the first two is the cluster's word.
    /// </summary>
    public async Task<Answer<SwitchReading>> ReadSwitchAsync(string key, CancellationToken ct)
    {
        var answer = new Answer<SwitchReading>(Outcome.Refused, null, "no member answers", _session.Time.GetUtcNow(), TimeSpan.Zero);
        foreach (var index in InOrder())
        {
            var next = await new ClustermgrClient(_transport, Options(index, _config.Timeout), _session.Time).GetSwitchAsync(key, ct);
            // Of a member that hangs more is to be learned than of one that is down.
            answer = next.Outcome == Outcome.Refused && answer.Outcome == Outcome.Timeout ? answer : next;
            var denied = answer.Outcome is Outcome.NoLeader or Outcome.ReadIndex;
            if (answer.Outcome == Outcome.Ok || (denied && Leadership.Follows(Analysis.Snapshot, Analysis.Snapshot.Members[index]))) break;
        }
        return answer;
    }

    /// <summary>Whom a write goes to: the leader where it is known, else a member that follows one, else one that answers.
    /// </summary>
    public ClientOptions? Target() => InOrder() is [var first, ..] ? Options(first, ClustermgrAdmin.Deadline) : null;

    public void Dispose() => _transport.Dispose();

    private Task StatAsync(CancellationToken ct) =>
        Task.WhenAll(Enumerable.Range(0, Cluster.Members.Length).Select(member => _collector.CollectStatAsync(member, ct)));

    private ClusterCollector Collector() => new Collectors(_session.Time, Logger.None).Of(Cluster, _config, _transport);

    private MemberConfig? Unlisted()
    {
        foreach (var (member, config) in Analysis.Snapshot.Members.Zip(Cluster.Members))
        {
            if (!Leadership.Follows(Analysis.Snapshot, member)) continue;
            var leader = MemberUrl.Parse($"{config.Url.Scheme}://{member.Reading!.LeaderHost}", out _);
            var known = leader is null || Analysis.Snapshot.Members.Any(
                other => string.Equals(other.Address, leader.Address, StringComparison.OrdinalIgnoreCase));
            if (!known) return new MemberConfig(leader!.Label, leader.Url);
        }
        return null;
    }

    private List<int> InOrder()
    {
        var (snapshot, leader) = (Analysis.Snapshot, Analysis.Leader);
        return [.. Enumerable.Range(0, snapshot.Members.Length).Where(i => snapshot.Members[i].Up)
            .OrderBy(i => ReferenceEquals(snapshot.Members[i], leader) ? 0 : Leadership.Follows(snapshot, snapshot.Members[i]) ? 1 : 2)];
    }

    private ClientOptions Options(int member, TimeSpan timeout) =>
        new(Cluster.Members[member].Url, Cluster.Secret?.Reveal(), timeout, _config.MaxBodyBytes);
}
