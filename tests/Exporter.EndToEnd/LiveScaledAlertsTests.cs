using System.Globalization;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Alerts;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Alerts with long waits, from the fault to the pager with real programs, with the waits divided by
/// 20.</summary>
public sealed class LiveScaledAlertsTests(ScaledIncidents incidents) : IClassFixture<ScaledIncidents>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ABrokenDiskThatNobodyRepairsPagesWithItsReasonAndResolves()
    {
        AlertChain.Need();
        var incident = await incidents.RepairOff.WaitAsync(Ct);
        var heard = incidents.Chain.Receiver.Of(AlertChain.Pages, ScaledIncidents.Broken);
        Say(heard);

        // The broken disk pages first, since it waits less; after that only the reason why it stays broken pages.
        var reason = heard.First(one => one.Has("RepairOffWithBrokenDisks"));
        Assert.True(heard[0] == reason || heard[0].FiringAlerts.SequenceEqual(["DiskBroken"]));
        Assert.Equal(["RepairOffWithBrokenDisks"], reason.FiringAlerts);
        Assert.DoesNotContain(heard, one => one.At > reason.At && one.Has("DiskBroken"));
        Assert.Contains(
            "disk_repair is disabled",
            reason.Alerts.Single(alert => alert.Firing).Annotations["description"],
            StringComparison.Ordinal
        );

        // One group, and no state of it is sent twice.
        Assert.Single(heard.Select(one => one.GroupKey).Distinct());
        var states = heard.Select(one => string.Join(',', one.FiringAlerts)).ToList();
        Assert.Equal(states.Count, states.Zip(states.Skip(1)).Count(pair => pair.First != pair.Second) + 1);
        Assert.Equal(incident.Resolved, heard[^1]);
    }

    [Fact]
    public async Task AMemberThatIsDownIsATicketAndTheLostMarginAPage()
    {
        AlertChain.Need();

        var ticket = await incidents.Ticket.WaitAsync(Ct);
        var page = await incidents.Chain.PageAsync(ScaledIncidents.OneDown, Ct);
        Say([ticket, page]);

        Assert.Equal("MemberDown", Assert.Single(ticket.Alerts).Name);
        Assert.Equal(["NoQuorumMargin"], page.FiringAlerts);
    }

    [Fact]
    public async Task OfMembersOfAClusterThatIsDownAltogetherNoTicketIsWritten()
    {
        AlertChain.Need();

        var incident = await incidents.AllDown.WaitAsync(Ct);
        var heard = incidents
            .Chain.Receiver.All.Where(one => one.Cluster == ScaledIncidents.Blind && one.At < incident.Mended)
            .ToList();
        Say(heard);

        Assert.Equal(["ClusterBlind"], incident.Page.FiringAlerts);
        Assert.Equal([incident.Page], heard);
    }

    [Fact]
    public async Task NoRuleAndNoTemplateFailedInAllThatTime()
    {
        AlertChain.Need();
        await Task.WhenAll(incidents.RepairOff, incidents.AllDown, incidents.Ticket).WaitAsync(Ct);

        await RuleHealth.AssertAsync(incidents.Chain, Ct);
    }

    [Fact]
    public async Task HowLongItTookIsADelayThatTheDocumentShows()
    {
        AlertChain.Need();
        var repairOff = await incidents.RepairOff.WaitAsync(Ct);
        var allDown = await incidents.AllDown.WaitAsync(Ct);
        var ticket = await incidents.Ticket.WaitAsync(Ct);
        var reason = incidents
            .Chain.Receiver.Of(AlertChain.Pages, ScaledIncidents.Broken)
            .First(one => one.Has("RepairOffWithBrokenDisks"));
        var margin = await incidents.Chain.PageAsync(ScaledIncidents.OneDown, Ct);

        AlertingDocument.Keep([
            (repairOff with { Page = reason }).Delay(
                "RepairOffWithBrokenDisks",
                "a disk breaks and repair is off",
                ScaledIncidents.Divisor
            ),
            allDown.Delay("ClusterBlind", "all members killed", ScaledIncidents.Divisor),
            Down("MemberDown", ticket),
            Down("NoQuorumMargin", margin),
        ]);

        MeasuredDelay Down(string alert, Notification heard) =>
            new(alert, "a follower killed", ScaledIncidents.Divisor, (heard.At - incidents.Fault).TotalSeconds, null);
    }

    private void Say(IEnumerable<Notification> heard) =>
        Console.WriteLine(
            string.Join(
                '\n',
                heard.Select(one =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"scaled, {(one.At - incidents.Fault).TotalSeconds:0.0} s after the fault: {one}"
                    )
                )
            )
        );
}
