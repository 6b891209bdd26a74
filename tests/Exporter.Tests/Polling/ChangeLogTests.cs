using Xunit;

namespace ClustermgrExporter.Tests.Polling;

public sealed class ChangeLogTests
{
    private readonly PollingFixture _polled = new();
    private bool _down;

    public ChangeLogTests()
    {
        _polled.Members.Instead = (member, _, _) =>
            _down && member == "c" ? throw ScriptedMembers.Refused : Task.FromResult<(int, string)?>(null);
        _polled.Start().Run(20);
        _polled.Log.Clear();
    }

    [Fact]
    public void AMemberThatFlapsForAnHourIsToldInTenLinesAndTheLastOneIsTrue()
    {
        for (var cycle = 0; cycle < 180; cycle++)
        {
            Flap();
        }
        var lines = Told("member ");
        // The start was its first change; then five more lines, then one line in ten minutes, for 360 changes.
        Assert.InRange(lines.Count, 9, 11);
        Assert.EndsWith(
            "; it changed 6 times within ten minutes; further changes are logged once in ten minutes",
            lines[4],
            StringComparison.Ordinal
        );
        Assert.All(lines.Skip(5), line => Assert.Matches("; the last of [56][0-9] changes within ten minutes$", line));

        _down = true;
        _polled.Run(20 * 60);
        Assert.StartsWith("Warning: member down", Told("member ")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatHasStayedForTenMinutesIsToldAtOnceAgain()
    {
        for (var cycle = 0; cycle < 5; cycle++)
        {
            Flap();
        }
        _polled.Run(21 * 60);
        _polled.Log.Clear();

        Flap();

        Assert.Collection(
            Told("member "),
            line => Assert.Matches("^Warning: member down after 2[0-9]m[0-9]+s up, refused: .*[^s]$", line),
            line => Assert.Matches(@"^Information: member up again as node 3 after [0-9]+s \(refused\)$", line)
        );
    }

    /// <summary>As after a reload that changes or removes the cluster: the next log does not know what this one held
    /// back.</summary>
    [Fact]
    public async Task TheLastStateIsToldWhenItsPollsEnd()
    {
        for (var cycle = 0; cycle < 10; cycle++)
        {
            Flap();
        }
        Assert.StartsWith("Warning: member down", Told("member ")[^1], StringComparison.Ordinal);

        await _polled.Registry.StopAsync();

        Assert.Matches(
            "^Information: member up .*; the last of [0-9]+ changes within ten minutes$",
            Told("member ")[^1]
        );
    }

    [Fact]
    public void WhatAnotherDoesIsToldMeanwhile()
    {
        for (var cycle = 0; cycle < 10; cycle++)
        {
            Flap();
        }
        _polled.Log.Clear();
        _polled.Members.Instead = (member, _, _) =>
            member == "b" ? throw ScriptedMembers.Refused : Task.FromResult<(int, string)?>(null);

        _polled.Run(10);

        Assert.StartsWith("Warning: member down", Assert.Single(Told("member ")), StringComparison.Ordinal);
    }

    /// <summary>Ten seconds down, ten seconds up.</summary>
    private void Flap()
    {
        _down = true;
        _polled.Run(10);
        _down = false;
        _polled.Run(10);
    }

    private List<string> Told(string what) =>
        [.. _polled.Log.Where(line => line.Contains(what, StringComparison.Ordinal))];
}
