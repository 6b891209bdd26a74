using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>rehearse with a real Alertmanager with the shipped routes, and a receiver of notifications.</summary>
public sealed class RehearseTests
{
    private const string Name = "prod-z0";

    private static readonly ImmutableArray<string> VerbArguments = ["rehearse", "quorum-lost", $"--cluster={Name}"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThePageArrivesAsForetoldAndEndsWithTheRehearsal()
    {
        Programs.Need(AlertmanagerProcess.Program, AlertmanagerProcess.Program);
        using var receiver = new WebhookReceiver();
        await using var alertmanager = await AlertmanagerProcess.StartAsync(Routes(receiver), Ct);
        await using var rehearsal = ProgramUnderTest.Start([
            .. VerbArguments,
            $"--alertmanager.url={alertmanager.Url}",
            "--duration=100s",
        ]);

        var page = await TakesAsync(receiver, rehearsal, one => one.Firing);

        Assert.Equal(("pages", Name), (page.Receiver, page.Cluster));
        var alert = Assert.Single(page.Alerts);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["alertname"] = "ClustermgrQuorumLost",
                ["cluster"] = Name,
                ["rehearsal"] = "true",
                ["severity"] = "page",
            },
            alert.Labels
        );
        Assert.Equal($"REHEARSAL: {Name}: 1 of 3 voters answer, 2 are needed.", alert.Annotations["summary"]);
        Assert.EndsWith(
            "This is a rehearsal of the scenario quorum-lost: nothing is broken.",
            alert.Annotations["description"],
            StringComparison.Ordinal
        );
        Assert.Equal("docs/runbooks.md#clustermgrquorumlost", alert.Annotations["runbook_url"]);
        Assert.Equal(0, await rehearsal.EndAsync(AlertChain.Patience, Ct));
        Assert.Equal("", rehearsal.Error);
        Assert.Contains(
            "  ALERT       SEVERITY  FIRES  REACHES ITS RECEIVER\n  QuorumLost  page      0:5",
            rehearsal.Output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("NoLeader", rehearsal.Output, StringComparison.Ordinal); // it gives way to QuorumLost
        Assert.Contains(
            "what should have reached its receiver:\n  QuorumLost  page  sent at ",
            rehearsal.Output,
            StringComparison.Ordinal
        );
        var ended = await TakesAsync(receiver, rehearsal, one => !one.Firing);
        Assert.Equal((page.GroupKey, "pages"), (ended.GroupKey, ended.Receiver));
        Assert.DoesNotContain(receiver.All, one => one.Has("NoLeader"));
    }

    [Fact]
    public async Task StoppedEarlyItEndsWhatItBegan()
    {
        Programs.Need(AlertmanagerProcess.Program, AlertmanagerProcess.Program);
        using var receiver = new WebhookReceiver();
        await using var alertmanager = await AlertmanagerProcess.StartAsync(Routes(receiver), Ct);
        await using var rehearsal = ProgramUnderTest.Start([
            .. VerbArguments,
            $"--alertmanager.url={alertmanager.Url}",
        ]);
        await TakesAsync(receiver, rehearsal, one => one.Has("QuorumLost"));

        rehearsal.Signal(PosixSignal.SIGINT);

        Assert.Equal(0, await rehearsal.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Contains("  QuorumLost ends\n", rehearsal.Output, StringComparison.Ordinal);
        Assert.Contains("All alerts have ended.", rehearsal.Output, StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = alertmanager.Url };
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "no alert fires",
            async stop => JsonNode.Parse(await http.GetStringAsync("/api/v2/alerts", stop))!.AsArray().Count == 0,
            () => alertmanager.Child,
            Ct
        );
        await TakesAsync(receiver, rehearsal, one => !one.Firing);
    }

    [Fact]
    public async Task WhereARealAlertFiresNobodyRehearses()
    {
        Programs.Need(AlertmanagerProcess.Program, AlertmanagerProcess.Program);
        using var receiver = new WebhookReceiver();
        await using var alertmanager = await AlertmanagerProcess.StartAsync(Routes(receiver), Ct);
        using var http = new HttpClient { BaseAddress = alertmanager.Url };
        using var real = JsonContent.Create(
            new[]
            {
                new
                {
                    labels = new Dictionary<string, string>
                    {
                        ["alertname"] = "ClustermgrDiskBroken",
                        ["cluster"] = Name,
                        ["severity"] = "page",
                    },
                },
            }
        );
        (await http.PostAsync("/api/v2/alerts", real, Ct)).EnsureSuccessStatusCode();
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it fires",
            async stop => JsonNode.Parse(await http.GetStringAsync("/api/v2/alerts", stop))!.AsArray().Count == 1,
            () => alertmanager.Child,
            Ct
        );

        var (exit, output, error) = await ExporterProcess.RunAsync(
            [.. VerbArguments, $"--alertmanager.url={alertmanager.Url}"],
            Ct
        );

        Assert.Equal((1, ""), (exit, output));
        Assert.Equal(
            $"{Name} has alerts not from a rehearsal: ClustermgrDiskBroken. Who answers them needs no second "
                + $"incident; --force rehearses anyway\n",
            error
        );
        (exit, output, _) = await ExporterProcess.RunAsync(
            [
                "rehearse",
                "healthy",
                $"--cluster={Name}",
                "--duration=1s",
                "--force",
                $"--alertmanager.url={alertmanager.Url}",
            ],
            Ct
        );
        Assert.Equal(0, exit);
        Assert.Contains("  nothing fires: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoppedWhileAlertmanagerIsAskedItSaysThatNothingBegan()
    {
        var asked = new TaskCompletionSource();
        await using var slow = await LoopbackServer.StartAsync(
            context =>
            {
                asked.TrySetResult();
                return Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            Ct
        );
        await using var rehearsal = ProgramUnderTest.Start([.. VerbArguments, $"--alertmanager.url={slow.Root}"]);
        await asked.Task.WaitAsync(ExporterProcess.Patience, Ct);

        rehearsal.Signal(PosixSignal.SIGINT);

        Assert.Equal(1, await rehearsal.EndAsync(ExporterProcess.Patience, Ct));
        // It waits for three seconds; a busy machine may take as long to handle the signal.
        Assert.Matches(
            "^(stopped; nothing was started|nothing was started: .* does not answer: nothing within 3 s.*)\n$",
            rehearsal.Error
        );
    }

    /// <summary>An Alertmanager that no longer accepts alerts does not stop it; the last line reports it.</summary>
    [Fact]
    public async Task WhatAlertmanagerDoesNotTakeIsSaidOnceAndCounts()
    {
        using var sick = new FakeAlertmanager(postStatus: 503);

        var (exit, output, error) = await ExporterProcess.RunAsync(
            [.. VerbArguments, $"--alertmanager.url={sick.Root}", "--duration=75s"],
            Ct
        );

        Assert.Equal((1, ""), (exit, error));
        Assert.Equal(2, output.Split($"not sent: {sick.Root} answers 503 to POST /api/v2/alerts\n").Length);
        Assert.Contains("  QuorumLost  page  not sent  ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rehearse", "no scenario is named; there are: healthy, leader-lost, ")]
    [InlineData(
        "rehearse quorum-lst --cluster=rehearsal",
        "there is no scenario \"quorum-lst\"; did you mean quorum-lost? "
    )]
    [InlineData(
        "rehearse quorum-lost",
        "no cluster is named; choose the name under which it happens, as --cluster=prod-z0-rehearsal\n"
    )]
    [InlineData(
        "rehearse quorum-lost --cluster=prod-z0",
        "--cluster \"prod-z0\" may be a real cluster's name, whose metrics a Prometheus would mix with the "
            + "simulated ones; choose one with the word rehearsal, as \"prod-z0-rehearsal\", "
    )]
    [InlineData(
        "rehearse quorum-lost --cluster=rehearsal --duration=10",
        "--duration \"10\" has no unit; write 10s or 10ms\n"
    )]
    [InlineData(
        "rehearse quorum-lost --cluster=rehearsal --alertmanager.url=http://u:s3cr3t@127.0.0.1:9093",
        "--alertmanager.url is not a URL that can be asked; write scheme, host and port, as http://127.0.0.1:9093\n"
    )]
    [InlineData(
        "rehearse quorum-lost --cluster=prod-z0 --alertmanager.url=http://127.0.0.1:1",
        "nothing was started: http://127.0.0.1:1/ does not answer: Connection refused; see --alertmanager.url\n"
    )]
    [InlineData(
        "rehearse quorum-lost --cluster=prod-z0 --alertmanager.url=http://127.0.0.1:1 --web.listen-address=:9999 "
            + "--log.level=debug",
        "--web.listen-address has no place beside --alertmanager.url: nothing is served then, and only faults are "
            + "logged\n--log.level has no place beside "
    )]
    [InlineData("rehearse quorum-lost --cluster=rehearsal --config.file=x.yaml", "--config.file has no place here: ")]
    public async Task ACommandLineThatCannotBeRehearsedIsRefusedWithTheNextStep(string arguments, string expected)
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(arguments.Split(' '), Ct);

        // An Alertmanager that does not answer is not an error of the command line.
        var code = expected.StartsWith("nothing was started", StringComparison.Ordinal) ? 1 : 2;
        Assert.Equal((code, ""), (exit, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
    }

    /// <summary>The shipped routes with a shorter group_interval, after which an end is sent.</summary>
    private static string Routes(WebhookReceiver receiver) =>
        ShippedAlerts.Divide(ShippedAlerts.Alertmanager(receiver.Root), 10, "group_interval").Text;

    private static async Task<Notification> TakesAsync(
        WebhookReceiver receiver,
        ChildProcess rehearsal,
        Func<Notification, bool> wanted
    ) =>
        await Eventually.FindAsync(
            AlertChain.Patience,
            "a notification",
            _ => Task.FromResult(receiver.All.Find(one => wanted(one))),
            () => $"{string.Join('\n', receiver.All)}\n{rehearsal}",
            Ct
        );
}
