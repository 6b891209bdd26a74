using ClustermgrSimulator.Faults;
using ClustermgrSimulator.Raft;

namespace ClustermgrSimulator;

/// <summary>Changes of members.</summary>
public sealed partial class SimulatedCluster
{
    /// <summary>Node id of the leader that has a majority; null while there is none.</summary>
    public ulong? Leader => Update(() => _state.Raft.ServingLeader?.Id);

    /// <summary>Ids of the running voters that do not lead, in order.</summary>
    public IReadOnlyList<ulong> Followers =>
        Update(() =>
        {
            var leader = _state.Raft.ServingLeader;
            return _state.Raft.Voters.Where(m => m.Alive && !ReferenceEquals(m, leader)).Select(m => m.Id).ToList();
        });

    /// <summary>kill −9: connections reset, then refused.</summary>
    public void Kill(ulong member) =>
        UpdateLinks(
            member,
            m =>
            {
                m.StopTimers();
                (m.Process, m.Hung, m.Role, m.Leader) = (Process.Stopped, false, Role.Follower, 0);
            }
        );

    /// <summary>Starts the process of a stopped member. It listens once it knows a leader.</summary>
    public void Start(ulong member) =>
        UpdateLinks(
            member,
            m =>
            {
                if (m.Process != Process.Stopped)
                {
                    return;
                }
                m.Process = Process.Booting;
                m.StartedAt = _state.Now;
                _queue.Add(
                    _state.Now + _latency.NextDelay(Options.Timings.Boot),
                    () =>
                    {
                        _state.Raft.Boot(m);
                        _state.Refresh(m);
                    }
                );
            }
        );

    /// <summary>SIGSTOP: connections open, nothing answers.</summary>
    public void Hang(ulong member) => UpdateLinks(member, m => m.Hung = true);

    /// <summary>SIGCONT: what was asked meanwhile is answered.</summary>
    public void Resume(ulong member) =>
        UpdateLinks(
            member,
            m =>
            {
                if (!m.Hung)
                {
                    return;
                }
                // Its refresh timer is overdue and fires before a heartbeat is taken in: until the next, disks look
                // expired.
                if (m.RefreshDue)
                {
                    _state.Refresh(m);
                }
                m.Hung = false;
                m.ResumedAt = _state.Now;
                _state.Raft.CatchUp(m);
            }
        );

    /// <summary>Cuts it off from the other members; it still answers us.</summary>
    public void Isolate(ulong member) => UpdateLinks(member, m => m.Isolated = true);

    public void Heal(ulong member) => UpdateLinks(member, m => m.Isolated = false);

    /// <summary>Sets the faults of its answers; <see cref="MemberFaults.None"/> to end them.</summary>
    public void SetFaults(ulong member, MemberFaults faults) => UpdateMember(member, m => _state.SetFaults(m, faults));

    public void SetReadOnly(ulong member, bool readOnly) => UpdateMember(member, m => m.ReadOnly = readOnly);

    /// <summary>Sets its clock ahead of the others', or behind, which changes its view of heartbeats.</summary>
    public void SkewClock(ulong member, TimeSpan ahead) => UpdateMember(member, m => m.ClockSkew = ahead);

    /// <summary>Holds its log so many entries behind the leader's.</summary>
    public void Lag(ulong member, ulong entries) => UpdateMember(member, m => m.LagEntries = entries);

    /// <summary>Keeps so many committed entries from its state machine.</summary>
    public void DelayApply(ulong member, ulong entries) => UpdateMember(member, m => m.ApplyBacklog = entries);

    /// <summary>Sets the address of its HTTP side, once a server has its port.</summary>
    public void SetHttpHost(ulong member, string hostAndPort) => UpdateMember(member, m => m.HttpHost = hostAndPort);

    /// <summary>As POST /leadership/transfer: asked for, not done when this returns.</summary>
    public void TransferLeadership(ulong target) => UpdateMember(target, _state.Raft.Transfer);

    /// <summary>Lists a member whose process does not run yet.</summary>
    public void AddMember(ulong id, string httpHost, string raftHost, bool learner) =>
        Update(() =>
        {
            _state.Raft.Propose();
            _state.Add(new Member(id, httpHost, raftHost) { Listed = true, Learner = learner });
            return 0;
        });

    /// <summary>Removes it from the list; its process goes on and keeps its last leader.</summary>
    public void RemoveMember(ulong member) =>
        UpdateLinks(
            member,
            m =>
            {
                _state.Raft.Propose();
                m.Listed = false;
                m.StopTimers();
            }
        );

    private void UpdateLinks(ulong member, Action<Member> change) =>
        UpdateMember(
            member,
            m =>
            {
                change(m);
                _state.Raft.OnLinksChanged();
            }
        );

    private void UpdateMember(ulong member, Action<Member> update) =>
        Update(() =>
        {
            update(
                _state.Raft.Find(member)
                    ?? throw new ArgumentException(
                        $"No member has the node id {member}; there are "
                            + $"{string.Join(", ", _state.Raft.Members.Select(m => m.Id))}.",
                        nameof(member)
                    )
            );
            return 0;
        });
}
