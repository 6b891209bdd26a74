using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Alerts;
using Xunit;
using Xunit.Sdk;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Which delays of a page the live tests accept, and which they do not.</summary>
public sealed class FiringClockTests
{
    [Theory]
    [InlineData(35, 65, 0, 0, 0)]
    [InlineData(35, 75, 1, 0, 0)]
    [InlineData(45, 75, 0, 10, 0)]
    [InlineData(38, 68, 0, 0, 3)]
    public void WhatIsInTimeButForTheMachinePasses(
        double pending,
        double fired,
        double missed,
        double lateScrapes,
        double latePolls
    ) => Assert.Null(Record.Exception(() => Check(new("QuorumLost", pending, fired, missed, lateScrapes, latePolls))));

    [Theory]
    [InlineData(36, 66, 0, 0, 0, "not within 75 s: ")]
    [InlineData(36, 66, 0, 0.5, 0.4, "not within 75 s: ")]
    [InlineData(20, 60, 0, 0, 0, "not after its time: ")]
    // delays before it became pending do not excuse a wrong pending time
    [InlineData(20, 60, 0, 10, 10, "not after its time: ")]
    public void WhatTheRulesAreLateWithDoesNot(
        double pending,
        double fired,
        double missed,
        double lateScrapes,
        double latePolls,
        string complaint
    ) =>
        Assert.StartsWith(
            complaint,
            Assert
                .ThrowsAny<XunitException>(() =>
                    Check(new("QuorumLost", pending, fired, missed, lateScrapes, latePolls))
                )
                .Message,
            StringComparison.Ordinal
        );

    private static void Check(FiringClock clock) =>
        clock.AssertWithin(
            MeasuredDelay.QuorumContract,
            AlertDelay.Of(AlertDelay.ToPage(AlertingDocument.Document), "QuorumLost", "")
        );
}
