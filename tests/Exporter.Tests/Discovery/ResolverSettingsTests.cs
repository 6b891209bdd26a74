using ClustermgrExporter.Discovery;
using Xunit;

namespace ClustermgrExporter.Tests.Discovery;

public sealed class ResolverSettingsTests
{
    [Fact]
    public void AFileOfAPodIsReadAsTheCLibraryReadsIt()
    {
        var settings = ResolverSettings.Parse(
            """
            # made by the kubelet
            nameserver 10.96.0.10
            nameserver fd00::a	 # not taken for a part of the address
            nameserver nonsense
            nameserver 1.1.1.1
            nameserver 8.8.8.8
            search monitoring.svc.cluster.local svc.cluster.local. cluster.local
            options edns0 ndots:5 timeout:2
            """
        );
        Assert.Equal(["10.96.0.10:53", "[fd00::a]:53", "1.1.1.1:53"], settings.Servers.Select(server => $"{server}"));
        Assert.Equal(["monitoring.svc.cluster.local", "svc.cluster.local", "cluster.local"], settings.Search);
        Assert.Equal(
            [
                "clustermgr.prod.monitoring.svc.cluster.local.",
                "clustermgr.prod.svc.cluster.local.",
                "clustermgr.prod.cluster.local.",
                "clustermgr.prod.",
            ],
            settings.Candidates("clustermgr.prod")
        );
        Assert.Equal(["clustermgr.prod."], settings.Candidates("clustermgr.prod."));
        Assert.Equal("a.b.c.d.e.f.", settings.Candidates("a.b.c.d.e.f").First());
    }

    [Theory]
    [InlineData("")]
    [InlineData("nameserver\nsearch\noptions ndots:x ndots:-1\n\0\n")]
    public void AFileThatSaysNothingMeansThisMachine(string text)
    {
        var settings = ResolverSettings.Parse(text);
        Assert.Equal(["127.0.0.1:53"], settings.Servers.Select(server => $"{server}"));
        Assert.Equal((0, 1), (settings.Search.Length, settings.Dots));
        Assert.Equal(["clustermgr."], settings.Candidates("clustermgr"));
    }

    [Fact]
    public void TheLastDomainsCountAndWhatIsTooMuchIsCut()
    {
        var settings = ResolverSettings.Parse($"domain a\nsearch b c\noptions ndots:99\n");
        Assert.Equal(["b", "c"], settings.Search);
        Assert.Equal(15, settings.Dots);
    }
}
