using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Replay;

public sealed class EverySampleTests
{
    public static TheoryData<string, double, double, double> Incidents
    {
        get
        {
            var data = new TheoryData<string, double, double, double>();
            foreach (var file in Recording.Names)
            {
                data.Add(file, 5, 3, 30); // the defaults
                data.Add(file, 1, 2, 5); // as recorded
                data.Add(file, 15, 10, 15); // slow polls with a timeout that is longer than every hang
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Incidents))]
    public void AtEveryAnswerEverySampleIsTheNewestOfTheMemberItselfOrAbsent(
        string file,
        double pollInterval,
        double timeout,
        double taskInterval
    )
    {
        var replayed = ReplayFixture.Of(file, pollInterval, timeout, taskInterval);
        var oracle = new Oracle(replayed);
        var seconds = 0;
        foreach (var page in replayed.EveryAnswer())
        {
            // The lists of one round are published together at its end, so before that the oracle knows more.
            bool Due(string series) =>
                page.At == Math.Floor(page.At) || !series.StartsWith("clustermgr_disk_info", StringComparison.Ordinal);
            var expected = oracle
                .Expected()
                .Where(sample => Due(sample.Key))
                .Select(sample => $"{sample.Key} {sample.Value}")
                .ToHashSet();
            var shown = page
                .Samples.Where(sample => Oracle.Foretells(sample.Key) && Due(sample.Key))
                .Select(sample => $"{sample.Key} {sample.Value}")
                .ToHashSet();
            var wrong = shown
                .Except(expected)
                .Select(line => $"shown: {line}")
                .Concat(expected.Except(shown).Select(line => $"expected: {line}"));
            Assert.True(shown.SetEquals(expected), $"{file} at {page.At} s:\n{string.Join('\n', wrong.Take(20))}");
            PeersAreActiveUnlessSilent(page, oracle);
            seconds++;
        }
        Assert.True(seconds > 4);
        Assert.DoesNotContain(
            replayed.LogLines,
            line => line.Line.Contains("bug in this program", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void WhatIsNotForetoldIsAFamilyThatThereIs() =>
        Assert.Empty(Oracle.Exempt.Keys.Except(Catalogue.Cluster.Select(family => family.Family.Name)));

    private static void PeersAreActiveUnlessSilent(Page page, Oracle oracle)
    {
        var shown = page
            .Samples.Where(sample => sample.Key.StartsWith("clustermgr_raft_peer_active{", StringComparison.Ordinal))
            .ToList();
        if (oracle.Leader() is not { } leader)
        {
            Assert.Empty(shown);
            return;
        }
        var self = Oracle.Get(Oracle.Raft(leader), "node_id").GetUInt64();
        foreach (var row in Oracle.Get(Oracle.Raft(leader), "peers").EnumerateArray())
        {
            var id = row.GetProperty("id").GetUInt64();
            var (silentFor, times) = oracle.Silent(leader, id);
            var due = id == self || silentFor < 15 || times < 3 ? "1" : "0";
            Assert.Equal(
                due,
                shown.Single(sample => sample.Key.Contains($"peer=\"{id}\"", StringComparison.Ordinal)).Value
            );
        }
    }
}
