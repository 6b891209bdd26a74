using System.Text.Json;

namespace ClustermgrExporter.Tests.Replay;

/// <summary>Who leads, who votes and who may be restarted.</summary>
internal sealed partial class Oracle
{
    /// <summary>Counts the distinct leaders that answering members name in the highest known term, and how many of the
    /// voters in the newest leader's list may still fail. Members that are cut off do not count.</summary>
    private void Quorum()
    {
        var polls = _members.Select(member => (Member: member, Polls: Stats(member))).ToList();
        var up = polls
            .Where(member => member.Polls.Count > 0 && member.Polls[^1].Outcome == "ok")
            .Select(member => Raft(Parsed(member.Polls[^1].Body)))
            .ToList();
        var heard = _members
            .Select(Fresh)
            .OfType<JsonElement>()
            .Select(stat => Get(Raft(stat), "term").GetUInt64())
            .ToList();
        if (up.Count > 0 && up.Max(Term) == heard.Max())
        {
            _expected[Series("clustermgr_cluster_leaders", "")] =
                $"{up.Where(raft => Term(raft) == heard.Max()).Select(raft => Get(raft, "leader").GetUInt64()).Where(id => id != 0).Distinct().Count()}";
        }
        // The clusters of the recordings always have three voters; it is enough that a leader was heard.
        if (
            !replayed.Members.Log.Any(given =>
                given is { Path: "/stat", Outcome: "ok" }
                && given.Body.Contains("\"peers\":[", StringComparison.Ordinal)
            )
        )
        {
            return;
        }
        foreach (var (name, value) in new[] { ("members", 3), ("voters", 3), ("quorum", 2) })
        {
            Add($"clustermgr_cluster_{name}", "", value);
        }
        if (up.Count == 0 || polls.Any(member => member.Polls.Count == 0))
        {
            return;
        }
        var cutOff = CutOff(replayed.Members.Log.Count);
        var with = polls.Count(member => member.Polls[^1].Outcome == "ok" && !cutOff.Contains(member.Member));
        _expected[Series("clustermgr_cluster_quorum_margin", "")] = $"{with - 2}";
        SafeToRestart(cutOff);
    }

    /// <summary>A member is safe to restart if, without it, two of the three remain that the leader reports as healthy,
    /// that answer and that are not cut off.</summary>
    private void SafeToRestart(HashSet<string> cutOff)
    {
        var ids = _members
            .Select(member => (Member: member, Ok: Stats(member).FindLast(given => given.Outcome == "ok")))
            .Where(member => member.Ok is not null)
            .ToDictionary(member => Get(Raft(Parsed(member.Ok!.Body)), "node_id").GetUInt64(), member => member.Member);
        var leader = Leader();
        var self = leader is { } stat ? Get(Raft(stat), "node_id").GetUInt64() : 0;
        if (self == 0 || !Answers(ids[self]))
        {
            foreach (var member in _members)
            {
                Add("clustermgr_member_safe_to_restart", $"member=\"{member}\"", false);
            }
            return;
        }
        var healthy = Get(Raft(leader!.Value), "peers")
            .EnumerateArray()
            .Where(Healthy)
            .Select(row => Get(row, "id").GetUInt64())
            .ToList();
        foreach (var (id, member) in ids)
        {
            Add("clustermgr_member_safe_to_restart", $"member=\"{member}\"", healthy.Count(other => other != id) >= 2);
        }
        bool Answers(string member) => Stats(member) is [.., { Outcome: "ok" }];
        bool Healthy(JsonElement row)
        {
            var id = Get(row, "id").GetUInt64();
            var raft = Raft(leader.Value);
            if (id == self)
            {
                return true;
            }
            var (silentFor, times) = Silent(leader.Value, id);
            if (silentFor >= 15 && times >= 3)
            {
                return false;
            }
            if (
                Get(row, "state").GetString() != "StateReplicate"
                || Get(raft, "commit").GetUInt64() > Get(row, "match").GetUInt64() + 1000
            )
            {
                return false;
            }
            if (!ids.TryGetValue(id, out var member))
            {
                return true;
            }
            if (!Answers(member) || cutOff.Contains(member))
            {
                return false;
            }
            var own = Raft(Parsed(Stats(member)[^1].Body));
            return Term(own) < Term(raft) || Get(own, "leader").GetUInt64() == self;
        }
    }

    /// <summary>
    /// The members that are cut off according to the first requests. If a member that answers names a leader in the
    /// highest term, these are the members that name no leader in it, and those that were asked after that term began
    /// and are still in an older one. The answer of a member that was asked earlier does not know about the election.
    /// </summary>
    private HashSet<string> CutOff(int requests)
    {
        if (_cutOff.TryGetValue(requests, out var known))
        {
            return known;
        }
        var log = replayed.Members.Log.Take(requests).Where(given => given.Path == "/stat").ToList();
        var last = new Dictionary<string, (RecordedReply Given, JsonElement Raft, bool Answers)>();
        foreach (var polls in log.GroupBy(given => given.Member))
        {
            var ok = polls.Reverse().Take(StaleAfter).FirstOrDefault(given => given.Outcome == "ok");
            if (ok is not null)
            {
                last[polls.Key] = (ok, Raft(Parsed(ok.Body)), polls.Last().Outcome == "ok");
            }
        }
        var term = last.Values.Select(member => Term(member.Raft)).Append(0UL).Max();
        if (
            !last.Values.Any(member =>
                member.Answers && Term(member.Raft) == term && Get(member.Raft, "leader").GetUInt64() != 0
            )
        )
        {
            return _cutOff[requests] = [];
        }
        var first = replayed.Members.Log.FindIndex(given =>
            given is { Path: "/stat", Outcome: "ok" } && Term(Raft(Parsed(given.Body))) == term
        );
        var election = first >= FirstRound();
        return _cutOff[requests] = [
            .. last.Where(member =>
                    Term(member.Value.Raft) == term
                        ? Get(member.Value.Raft, "leader").GetUInt64() == 0
                        : !election
                            || member.Value.Given.Asked > replayed.Members.Log[first].At
                            || CutOff(first).Contains(member.Key)
                )
                .Select(member => member.Key),
        ];
    }

    /// <summary>The number of requests that had ended when every member had been asked once: terms that differ until
    /// then are not an election.</summary>
    private int FirstRound() =>
        _members.Max(member => replayed.Members.Log.FindIndex(given => given.Path == "/stat" && given.Member == member))
        + 1;

    private static ulong Term(JsonElement raft) => Get(raft, "term").GetUInt64();
}
