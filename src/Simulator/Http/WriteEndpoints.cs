using System.Text.Json;
using ClustermgrSimulator.Raft;

namespace ClustermgrSimulator.Http;

/// <summary>The POST endpoints, at a leader that has a majority.</summary>
internal sealed class WriteEndpoints(SimulationState state)
{
    private const long LearnerType = 1,
        NormalType = 2;

    /// <summary>Stores anything: the server does not check that a switch is true or false.</summary>
    public SimulatedAnswer ConfigSet(Member leader, SimulatedRequest request)
    {
        using var body = Parse(request);
        if (Text(body, "key") is not { Length: > 0 } key || Text(body, "value") is not { } value)
        {
            return CreateIllegalError();
        }
        if (!state.Raft.Propose())
        {
            return SimulatedAnswer.Error(906, "raft propose error");
        }
        state.Switches[key] = value;
        return SimulatedAnswer.Empty(200);
    }

    public SimulatedAnswer MemberAdd(Member leader, SimulatedRequest request)
    {
        using var body = Parse(request);
        if (Id(body) is not { } id || Text(body, "host") is not { Length: > 0 } host)
        {
            return CreateIllegalError();
        }
        if (
            body!.RootElement.TryGetProperty("member_type", out var type) is false
            || type.ValueKind != JsonValueKind.Number
            || !type.TryGetInt64(out var kind)
            || kind is not (LearnerType or NormalType)
        )
        {
            return CreateIllegalError();
        }
        if (state.Raft.Members.Exists(m => m.Listed && (m.Id == id || m.RaftHost == host)))
        {
            return SimulatedAnswer.Error(910, "duplicated member info");
        }
        if (Text(body, "node_host") is not { Length: > 0 } node)
        {
            return CreateIllegalError();
        }
        state.Raft.Propose();
        var scheme = node.IndexOf("://", StringComparison.Ordinal);
        var http = scheme < 0 ? node : node[(scheme + 3)..];
        state.Add(new Member(id, http, host) { Listed = true, Learner = kind == LearnerType });
        return SimulatedAnswer.Empty(200);
    }

    /// <summary>The server does not check that a quorum remains.</summary>
    public SimulatedAnswer MemberRemove(Member leader, SimulatedRequest request)
    {
        using var body = Parse(request);
        if (Id(body) is not { } id || state.Raft.Find(id) is not { Listed: true } member)
        {
            return CreateIllegalError();
        }
        if (ReferenceEquals(member, leader))
        {
            return SimulatedAnswer.Error(400, "Request Not Allow");
        }
        state.Raft.Propose();
        member.Listed = false;
        member.StopTimers();
        state.Raft.OnLinksChanged();
        return SimulatedAnswer.Empty(200);
    }

    /// <summary>200 does not mean done.</summary>
    public SimulatedAnswer LeadershipTransfer(Member leader, SimulatedRequest request)
    {
        using var body = Parse(request);
        if (Id(body) is not { } id || state.Raft.Find(id) is not { Listed: true } target)
        {
            return CreateIllegalError();
        }
        state.Raft.Transfer(target);
        return SimulatedAnswer.Empty(200);
    }

    private static SimulatedAnswer CreateIllegalError() => SimulatedAnswer.Error(400, "Illegal Arguments");

    private static JsonDocument? Parse(SimulatedRequest request)
    {
        try
        {
            var body = JsonDocument.Parse(request.Body);
            if (body.RootElement.ValueKind == JsonValueKind.Object)
            {
                return body;
            }
            body.Dispose();
        }
        catch (JsonException)
        {
            // not JSON: refused like a field that is missing
        }
        return null;
    }

    private static string? Text(JsonDocument? body, string name) =>
        body?.RootElement.TryGetProperty(name, out var value) is true && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static ulong? Id(JsonDocument? body) =>
        body?.RootElement.TryGetProperty("peer_id", out var value) is true
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetUInt64(out var id)
        && id > 0
            ? id
            : null;
}
