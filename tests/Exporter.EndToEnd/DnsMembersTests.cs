using System.Globalization;
using System.Text;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Members from DNS, which change while the program runs.</summary>
public sealed class DnsMembersTests
{
    private const int Many = 1000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AThousandClustersComeByDnsAMemberMovesAndTheResolverDies()
    {
        using var dns = new DnsServer();
        await using var cluster = LocalCluster.Start();
        await using var other = LocalCluster.Start();
        dns.SetServices("_cm._tcp.here.test", 1, [.. cluster.Members.Select(Local)]);
        var file = new StringBuilder(
            $"poll_interval: 1s\ntimeout: 1s\ndns_servers: ['{dns.EndPoint}']\nclusters:\n"
                + "- name: here\n  members: [dns+srv+http://_cm._tcp.here.test]\n"
                + "- name: nowhere\n  members: [dns+http://cm.nowhere.test:9998]\n"
        );
        for (var i = 0; i < Many; i++)
        {
            dns.SetAddresses($"c{i}.test", 1, $"127.2.{i / 250}.{1 + (i % 250)}", $"127.3.{i / 250}.{1 + (i % 250)}");
            file.Append(CultureInfo.InvariantCulture, $"- name: c{i}\n  members: [dns+http://c{i}.test:1]\n");
        }
        using var folder = new TempFolder();
        await using var exporter = await ExporterProcess.StartAsync(
            [$"--config.file={folder.Write("exporter.yaml", $"{file}")}"],
            Ct
        );
        var page = await exporter.ScrapeUntilAsync(
            "all are polled",
            page =>
                Up(page, "here").SequenceEqual(["1", "1", "1"])
                && page.All("clustermgr_up").Count() == 3 + 1 + (2 * Many)
                && page.All("clustermgr_exporter_dns_names_failing").Single().Value == 1,
            Ct
        );
        // A name that never resolved is a member that is down.
        Assert.Equal(["0"], Up(page, "nowhere"));
        Assert.Equal(
            ["dns"],
            page.All("clustermgr_polls_total", "cluster=nowhere", "endpoint=stat")
                .Where(polls => polls.Value > 0)
                .Select(polls => polls.Label("outcome"))
        );
        Assert.Contains(
            "dns+http://cm.nowhere.test:9998 does not resolve: \\\"cm.nowhere.test\\\" has no addresses (no such name); "
                + "none of its members is known, and they are shown as one that is down",
            exporter.Child.Error,
            StringComparison.Ordinal
        );

        // A member moves: the polls of the others continue.
        dns.SetServices(
            "_cm._tcp.here.test",
            1,
            Local(other.Members[2]),
            Local(cluster.Members[1]),
            Local(cluster.Members[0])
        );
        var moved = await exporter.ScrapeUntilAsync(
            "the member has moved",
            page => page.All("clustermgr_up", "cluster=here", $"member={Local(other.Members[2])}").Any(),
            Ct
        );
        Assert.Empty(moved.All("clustermgr_up", "cluster=here", $"member={Local(cluster.Members[2])}"));
        Assert.True(Polls(moved, Local(cluster.Members[0])) > Polls(page, Local(cluster.Members[0])));

        // The resolver dies: known members stay, and the failure is reported.
        dns.Fault = DnsFault.ServerFailure;
        var blind = await exporter.ScrapeUntilAsync(
            "it is told",
            page => page.All("clustermgr_exporter_dns_names_failing").Single().Value == Many + 2,
            Ct
        );
        Assert.Equal(3 + 1 + (2 * Many), blind.All("clustermgr_up").Count());
        Assert.Contains(
            "dns+srv+http://_cm._tcp.here.test does not resolve: the DNS server fails: ServerFailure; the members that it "
                + "stood for stay: ",
            exporter.Child.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task AVerbAsksWhomTheNameStandsFor()
    {
        using var dns = new DnsServer();
        await using var cluster = LocalCluster.Start();
        dns.SetServices("cm.test", 60, [.. cluster.Members.Select(Local)]);
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            $"dns_servers: ['{dns.EndPoint}']\nclusters:\n- name: here\n  members: [dns+srv+http://cm.test]\n"
        );
        var status = await ExporterProcess.RunAsync(["status", $"--config.file={file}"], Ct);
        Assert.Equal((0, ""), (status.Exit, status.Error));
        Assert.Contains(Local(cluster.Members[1]), status.Output, StringComparison.Ordinal);

        var check = await ExporterProcess.RunAsync([$"--config.file={file}", "--config.check"], Ct);
        Assert.Equal(0, check.Exit);
        Assert.Contains("is valid: 1 cluster, 0 members, 1 DNS name\n", check.Output, StringComparison.Ordinal);
        Assert.Contains("  here: dns+srv+http://cm.test\n", check.Output, StringComparison.Ordinal);

        dns.Fault = DnsFault.ServerFailure;
        var blind = await ExporterProcess.RunAsync(["status", $"--config.file={file}"], Ct);
        Assert.NotEqual(0, blind.Exit);
        Assert.Contains(
            "warning: dns+srv+http://cm.test does not resolve: the DNS server fails: ServerFailure\n",
            blind.Error,
            StringComparison.Ordinal
        );
    }

    private static string Local(string member) => $"localhost:{member.Split(':')[1]}";

    private static IEnumerable<string> Up(ScrapedPage page, string cluster) =>
        page.All("clustermgr_up", $"cluster={cluster}").Select(up => up.Text);

    private static double Polls(ScrapedPage page, string member) =>
        page.All("clustermgr_polls_total", "cluster=here", "endpoint=stat", "outcome=ok", $"member={member}")
            .Single()
            .Value;
}
