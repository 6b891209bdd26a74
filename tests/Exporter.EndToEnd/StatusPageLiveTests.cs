using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using ClustermgrExporter.EndToEnd.Support;
using Microsoft.Playwright;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>The page of a cluster that changes while the page is open.</summary>
public sealed class StatusPageLiveTests(Chromium chromium, ITestOutputHelper output)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Records when a text first appears in the page, by the clock of the machine.</summary>
    private const string Watch = """
        text => {
          window.marker = 'never loaded again';
          window.said = new Promise(resolve => {
            const look = () => document.querySelector('.essentials').innerText.includes(text)
              && (resolve(performance.timeOrigin + performance.now()), true);
            if (!look()) new MutationObserver((_, watch) => look() && watch.disconnect())
              .observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true, attributes: true });
          });
        }
        """;

    [Fact]
    public async Task ALostLeaderIsSaidWithinTwoPollsWithoutAReload()
    {
        var cluster = WatchedClusters.Cluster();
        await using var watched = await WatchedClusters.StartAsync([("prod", cluster)], Ct);
        await using var opened = await chromium.OpenAsync(watched.Root);
        var page = opened.Page;
        var answers = new ConcurrentQueue<IResponse>();
        page.Response += (_, answer) => answers.Enqueue(answer);
        await opened.GoAsync("");
        await page.Locator(".verdict.good").First.WaitForAsync();
        var leader = cluster.Simulated.Leader!.Value;
        await Assertions.Expect(page.Locator(".essentials")).ToContainTextAsync(cluster.Label(leader));

        await page.EvaluateAsync(Watch, "does not answer");
        var lost = DateTimeOffset.UtcNow;
        cluster.Simulated.Kill(leader);
        var said = DateTimeOffset.FromUnixTimeMilliseconds((long)await page.EvaluateAsync<double>("() => window.said"));

        Assert.Equal("never loaded again", await page.EvaluateAsync<string>("() => window.marker"));
        await Assertions.Expect(page.Locator(".findings").First).ToContainTextAsync("MemberDown");
        await Assertions.Expect(page.Locator("[role=status]")).ToHaveTextAsync(NotHealthy);
        await Assertions
            .Expect(page.Locator("link[rel=icon]"))
            .ToHaveAttributeAsync("href", new Regex("icon-(page|ticket)"));
        var polls = await PolledAsync(answers, lost, said);
        output.WriteLine(
            $"said {(said - lost).TotalSeconds:0.00} s after the loss, polls of 1 s: "
                + $"{string.Join(", ", polls.Select(at => $"{(at - lost).TotalSeconds:0.00} s"))}"
        );
        Assert.InRange(polls.Count, 0, 2); // none if a poll that had already started noticed the loss
        opened.AssertQuiet();
    }

    [Fact]
    public async Task AnExporterThatIsGoneIsSaidWithTheAgeOfWhatIsShownAndItsReturnToo()
    {
        await using var cluster = WatchedClusters.Cluster();
        var exporter = await ExporterProcess.StartAsync(
            [.. cluster.Flags, "--clustermgr.cluster=prod", "--clustermgr.poll-interval=1s"],
            Ct
        );
        var port = exporter.Root.Port;
        await using var opened = await chromium.OpenAsync(exporter.Root);
        await opened.GoAsync("");
        await opened.Page.EvaluateAsync("() => { window.marker = 'never loaded again'; }");
        await Assertions.Expect(opened.Page.Locator(".lost")).ToBeHiddenAsync();
        await Assertions.Expect(opened.Page.Locator(".verdict.good").First).ToBeVisibleAsync();

        await exporter.DisposeAsync();

        var lost = opened.Page.Locator(".lost");
        await Assertions.Expect(lost).ToContainTextAsync("Cannot reach the exporter. What is shown is stale since ");
        await Assertions.Expect(lost).ToContainTextAsync(new Regex(@" UTC, for \d+ s\. Trying again\."));
        await Assertions
            .Expect(opened.Page.Locator(".sections .cards").First)
            .ToContainTextAsync(new Regex(@"\b([5-9]|\d\d) s ago")); // it grows older
        await Assertions.Expect(opened.Page.Locator("[role=status]")).ToHaveTextAsync("Cannot reach the exporter.");
        await Assertions.Expect(opened.Page.Locator("main h1")).ToHaveTextAsync("prod"); // the last known data stays
        await Assertions.Expect(opened.Page).ToHaveTitleAsync(new Regex("^Stale! was healthy: prod"));
        await Assertions
            .Expect(opened.Page.Locator("link[rel=icon]"))
            .ToHaveAttributeAsync("href", "assets/icon-unknown.svg");
        Assert.Equal(
            ("grayscale(1)", "\"last known: \""),
            (
                await opened.Page.EvaluateAsync<string>(
                    "() => getComputedStyle(document.querySelector('main')).filter"
                ),
                await opened.Page.EvaluateAsync<string>(
                    "() => getComputedStyle(document.querySelector('.words .verdict > span'), '::before').content"
                )
            )
        );

        await using var again = await ExporterProcess.StartAsync(
            [.. cluster.Flags, "--clustermgr.cluster=prod", "--clustermgr.poll-interval=1s"],
            Ct,
            port: port
        );
        await Assertions.Expect(lost).ToBeHiddenAsync();
        await Assertions.Expect(opened.Page).ToHaveTitleAsync(new Regex("^healthy: prod"));
        Assert.Equal(
            "none",
            await opened.Page.EvaluateAsync<string>("() => getComputedStyle(document.querySelector('main')).filter")
        );
        Assert.Equal("never loaded again", await opened.Page.EvaluateAsync<string>("() => window.marker"));
        opened.AssertQuiet(complaint =>
            complaint.Contains("ERR_CONNECTION_REFUSED", StringComparison.Ordinal)
            || complaint.Contains("ERR_CONNECTION_RESET", StringComparison.Ordinal)
            || complaint.Contains("ERR_EMPTY_RESPONSE", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task APageThatNobodySeesAsksNothingAndAsksAtOnceWhenItIsSeenAgain()
    {
        var cluster = WatchedClusters.Cluster();
        await using var watched = await WatchedClusters.StartAsync([("prod", cluster)], Ct, interval: "500ms");
        await using var opened = await chromium.OpenAsync(watched.Root);
        await opened.GoAsync("");

        await SeenAsync(opened.Page, hidden: true);
        var before = Reads(opened);
        await Task.Delay(TimeSpan.FromSeconds(3), Ct); // six intervals
        var hidden = Reads(opened) - before;
        await SeenAsync(opened.Page, hidden: false);

        Assert.Equal(0, hidden);
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it asks again",
            _ => Task.FromResult(Reads(opened) > before),
            () => "it does not",
            Ct
        );
    }

    /// <summary>It only updates its title and icon, and rarely.</summary>
    [Fact]
    public async Task ATabThatNobodyLooksAtStillSaysHowItIs()
    {
        var cluster = WatchedClusters.Cluster();
        await using var watched = await WatchedClusters.StartAsync([("prod", cluster)], Ct);
        await using var opened = await chromium.OpenAsync(watched.Root);
        await opened.Page.Clock.InstallAsync();
        await opened.GoAsync("");
        await Assertions.Expect(opened.Page).ToHaveTitleAsync(new Regex("^healthy: prod"));

        await SeenAsync(opened.Page, hidden: true);
        foreach (var follower in cluster.Simulated.Followers)
        {
            cluster.Simulated.Kill(follower);
        }
        await watched.Exporter.ScrapeUntilAsync(
            "two members are down",
            page => page.All("clustermgr_up").Count(up => up.Text == "0") == 2,
            Ct
        );
        await opened.Page.Clock.RunForAsync(61_000);
        await Assertions.Expect(opened.Page).ToHaveTitleAsync(new Regex("^not healthy, .*prod"));
        await Assertions
            .Expect(opened.Page.Locator("link[rel=icon]"))
            .ToHaveAttributeAsync("href", "assets/icon-page.svg");
    }

    [Fact]
    public async Task WhatHasNotChangedIsNotSentAgain()
    {
        var cluster = WatchedClusters.Cluster();
        await using var watched = await WatchedClusters.StartAsync(
            [("prod", cluster)],
            Ct,
            interval: "1h",
            reads: "1h"
        );
        await watched.ReadAsync(Ct); // from now on nothing changes
        await using var opened = await chromium.OpenAsync(watched.Root);
        var answers = new ConcurrentQueue<int>();
        opened.Page.Response += (_, answer) =>
        {
            if (IsRead(answer.Request))
            {
                answers.Enqueue(answer.Status);
            }
        };
        await opened.GoAsync("");

        await SeenAsync(opened.Page, hidden: true);
        await SeenAsync(opened.Page, hidden: false); // this triggers a request

        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "a second answer",
            _ => Task.FromResult(answers.Count == 2),
            () => string.Join(' ', answers),
            Ct
        );
        Assert.Equal([200, 304], answers);
        opened.AssertQuiet();
    }

    private static Regex NotHealthy => new("^prod: not healthy, ");

    /// <summary>End times of the polls that started after the loss and were included when the page showed it.</summary>
    private static async Task<List<DateTimeOffset>> PolledAsync(
        IEnumerable<IResponse> answers,
        DateTimeOffset lost,
        DateTimeOffset said
    )
    {
        var polls = new SortedSet<DateTimeOffset>();
        foreach (var answer in answers.ToList())
        {
            if (!IsRead(answer.Request) || answer.Status != 200)
            {
                continue;
            }
            var asked = DateTimeOffset.FromUnixTimeMilliseconds((long)answer.Request.Timing.StartTime);
            var at = DateTimeOffset.Parse(
                Regex.Match(await answer.TextAsync(), "data-at=\"([^\"]*)\"").Groups[1].Value,
                CultureInfo.InvariantCulture
            );
            if (at > lost && asked <= said)
            {
                polls.Add(at);
            }
        }
        return [.. polls];
    }

    private static int Reads(WatchedPage opened) => opened.Requests.Count(IsRead);

    private static bool IsRead(IRequest request) => request.ResourceType == "fetch";

    /// <summary>Simulates a switch to or from another tab.</summary>
    private static async Task SeenAsync(IPage page, bool hidden) =>
        await page.EvaluateAsync(
            """
            hidden => {
              Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
              document.dispatchEvent(new Event('visibilitychange'));
            }
            """,
            hidden
        );
}
