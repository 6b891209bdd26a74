using System.Text;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using ClustermgrSimulator.Http;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

/// <summary>
/// Polls a simulated cluster in the way in which the recordings were made: /stat of every member once a second with a
/// timeout of 2 s, the rest every 5 s with 12 s. A request that ends after its next turn is followed by another one
/// immediately.
/// </summary>
internal sealed class Replay(SimulatedCluster cluster, ManualClock clock, string? secret = null)
{
    /// <summary>Time for the first refreshes, so that what was prepared before the start is visible.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);

    private static readonly string[] SwitchNames =
    [
        "disk_repair",
        "balance",
        "disk_drop",
        "blob_delete",
        "shard_repair",
        "volume_inspect",
        "vol_inspect",
    ];

    private readonly List<RecordedAnswer> _answers = [];

    public IReadOnlyList<RecordedAnswer> Run(double seconds)
    {
        clock.Advance(WarmUp);
        var begin = clock.GetUtcNow();
        var loops = new List<Task>();
        foreach (var member in cluster.Members)
        {
            loops.Add(PollAsync(member, "/stat", 1, 2));
            loops.Add(PollAsync(member, "/disk/list?count=200", 5, 12));
            loops.Add(PollAsync(member, "/service/list", 5, 12));
            loops.AddRange(SwitchNames.Select(key => PollAsync(member, "/config/get?key=" + key, 5, 12)));
        }
        clock.Advance(TimeSpan.FromSeconds(seconds + 15));
        Assert.All(loops, loop => Assert.True(loop.IsCompletedSuccessfully, loop.Exception?.ToString()));
        return _answers;

        async Task PollAsync(MemberStatus member, string path, double interval, double limit)
        {
            var next = 0.0;
            while (next < seconds)
            {
                var wait = begin.AddSeconds(next) - clock.GetUtcNow();
                // Task.Delay ignores fractions of a millisecond, and would end too early.
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), clock);
                }
                var sent = (clock.GetUtcNow() - begin).TotalSeconds;
                var answer = await AskAsync(member.Id, path, limit);
                var ended = (clock.GetUtcNow() - begin).TotalSeconds;
                var refused = answer?.Delivery is Delivery.Refused or Delivery.Reset;
                _answers.Add(
                    new RecordedAnswer(
                        sent,
                        member.HttpHost,
                        path,
                        answer is null || refused ? null : answer.Status,
                        ended - sent,
                        answer is null || refused ? null : Encoding.UTF8.GetString(answer.Body.Span),
                        answer is null ? "TimeoutError: timed out"
                            : refused ? "ConnectionRefusedError"
                            : null
                    )
                );
                next = Math.Max((Math.Floor(sent / interval) + 1) * interval, ended);
            }
        }
    }

    private async Task<SimulatedAnswer?> AskAsync(ulong member, string path, double limit)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(limit), clock);
        var parts = path.Split('?');
        var token = secret is null
            ? null
            : Authentication.Token(
                parts[0],
                parts.Length > 1 ? parts[1] : "",
                clock.GetUtcNow().ToUnixTimeSeconds(),
                secret
            );
        try
        {
            return await cluster.AnswerAsync(member, "GET", path, token, default, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
