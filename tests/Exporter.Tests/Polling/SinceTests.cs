using Xunit;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>The time since when a finding holds.</summary>
public sealed class SinceTests
{
    [Fact]
    public void AFindingKeepsItsTimeWhileItHoldsAndBeginsAnewAfterABreak()
    {
        var polled = new PollingFixture();
        polled.Start().Run(20);
        Assert.Null(Since(polled));
        var down = false;
        polled.Members.Instead = (member, _, _) =>
            down && member == "c" ? throw ScriptedMembers.Refused : Task.FromResult<(int, string)?>(null);
        down = true;
        polled.Run(6);
        var since = Since(polled);
        Assert.NotNull(since);
        polled.Clock.Set(TimeSpan.FromHours(-3));
        polled.Run(60);
        Assert.Equal(since, Since(polled));
        down = false;
        polled.Run(10);
        Assert.Null(Since(polled));
        down = true;
        polled.Run(10);
        Assert.True(Since(polled) > since + TimeSpan.FromSeconds(60));
    }

    private static DateTimeOffset? Since(PollingFixture polled) =>
        polled.Analysis.Findings.FirstOrDefault(finding => finding.Name == "MemberDown")?.Since;
}
