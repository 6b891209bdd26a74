using System.Collections.Immutable;
using System.Text.Json;
using Clustermgr.Analysis;
using Peer = Clustermgr.Parsing.StatShapes.Peer;
using Raft = Clustermgr.Parsing.StatShapes.Raft;

namespace Clustermgr.Parsing;

/// <summary>raft_status of /stat.</summary>
internal static class RaftParser
{
    public static RaftReading Read(ref Utf8JsonReader reader, SchemaLog log)
    {
        var row = new JsonRow(Raft.Shape, log);
        RaftState? state = null;
        ImmutableArray<PeerReading> peers = [];
        while (row.Next(ref reader))
        {
            switch (row.Slot)
            {
                case Raft.State:
                    state = ParseState(in reader);
                    break;
                case Raft.Peers:
                    peers = JsonRows.Read(ref reader, log, Peer.Shape.Path, ReadPeer, ById);
                    break;
            }
        }
        return new RaftReading
        {
            NodeId = Core(row.UInt64(Raft.NodeId), Raft.NodeId, log),
            Term = Core(row.UInt64(Raft.Term), Raft.Term, log),
            State = Core(state, Raft.State, log),
            Leader = Core(row.UInt64(Raft.Leader), Raft.Leader, log),
            Vote = row.UInt64(Raft.Vote),
            Commit = row.UInt64(Raft.Commit),
            Applied = row.UInt64(Raft.Applied),
            RaftApplied = row.UInt64(Raft.RaftApplied),
            Transferee = row.UInt64(Raft.Transferee),
            ApplyingLength = row.Int64(Raft.ApplyingLength),
            Peers = peers,
        };
    }

    private static T Core<T>(T? value, int slot, SchemaLog log)
        where T : struct =>
        value
        ?? throw new InvalidBodyException($"{Raft.Shape.GetPath(slot, log.Dialect)} is missing or of another type");

    private static int ById(PeerReading a, PeerReading b) => a.Id.CompareTo(b.Id);

    private static PeerReading? ReadPeer(ref Utf8JsonReader reader, SchemaLog log)
    {
        var row = new JsonRow(Peer.Shape, log);
        var host = "";
        var state = PeerState.Unknown;
        while (row.Next(ref reader))
        {
            switch (row.Slot)
            {
                case Peer.Host:
                    host = MemberText.Read(in reader, log);
                    break;
                case Peer.State:
                    state = ParsePeerState(in reader);
                    break;
            }
        }
        return row.UInt64(Peer.Id) is not { } id
            ? null
            : new PeerReading
            {
                Id = id,
                Host = host,
                State = state,
                Match = row.UInt64(Peer.Match),
                Next = row.UInt64(Peer.Next),
                Active = row.Flag(Peer.Active),
                Paused = row.Flag(Peer.Paused),
                Learner = row.Flag(Peer.Learner),
                InflightFull = row.Flag(Peer.InflightFull),
                InflightMessages = row.Int64(Peer.InflightMessages),
                PendingSnapshot = row.UInt64(Peer.PendingSnapshot),
            };
    }

    private static RaftState ParseState(ref readonly Utf8JsonReader reader) =>
        reader.ValueTextEquals("StateFollower"u8) ? RaftState.Follower
        : reader.ValueTextEquals("StateLeader"u8) ? RaftState.Leader
        : reader.ValueTextEquals("StateCandidate"u8) ? RaftState.Candidate
        : reader.ValueTextEquals("StatePreCandidate"u8) ? RaftState.PreCandidate
        : RaftState.Unknown;

    /// <summary>The oldest documentation puts Progress before the word.</summary>
    private static PeerState ParsePeerState(ref readonly Utf8JsonReader reader) =>
        reader.ValueTextEquals("StateReplicate"u8) || reader.ValueTextEquals("ProgressStateReplicate"u8)
            ? PeerState.Replicate
        : reader.ValueTextEquals("StateProbe"u8) || reader.ValueTextEquals("ProgressStateProbe"u8) ? PeerState.Probe
        : reader.ValueTextEquals("StateSnapshot"u8) || reader.ValueTextEquals("ProgressStateSnapshot"u8)
            ? PeerState.Snapshot
        : PeerState.Unknown;
}
