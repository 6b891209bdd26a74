using System.Globalization;
using System.Text.Json;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

/// <summary>The different answers of a member to one path in succession, each with the time of its first
/// request.</summary>
internal sealed record AnswerTimeline(string What, IReadOnlyList<(double T, string Said)> Steps)
{
    public static AnswerTimeline Of(string what, IEnumerable<RecordedAnswer> answers, Func<RecordedAnswer, string> say)
    {
        var said = answers.OrderBy(a => a.T).Select(a => (a.T, Said: say(a))).ToList();
        // An answer that only one poll saw is a flicker of CheckQuorum, which has its own test.
        for (var i = said.Count - 2; i > 0; i--)
        {
            if (said[i - 1].Said == said[i + 1].Said && said[i].Said != said[i - 1].Said)
            {
                said.RemoveAt(i);
            }
        }
        var steps = new List<(double, string)>();
        foreach (var step in said)
        {
            if (steps.Count == 0 || steps[^1].Item2 != step.Said)
            {
                steps.Add(step);
            }
        }
        return new AnswerTimeline(what, steps);
    }

    /// <summary>Asserts that the other timeline has the same steps, each at most so many seconds earlier or
    /// later.</summary>
    public void MustBe(AnswerTimeline other, double toleranceSeconds)
    {
        Assert.True(
            Steps.Select(s => s.Said).SequenceEqual(other.Steps.Select(s => s.Said)),
            $"{What}\nrecorded:\n{this}\nsimulated:\n{other}"
        );
        for (var i = 0; i < Steps.Count; i++)
        {
            Assert.True(
                Math.Abs(Steps[i].T - other.Steps[i].T) <= toleranceSeconds,
                $"{What}: step {i} more than {toleranceSeconds} s apart\nrecorded:\n{this}\nsimulated:\n{other}"
            );
        }
    }

    public override string ToString() =>
        string.Join('\n', Steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"  {s.T, 6:0.00} {s.Said}")));

    /// <summary>Raft role, term, leader, transfer and peers of a /stat answer.</summary>
    public static Func<RecordedAnswer, string> Raft(ulong firstTerm) =>
        answer =>
            Failure(answer)
            ?? Said(
                answer,
                stat =>
                {
                    var raft = stat.GetProperty("raft_status");
                    var peers = raft.GetProperty("peers");
                    var rows =
                        peers.ValueKind == JsonValueKind.Null
                            ? ["-"]
                            : peers
                                .EnumerateArray()
                                .OrderBy(p => p.GetProperty("id").GetUInt64())
                                .Select(p =>
                                    $"{p.GetProperty("id")}:{p.GetProperty("state").GetString()}"
                                    + (p.GetProperty("active").GetBoolean() ? "+" : "!")
                                    + (p.GetProperty("paused").GetBoolean() ? "P" : "")
                                );
                    return $"{Either(raft, "raft_state", "raftState").GetString()} of "
                        + $"{Either(raft, "node_id", "nodeId")} "
                        + $"term {raft.GetProperty("term").GetUInt64() - firstTerm} leader "
                        + $"{raft.GetProperty("leader")} "
                        + $"transferee {raft.GetProperty("transferee")} peers {string.Join(' ', rows)}";
                }
            );

    /// <summary>Counts of disks and volumes in a successful /stat answer.</summary>
    public static string Disks(RecordedAnswer answer) =>
        Said(
            answer,
            stat =>
            {
                var space = stat.GetProperty("space_stat");
                var rows = space
                    .GetProperty("disk_stat_infos")
                    .EnumerateArray()
                    .Select(row =>
                        string.Join(
                            ' ',
                            row.EnumerateObject()
                                .Where(f => !f.Name.Contains("chunk", StringComparison.Ordinal))
                                .Select(f => $"{f.Name}={f.Value}")
                        )
                    );
                var volumes = stat.GetProperty("volume_stat").GetProperty("total_volume");
                return $"{string.Join(';', rows)} disks {space.GetProperty("total_disk")} volumes {volumes} "
                    + (space.GetProperty("writable_space").GetInt64() > 0 ? "writable" : "not writable");
            }
        );

    /// <summary>ID, status and read-only flag of each disk in /disk/list.</summary>
    public static string DiskList(RecordedAnswer answer) =>
        Failure(answer)
        ?? Said(
            answer,
            page =>
                string.Join(
                    ' ',
                    page.GetProperty("disks")
                        .EnumerateArray()
                        .Select(d =>
                            $"{d.GetProperty("disk_id")}:{d.GetProperty("status")}"
                            + (d.GetProperty("readonly").GetBoolean() ? "R" : "")
                        )
                )
                + " marker "
                + page.GetProperty("marker")
        );

    /// <summary>Names in /service/list, sorted.</summary>
    public static string Services(RecordedAnswer answer) =>
        Failure(answer)
        ?? Said(
            answer,
            page =>
                page.GetProperty("nodes") is { ValueKind: JsonValueKind.Array } nodes
                    ? string.Join(' ', nodes.EnumerateArray().Select(n => n.GetProperty("name").GetString()).Order())
                    : "null"
        );

    /// <summary>Status and the whole body.</summary>
    public static string Text(RecordedAnswer answer) => Failure(answer) ?? $"{answer.Status} {answer.Body}";

    private static string? Failure(RecordedAnswer answer) =>
        answer switch
        {
            { Status: 200 } => null,
            { Status: { } status } => $"{status} {answer.Body}",
            _ when answer.Error!.Contains("Refused", StringComparison.Ordinal) => "refused",
            _ => "timeout",
        };

    private static string Said(RecordedAnswer answer, Func<JsonElement, string> say)
    {
        using var json = JsonDocument.Parse(answer.Body!);
        return say(json.RootElement);
    }

    private static JsonElement Either(JsonElement json, string name, string other) =>
        json.TryGetProperty(name, out var value) ? value : json.GetProperty(other);
}
