using System.Text.Json;
using ClustermgrExporter.Tests.Support;

namespace ClustermgrExporter.Tests.Replay;

/// <summary>
/// Computes what /metrics must show at one second from the answers alone, without the program's code: each member's
/// newest own answer while fewer than three polls failed after it, the leader's figures from the member that claims the
/// highest term, and nothing else.
/// </summary>
internal sealed partial class Oracle(ReplayFixture replayed)
{
    private const int StaleAfter = 3;

    private readonly Dictionary<string, string> _expected = [];
    private readonly IReadOnlyList<string> _members = replayed.Recording.Members;
    private readonly Dictionary<string, JsonElement> _parsed = [];
    private readonly Dictionary<int, HashSet<string>> _cutOff = [];

    /// <summary>The families that the oracle does not predict, each with the reason. Of all others, any missing or
    /// additional sample is an error, and so is an unknown family.</summary>
    public static readonly Dictionary<string, string> Exempt = new()
    {
        ["clustermgr_raft_peer_active"] = "smoothed over time: EverySampleTests compares it with the leader's silence",
        ["clustermgr_disk_state_since_timestamp_seconds"] = "depends on what this exporter saw: DiskRecordsTests",
    };

    public static bool Foretells(string series) =>
        !Exempt.ContainsKey(series[..series.IndexOf('{', StringComparison.Ordinal)]);

    public Dictionary<string, string> Expected()
    {
        _expected.Clear();
        foreach (var member in _members)
        {
            var polls = Stats(member);
            if (polls.Count > 0)
            {
                Add("clustermgr_up", $"member=\"{member}\"", polls[^1].Outcome == "ok");
            }
            if (Fresh(member) is { } stat)
            {
                OfMember(member, stat);
            }
            Polls(member);
            LeaderChanges(member);
        }
        if (Leader() is { } leader)
        {
            OfLeader(leader);
        }
        Quorum();
        Switches();
        Reads();
        Disks();
        Services();
        return _expected;
    }

    /// <summary>The newest own answer of the member that leads in the highest term; null when there is none.</summary>
    public JsonElement? Leader()
    {
        var fresh = _members
            .Select(Fresh)
            .OfType<JsonElement>()
            .Select(stat => (Stat: stat, Raft: Raft(stat)))
            .ToList();
        if (fresh.Count == 0)
        {
            return null;
        }
        var term = fresh.Max(entry => Get(entry.Raft, "term").GetUInt64());
        var leaders = fresh
            .Where(entry =>
                Get(entry.Raft, "term").GetUInt64() == term
                && Get(entry.Raft, "raft_state").GetString() == "StateLeader"
            )
            .ToList();
        return leaders.Count == 0 ? null : leaders.Single().Stat;
    }

    /// <summary>For how long, and how often in a row, the leader has reported a peer as inactive in its current
    /// term.</summary>
    public (double Seconds, int Times) Silent(JsonElement leader, ulong peer)
    {
        var node = Get(Raft(leader), "node_id").GetUInt64();
        var term = Get(Raft(leader), "term").GetUInt64();
        var run = new List<double>();
        foreach (var given in replayed.Members.Log.Where(given => given is { Path: "/stat", Outcome: "ok" }).Reverse())
        {
            var raft = Raft(Parsed(given.Body));
            if (Get(raft, "node_id").GetUInt64() != node)
            {
                continue;
            }
            if (Get(raft, "term").GetUInt64() != term || Get(raft, "peers").ValueKind == JsonValueKind.Null)
            {
                break;
            }
            var row = Get(raft, "peers").EnumerateArray().First(row => row.GetProperty("id").GetUInt64() == peer);
            if (row.GetProperty("active").GetBoolean())
            {
                break;
            }
            run.Add(given.At);
        }
        return run.Count == 0 ? (0, 0) : (run[0] - run[^1], run.Count);
    }

    public static JsonElement Raft(JsonElement stat) => stat.GetProperty("raft_status");

    /// <summary>A field in either spelling; Undefined if it has neither.</summary>
    public static JsonElement Get(JsonElement of, string snake)
    {
        if (of.TryGetProperty(snake, out var value))
        {
            return value;
        }
        var words = snake.Split('_');
        var camel = words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return of.TryGetProperty(camel, out value) ? value : default;
    }

    private List<RecordedReply> Stats(string member) =>
        [.. replayed.Members.Log.Where(given => given.Path == "/stat" && given.Member == member)];

    private JsonElement? Fresh(string member)
    {
        var polls = Stats(member);
        var last = polls.FindLastIndex(given => given.Outcome == "ok");
        return last < 0 || polls.Count - 1 - last >= StaleAfter ? null : Parsed(polls[last].Body);
    }

    private JsonElement Parsed(string body)
    {
        if (!_parsed.TryGetValue(body, out var root))
        {
            _parsed[body] = root = JsonDocument.Parse(body).RootElement;
        }
        return root;
    }

    private void OfMember(string member, JsonElement stat)
    {
        var raft = Raft(stat);
        var label = $"member=\"{member}\"";
        var dialect = raft.TryGetProperty("node_id", out _) ? "snake_case" : "camel_case";
        Add(
            "clustermgr_member_info",
            $"{label},node_id=\"{Get(raft, "node_id")}\",peer=\"{Get(raft, "node_id")}\",dialect=\"{dialect}\"",
            true
        );
        var state = Get(raft, "raft_state").GetString()!["State".Length..];
        foreach (
            var (word, name) in new[]
            {
                ("leader", "Leader"),
                ("follower", "Follower"),
                ("candidate", "Candidate"),
                ("pre_candidate", "PreCandidate"),
            }
        )
        {
            Add("clustermgr_raft_state", $"{label},state=\"{word}\"", state == name);
        }
        Add("clustermgr_raft_has_leader", label, Get(raft, "leader").GetUInt64() != 0);
        foreach (
            var (series, field) in new[]
            {
                ("leader_node_id", "leader"),
                ("vote_node_id", "vote"),
                ("transferee_node_id", "transferee"),
                ("term", "term"),
                ("commit_index", "commit"),
                ("applied_index", "applied"),
                ("storage_applied_index", "raft_applied"),
                ("applying_batches", "applying_length"),
            }
        )
        {
            Add($"clustermgr_raft_{series}", label, Get(raft, field));
        }
        Add("clustermgr_read_only", label, Get(stat, "read_only"));
        // All fields of every recorded version are known.
        foreach (var kind in new[] { "unknown_field", "missing_field" })
        {
            Add("clustermgr_schema_findings", $"{label},endpoint=\"stat\",kind=\"{kind}\"", false);
        }
    }

    /// <summary>Losing a leader and finding the same one again does not count.</summary>
    private void LeaderChanges(string member)
    {
        var named = Stats(member)
            .Where(given => given.Outcome == "ok")
            .Select(given => Get(Raft(Parsed(given.Body)), "leader").GetUInt64())
            .Where(id => id != 0)
            .ToList();
        _expected[Series("clustermgr_raft_leader_changes_total", $"member=\"{member}\"")] =
            $"{named.Zip(named.Skip(1)).Count(pair => pair.First != pair.Second)}";
    }

    private void Polls(string member)
    {
        foreach (
            var (endpoint, prefix) in new[]
            {
                ("stat", "/stat"),
                ("config", "/config/"),
                ("disks", "/disk/"),
                ("services", "/service/"),
            }
        )
        {
            var log = replayed
                .Members.Log.Where(given =>
                    given.Member == member && given.Path.StartsWith(prefix, StringComparison.Ordinal)
                )
                .ToList();
            foreach (
                var outcome in new[]
                {
                    "ok",
                    "refused",
                    "timeout",
                    "dns",
                    "tls",
                    "auth",
                    "no_leader",
                    "read_index",
                    "forwarded",
                    "http_error",
                    "too_large",
                    "invalid",
                }
            )
            {
                // The outcome ok starts at 0; for endpoints that only one member is asked for, only at that member.
                if (
                    log.TrueForAll(given => given.Outcome != outcome)
                    && (outcome != "ok" || (endpoint != "stat" && log.Count == 0))
                )
                {
                    continue;
                }
                _expected[
                    Series(
                        "clustermgr_polls_total",
                        $"member=\"{member}\",endpoint=\"{endpoint}\",outcome=\"{outcome}\""
                    )
                ] = $"{log.Count(given => given.Outcome == outcome)}";
            }
            var label = $"member=\"{member}\",endpoint=\"{endpoint}\"";
            if (log.Count > 0)
            {
                Add("clustermgr_poll_duration_seconds", label, Math.Round(log[^1].At - log[^1].Asked, 7));
            }
            if (log.LastOrDefault(given => given.Outcome == "ok") is { } ok)
            {
                Add(
                    "clustermgr_poll_last_success_timestamp_seconds",
                    label,
                    (double)((1000 * ReplayFixture.Start) + Math.Floor(1000 * (decimal)Math.Round(ok.At, 7))) / 1000
                );
            }
        }
    }

    private void OfLeader(JsonElement stat)
    {
        var raft = Raft(stat);
        foreach (var row in Get(raft, "peers").EnumerateArray())
        {
            OfPeer(row, raft);
        }
        var space = stat.GetProperty("space_stat");
        Assert(
            !stat.TryGetProperty("shard_node_space_stat", out var shard)
                || shard.GetProperty("total_disk").GetInt64() == 0
        );
        foreach (var kind in new[] { "total", "free", "used", "writable", "readonly", "reserved" })
        {
            Add($"clustermgr_space_{kind}_bytes", "node_type=\"blobnode\"", Get(space, $"{kind}_space"));
        }
        Add("clustermgr_space_disks", "node_type=\"blobnode\"", Get(space, "total_disk"));
        Add("clustermgr_nodes", "node_type=\"blobnode\"", Get(space, "total_blob_node"));
        if (space.GetProperty("disk_stat_infos") is { ValueKind: JsonValueKind.Array } idcs)
        {
            foreach (var idc in idcs.EnumerateArray())
            {
                OfIdc(idc);
            }
        }
        var volumes = stat.GetProperty("volume_stat");
        foreach (
            var (status, field) in new[]
            {
                ("idle", "idle_volume"),
                ("active", "active_volume"),
                ("locked", "lock_volume"),
                ("unlocking", "unlocking_volume"),
            }
        )
        {
            Add("clustermgr_volumes", $"status=\"{status}\"", Get(volumes, field));
        }
        Add("clustermgr_volumes_registered", "", Get(volumes, "total_volume"));
        Add("clustermgr_volumes_allocatable", "", Get(volumes, "can_alloc_volume"));
    }

    private void OfPeer(JsonElement row, JsonElement raft)
    {
        var label = $"peer=\"{Get(row, "id")}\",host=\"{Get(row, "host").GetString()}\"";
        Add("clustermgr_raft_peer_match_index", label, Get(row, "match"));
        Add("clustermgr_raft_peer_next_index", label, Get(row, "next"));
        var lag = (long)Get(raft, "commit").GetUInt64() - (long)Get(row, "match").GetUInt64();
        _expected[Series("clustermgr_raft_peer_lag_entries", label)] = $"{Math.Max(0, lag)}";
        Add("clustermgr_raft_peer_learner", label, Get(row, "is_learner"));
        if (Get(row, "id").GetUInt64() == Get(raft, "node_id").GetUInt64())
        {
            return;
        }
        Add("clustermgr_raft_peer_paused", label, Get(row, "paused"));
        Add("clustermgr_raft_peer_inflight_messages", label, Get(row, "inflight_count"));
        Add("clustermgr_raft_peer_inflight_full", label, Get(row, "is_inflight_full"));
        if (Get(row, "pending_snapshot") is { ValueKind: JsonValueKind.Number } pending && pending.GetUInt64() != 0)
        {
            Add("clustermgr_raft_peer_pending_snapshot_index", label, pending);
        }
        foreach (var state in new[] { "Probe", "Replicate", "Snapshot" })
        {
            Add(
                "clustermgr_raft_peer_state",
                $"{label},state=\"{state.ToLowerInvariant()}\"",
                Get(row, "state").GetString() == $"State{state}"
            );
        }
    }

    private void OfIdc(JsonElement row)
    {
        var label = $"node_type=\"blobnode\",idc=\"{row.GetProperty("idc").GetString()}\"";
        Add("clustermgr_disks_registered", label, row.GetProperty("total"));
        foreach (
            var state in new[]
            {
                "available",
                "readonly",
                "expired",
                "broken",
                "repairing",
                "repaired",
                "dropping",
                "dropped",
            }
        )
        {
            Add("clustermgr_disks", $"{label},state=\"{state}\"", row.GetProperty(state));
        }
        Add("clustermgr_chunks", label, Get(row, "total_chunk"));
        Add("clustermgr_chunks_free", label, Get(row, "total_free_chunk"));
        Add("clustermgr_chunks_oversold_free", label, Get(row, "total_oversold_free_chunk"));
    }

    private static string Series(string name, string labels) =>
        $"{name}{{cluster=\"prod\"{(labels.Length > 0 ? "," : "")}{labels}}}";

    private void Add(string name, string labels, double value) =>
        _expected[Series(name, labels)] = value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void Add(string name, string labels, bool value) => _expected[Series(name, labels)] = value ? "1" : "0";

    private void Add(string name, string labels, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Undefined)
        {
            return;
        }
        _expected[Series(name, labels)] = value.ValueKind switch
        {
            JsonValueKind.True => "1",
            JsonValueKind.False => "0",
            _ => value.GetRawText(),
        };
    }

    private static void Assert(bool condition) => Xunit.Assert.True(condition, "the recordings hold no shardnode");
}
