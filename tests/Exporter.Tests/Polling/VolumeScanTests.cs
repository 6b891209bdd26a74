using System.Net;
using Clustermgr.Analysis;
using Clustermgr.Configuration;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Cli;
using ClustermgrSimulator;
using Xunit;
using SimulatedDiskStatus = ClustermgrSimulator.Storage.SimulatedDiskStatus;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>Scans all volumes of a simulated cluster, page by page, and interrupts the scan at each page.</summary>
public sealed class VolumeScanTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly SimulatedCluster _cluster;
    private readonly List<(string Member, ulong Marker)> _asked = [];
    private Func<ulong, HttpStatusCode?> _fails = _ => null;
    private readonly List<(string Member, ulong Marker)> _listed = [];
    private Func<ulong, bool> _ends = _ => false;
    private bool _noDisks;
    private string _sick = "";

    public VolumeScanTests() =>
        _cluster = new SimulatedCluster(
            new SimulatorOptions
            {
                FirstLeader = 1,
                Volumes = 1010,
                RefreshInterval = TimeSpan.FromSeconds(5),
                Timings = new() { Latency = Delay.Exactly(0.01) },
            },
            _clock
        );

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void AFollowerIsAskedForEachPageOnceWithPausesBetween()
    {
        var polled = Polled();
        polled.Run(20);
        Assert.Equal([0UL, 200, 400, 600, 800, 1000, 1010], _asked.Select(page => page.Marker));
        Assert.DoesNotContain("10.0.0.1:9998", _asked.Select(page => page.Member)); // the leader
        var scan = polled.Analysis.Snapshot.VolumeScan!;
        Assert.Equal((1010, 0, 6), (scan.Volumes, scan.Degraded, scan.Pages));
        // Six pauses of 49 times the duration of a page: a load of 2 %.
        Assert.Equal(2.94, (scan.At - scan.BeganAt).TotalSeconds, 0.5);
        Assert.Contains(
            "clustermgr_volumes_tolerance{cluster=\"prod-z0\",code_mode=\"EC6P6\",of=\"data\",left=\"6\"} 1010\n",
            polled.Page,
            StringComparison.Ordinal
        );
        polled.Run(600);
        Assert.Equal(7, _asked.Count); // an hour has not passed
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(600)]
    [InlineData(800)]
    [InlineData(1000)]
    [InlineData(1010)]
    public void AScanThatIsInterruptedGoesOnWhereItWas(ulong at)
    {
        var left = 3;
        _fails = marker => marker == at && left-- > 0 ? HttpStatusCode.InternalServerError : null;
        var polled = Polled();
        polled.Run(60);
        Assert.Equal(4, _asked.Count(page => page.Marker == at));
        Assert.Equal(10, _asked.Count);
        Assert.Equal(1010, polled.Analysis.Snapshot.VolumeScan!.Volumes);
        Assert.True(_asked.Where(page => page.Marker == at).Select(page => page.Member).Distinct().Count() > 1);
    }

    [Fact]
    public void VolumesAtRiskAreScannedAgainSoon()
    {
        var polled = Polled();
        foreach (var disk in _cluster.DiskIds.Take(6))
        {
            _cluster.SetDisk(disk, SimulatedDiskStatus.Broken);
        }
        polled.Run(20);
        var finding = Assert.Single(polled.Analysis.Findings, finding => finding.Kind == FindingKind.VolumeAtRisk);
        Assert.Matches(
            @"^\d+ volumes have nothing left to lose: the worst is \d+ \(EC6P6\), with 6 units missing\.$",
            finding.Sentence
        );
        _asked.Clear();
        polled.Run(620);
        Assert.Equal(7, _asked.Count); // after 10 minutes instead of 60
        foreach (var disk in _cluster.DiskIds.Take(6))
        {
            _cluster.SetDisk(disk, SimulatedDiskStatus.Normal);
        }
        polled.Run(620);
        Assert.DoesNotContain(polled.Analysis.Findings, finding => finding.Kind == FindingKind.VolumeAtRisk);
    }

    [Fact]
    public void StatusSaysWhatWouldBeWithoutAHostADiskOrAnIdc()
    {
        var (output, exit) = Status(new(["10.1.0.1:8889"], [], []));
        Assert.Contains(
            "\n  WITHOUT IT  VOLUMES AFFECTED  NOTHING LEFT TO LOSE  DATA LOST  WRITES STOP\n",
            output,
            default
        );
        Assert.Matches(@"\n  EC6P6 +\d+ +0 +0 +\d+\n", output); // three disks on a host; two losses stop writes
        Assert.Equal(1, exit);
        (output, exit) = Status(new([], [5], []));
        Assert.Matches(@"\n  EC6P6 +\d+ +0 +0 +0\n", output);
        Assert.Equal(0, exit);
        (output, exit) = Status(new([], [], ["z0"]));
        Assert.Matches(@"\n  EC6P6 +\d+ +\d+ +[1-9]\d* +\d+\n", output); // twelve of its disks are consecutive
        Assert.Contains("\n  VOLUME  CODE   UNITS MISSING THEN  DATA SURVIVES\n", output, default);
        Assert.Equal(1, exit);
        (output, exit) = Status(new(["10.1.0.99:1"], [], ["nowhere"]));
        Assert.Contains("no unit of any volume lies on 10.1.0.99:1; check its spelling", output, default);
        Assert.Contains("no blobnode is registered in nowhere, or none can be listed", output, default);
        Assert.Equal(2, exit); // the operation must not continue
    }

    /// <summary>As a host is before maintenance: what is already not writable must not be counted twice.</summary>
    [Fact]
    public void AReadOnlyHostCostsNoWritesThatItDoesNotCostAlready()
    {
        foreach (var disk in _cluster.DiskIds.Take(3))
        {
            _cluster.SetDiskReadonly(disk, true);
        }
        var (output, exit) = Status(new(["10.1.0.1:8889"], [], []));
        Assert.Matches(@"\n  EC6P6 +\d+ +0 +0 +0\n", output);
        Assert.Equal(0, exit);
    }

    /// <summary>A proxy that answers with an empty body, like the page after the last one.</summary>
    [Fact]
    public void AnEndBeforeAllVolumesIsNone()
    {
        _ends = marker => marker == 400;
        var polled = Polled();
        polled.Run(120);
        Assert.Null(polled.Analysis.Snapshot.VolumeScan);
        _ends = _ => false;
        polled.Run(70);
        Assert.Equal(1010, polled.Analysis.Snapshot.VolumeScan!.Volumes);
    }

    /// <summary>The member that answers is asked for further pages; the one that fails is not.</summary>
    [Fact]
    public void WhoFailsIsNotAskedAgainForEachPage()
    {
        _sick = "10.0.0.2:9998";
        var polled = Polled();
        polled.Run(30);
        Assert.Equal(1, _asked.Count(page => page.Member == _sick));
        Assert.Equal(1010, polled.Analysis.Snapshot.VolumeScan!.Volumes);
    }

    /// <summary>After the volumes, from the members that answer: a page of 200, and the end.</summary>
    [Fact]
    public void AHostThatIsShortOfChunksIsNamedOnceTheDisksAreListed()
    {
        var polled = Polled();
        Fill(1);
        polled.Run(30);
        Assert.Equal([0UL, (ulong)_cluster.DiskIds.Count], _listed.Select(page => page.Marker));
        Assert.DoesNotContain("10.0.0.1:9998", _listed.Select(page => page.Member));
        Assert.Contains(
            "\nclustermgr_host_chunks_free{cluster=\"prod-z0\",idc=\"z0\",host=\"http://10.1.0.1:8889\"} 0\n",
            polled.Page,
            StringComparison.Ordinal
        );
        var finding = Assert.Single(polled.Analysis.Findings);
        Assert.Equal(FindingKind.HostShortOfChunks, finding.Kind);
        Assert.Matches(
            @"^1 of 12 hosts has less than a tenth of the median of \d{3,4} free chunks: http://10.1.0.1:8889 in z0 has 0\.$",
            finding.Sentence
        );
        Fill(0.5);
        polled.Run(3700);
        Assert.Empty(polled.Analysis.Findings);
        Assert.Contains(
            "clustermgr_hosts_short_of_chunks{cluster=\"prod-z0\"} 0\n",
            polled.Page,
            StringComparison.Ordinal
        );
    }

    /// <summary>A disk that is being dropped takes no writes, regardless of its readonly flag.</summary>
    [Fact]
    public void AHostWhoseDisksAreDroppedIsNotShort()
    {
        Fill(1);
        foreach (var disk in _cluster.DiskIds.Take(3))
        {
            _cluster.DropDisk(disk);
            _cluster.SetDiskReadonly(disk, false);
        }
        var polled = Polled();
        polled.Run(30);
        Assert.Equal(11, polled.Analysis.Snapshot.HostChunks!.Hosts.Count);
        Assert.DoesNotContain(polled.Analysis.Findings, finding => finding.Kind == FindingKind.HostShortOfChunks);
    }

    /// <summary>The volumes are still known, and scanned again in time.</summary>
    [Fact]
    public void DisksThatCannotBeListedHoldUpNoScan()
    {
        _noDisks = true;
        var polled = Polled();
        polled.Run(60);
        Assert.Equal(1010, polled.Analysis.Snapshot.VolumeScan!.Volumes);
        var first = polled.Analysis.Snapshot.VolumeScan.At;
        polled.Run(4200);
        Assert.Null(polled.Analysis.Snapshot.HostChunks);
        Assert.Equal(6, _listed.Count); // three for each scan
        Assert.True(polled.Analysis.Snapshot.VolumeScan!.At > first);
    }

    [Fact]
    public void StatusNamesItToo()
    {
        Fill(1);
        Assert.Contains("HostShortOfChunks", Status(new(["10.1.0.2:8889"], [], [])).Output, StringComparison.Ordinal);
    }

    private void Fill(double share)
    {
        foreach (var disk in _cluster.DiskIds.Take(3))
        {
            _cluster.SetDiskUse(disk, share);
        }
    }

    private (string Output, int Exit) Status(Removal without)
    {
        var asked = new StatusCliFixture(_clock);
        var report = Assert.Single(
            asked.Judge(_ => new SimulatorHandler([_cluster], _clock), StatusCliFixture.Config(_cluster), without)
        );
        return (
            StatusText.Format([report], Terminal.TerminalFormat.Pipe),
            StatusVerdict.ExitCode(report, Severity.Ticket)
        );
    }

    private PollingFixture Polled() =>
        new PollingFixture(
            transport: _ => new ListRecordingHandler(this, new SimulatorHandler([_cluster], _clock)),
            clock: _clock
        )
        {
            Config = new ExporterConfig
            {
                Clusters = [StatusCliFixture.Config(_cluster)],
                VolumeScanInterval = TimeSpan.FromHours(1),
            },
        }.Start();

    private sealed class ListRecordingHandler(VolumeScanTests test, HttpMessageHandler next) : DelegatingHandler(next)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            var url = request.RequestUri!;
            var answer = await base.SendAsync(request, ct);
            var marker = url.Query.Contains("marker=", default)
                ? ulong.Parse(url.Query.Split("marker=")[1].Split('&')[0])
                : 0;
            if (url.AbsolutePath == "/disk/list" && url.Query.Contains("status=1", default))
            {
                test._listed.Add((url.Authority, marker));
                answer.StatusCode = test._noDisks ? HttpStatusCode.InternalServerError : answer.StatusCode;
                return answer;
            }
            if (url.AbsolutePath != "/volume/list")
            {
                return answer;
            }
            test._asked.Add((url.Authority, marker));
            answer.StatusCode =
                url.Authority == test._sick
                    ? HttpStatusCode.InternalServerError
                    : test._fails(marker) ?? answer.StatusCode;
            if (test._ends(marker))
            {
                answer.Content = new ByteArrayContent([]);
            }
            return answer;
        }
    }
}
