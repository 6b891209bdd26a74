using System.Globalization;
using Clustermgr.Analysis;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The findings of the page and of status have the numbers of the rules.</summary>
public sealed class SharedThresholdTests
{
    /// <summary>The alert without its prefix, what stands before the number in its expression, and the
    /// number.</summary>
    public static TheoryData<string, string, double> Shared =>
        new()
        {
            { "RepairHasNoTarget", "cluster:clustermgr_chunks_free:ratio <", Thresholds.RepairTargetShare },
            { "WritableSpaceCritical", "clustermgr_space_writable:ratio <", Thresholds.CriticalSpaceShare },
            { "ExpiredSurge", ">=", Thresholds.ExpiredSurgeShare },
            { "IdcBottleneck", "cluster_idc:clustermgr_chunks_free:ratio <", Thresholds.BottleneckShare },
            { "IdcBottleneck", "cluster:clustermgr_chunks_free:ratio >", Thresholds.AmpleChunksShare },
            {
                "PeerLagging",
                "(last_over_time(clustermgr_raft_peer_lag_entries[1m])) >",
                Thresholds.CaughtUpLagEntries
            },
            {
                "LearnerStuck",
                "(last_over_time(clustermgr_raft_peer_lag_entries[1m])) >",
                Thresholds.CaughtUpLagEntries
            },
        };

    [Theory]
    [MemberData(nameof(Shared))]
    public void AFindingHasTheNumberOfItsAlert(string alert, string before, double threshold)
    {
        var expression = AlertFiles
            .Alerts.Single(rule => rule.Text("alert") == AlertTimeline.Prefix + alert)
            .Text("expr");
        var parts = expression.Split(before);
        Assert.True(parts.Length == 2, $"{alert} has {parts.Length - 1} times: {before}");
        var number = parts[1].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries)[0];
        Assert.Equal(threshold, double.Parse(number, CultureInfo.InvariantCulture));
    }
}
