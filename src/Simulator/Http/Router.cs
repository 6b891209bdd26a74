using ClustermgrSimulator.Faults;
using ClustermgrSimulator.Raft;

namespace ClustermgrSimulator.Http;

/// <summary>Applies hangs, latency, the token check, faults and forwarding before a request reaches its
/// endpoint.</summary>
internal sealed class Router(SimulationState state)
{
    private readonly ReadEndpoints _reads = new(state);
    private readonly WriteEndpoints _writes = new(state);

    private Timings Timings => state.Options.Timings;

    public RequestResult TryAnswer(PendingRequest inquiry)
    {
        var member = inquiry.Member;
        if (member.Hung)
        {
            return RequestResult.Wait;
        }
        if (state.Now < inquiry.Begun)
        {
            return RequestResult.Until(inquiry.Begun);
        }
        var faults = state.GetFaults(member);
        var refused =
            faults.RefuseTokens
            || (state.Options.Secret is { } secret && !Authentication.Accepts(inquiry.Request, secret));
        if (refused)
        {
            return SimulatedAnswer.Empty(403);
        }
        state.Raft.AdvanceLog();
        return inquiry.Request.Method == "POST" && faults.Writes != WriteFault.None
            ? ApplyWriteFault(inquiry, member, faults)
            : Answer(inquiry, member, faults);
    }

    /// <summary>Applies the fault of a write: its sender gets no answer, or a false one.</summary>
    private RequestResult ApplyWriteFault(PendingRequest inquiry, Member member, MemberFaults faults)
    {
        if (faults.Writes == WriteFault.Ignore)
        {
            return SimulatedAnswer.Empty(200);
        }
        if (faults.Writes == WriteFault.CutBefore)
        {
            return SimulatedAnswer.Reset;
        }
        var done = Answer(inquiry, member, faults);
        return done.Answer is null ? done : SimulatedAnswer.Reset;
    }

    private RequestResult Answer(PendingRequest inquiry, Member member, MemberFaults faults)
    {
        var sick = faults.ForwardAsSick || state.Now < member.SnapshotUntil;
        var verdict =
            sick && member.Role != Role.Leader
                ? Forward(inquiry, leader => Route(inquiry, leader))
                : Route(inquiry, member);
        return verdict.Answer is { } answer ? BodyFaults.Apply(faults, answer) : verdict;
    }

    private RequestResult Route(PendingRequest inquiry, Member member) =>
        (inquiry.Request.Method, inquiry.Request.Path) switch
        {
            ("GET", "/stat") => Stat(inquiry, member),
            ("GET", "/config/get") => Linearizable(inquiry, member, _reads.ConfigGet),
            ("GET", "/disk/list") => Linearizable(inquiry, member, _reads.DiskList),
            ("GET", "/disk/droppinglist") => Linearizable(inquiry, member, _reads.DroppingList),
            ("GET", "/service/list") => Linearizable(inquiry, member, _reads.ServiceList),
            ("GET", "/service/get") => Linearizable(inquiry, member, _reads.ServiceGet),
            ("GET", "/volume/list") => Linearizable(inquiry, member, _reads.VolumeList),
            ("GET", "/v2/volume/list") => Linearizable(inquiry, member, _reads.VolumeListV2),
            ("POST", "/config/set") => AtLeader(inquiry, member, _writes.ConfigSet),
            ("POST", "/member/add") => AtLeader(inquiry, member, _writes.MemberAdd),
            ("POST", "/member/remove") => AtLeader(inquiry, member, _writes.MemberRemove),
            ("POST", "/leadership/transfer") => AtLeader(inquiry, member, _writes.LeadershipTransfer),
            _ => new SimulatedAnswer(404, "text/plain", "404 page not found\n"u8.ToArray()),
        };

    /// <summary>A member's own view. Only a new leader confirms its leadership first, once for all waiting requests; if
    /// that takes the full timeout, they get 908 and later ones are answered.</summary>
    private RequestResult Stat(PendingRequest inquiry, Member member)
    {
        if (member.Role == Role.Leader && inquiry.Begun < member.ReadsFrom)
        {
            if (state.Now < member.ReadsFrom)
            {
                return RequestResult.Until(member.ReadsFrom);
            }
            if (member.ReadsFrom - member.ElectedAt >= Timings.ReadTimeout)
            {
                return NoLeader(908);
            }
        }
        return _reads.Stat(inquiry.Member, member);
    }

    private RequestResult Linearizable(
        PendingRequest inquiry,
        Member member,
        Func<SimulatedRequest, SimulatedAnswer> read
    )
    {
        if (ReadEndpoints.Validate(inquiry.Request) is { } invalid)
        {
            return invalid;
        }
        var quorum = state.Raft.ServingLeader is { } leader && member.Follows(leader);
        if (quorum && state.Now >= member.ReadsFrom)
        {
            return read(inquiry.Request);
        }
        var end = inquiry.Begun + Timings.ReadTimeout;
        if (state.Now < end)
        {
            return RequestResult.Until(quorum && member.ReadsFrom < end ? member.ReadsFrom : end);
        }
        return state.Options.Version == ServerVersion.V32 && inquiry.Request.Path == "/config/get"
            ? SimulatedAnswer.Json(200, "\"\"")
            : SimulatedAnswer.Error(908, "raft read index error");
    }

    private RequestResult AtLeader(
        PendingRequest inquiry,
        Member member,
        Func<Member, SimulatedRequest, SimulatedAnswer> write
    )
    {
        return member.Role == Role.Leader ? Commit(member) : Forward(inquiry, Commit);

        RequestResult Commit(Member leader)
        {
            if (state.Raft.HasQuorum(leader))
            {
                return write(leader, inquiry.Request);
            }
            var end = inquiry.Begun + Timings.ReadTimeout;
            return state.Now < end ? RequestResult.Until(end) : SimulatedAnswer.Error(906, "raft propose error");
        }
    }

    private RequestResult Forward(PendingRequest inquiry, Func<Member, RequestResult> then)
    {
        var member = inquiry.Member;
        if (member.Leader == 0)
        {
            return NoLeader(907);
        }
        if (state.Raft.Find(member.Leader) is not { Listening: true } leader)
        {
            return SimulatedAnswer.Empty(502);
        }
        if (member.Reaches(leader))
        {
            return then(leader);
        }
        var end = inquiry.Begun + Timings.ForwardTimeout;
        return state.Now < end ? RequestResult.Until(end) : SimulatedAnswer.Empty(502);
    }

    private static SimulatedAnswer NoLeader(int status) =>
        SimulatedAnswer.Json(status, "{\"Status\":" + status + ",\"Code\":\"\",\"Err\":{}}");
}
