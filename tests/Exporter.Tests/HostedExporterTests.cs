using System.Net;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ClustermgrExporter.Tests;

/// <summary>The exporter inside another program.</summary>
public sealed class HostedExporterTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AHostServesItsMetricsBesideItsOwnPages()
    {
        using var cluster = new SimulatedCluster(new SimulatorOptions(), TimeProvider.System);
        await using var members = SimulatorServer.Start(cluster, IPAddress.Loopback, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        var options = new ClustermgrExporterOptions { Cluster = "prod-z0", TelemetryPath = "/clustermgr/metrics" };
        foreach (var url in members.GetUrls(cluster).Values)
        {
            options.Members.Add(url.GetLeftPart(UriPartial.Authority));
        }
        builder.AddClustermgrExporter(options);
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/mine", () => "mine");
        app.MapClustermgrExporter();
        await app.StartAsync(Ct);
        using var http = new HttpClient
        {
            BaseAddress = new Uri(
                app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
            ),
        };

        var page = "";
        for (var waited = 0; waited < 300 && page.Split('\n').Count(IsUp) < 3; waited++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
            page = await http.GetStringAsync("/clustermgr/metrics", Ct);
        }

        Assert.Equal(3, page.Split('\n').Count(IsUp));
        Assert.Equal("mine", await http.GetStringAsync("/mine", Ct));
        Assert.Contains("\"prod-z0\"", await http.GetStringAsync("/api/v1/clusters", Ct), StringComparison.Ordinal);
        Assert.Contains("prod-z0", await http.GetStringAsync("/", Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/-/ready", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/metrics", Ct)).StatusCode);
        await app.StopAsync(Ct);

        static bool IsUp(string line) =>
            line.StartsWith("clustermgr_up{cluster=\"prod-z0\"", StringComparison.Ordinal)
            && line.EndsWith(" 1", StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotValidIsRefusedWithAllItsErrors()
    {
        var options = new ClustermgrExporterOptions { TelemetryPath = "metrics" };
        options.Members.Add("10.0.0.1");
        options.Members.Add("ftp://10.0.0.1:9998");

        var refusal = Assert.Throws<InvalidOperationException>(() =>
            Host.CreateApplicationBuilder().AddClustermgrExporter(options)
        );

        Assert.Equal(3, refusal.Message.Split('\n').Length);
        Assert.Contains(
            "TelemetryPath \"metrics\" is not a path; write letters",
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ASecondExporterIsRefused()
    {
        var options = new ClustermgrExporterOptions();
        options.Members.Add("http://10.0.0.1:9998");
        var builder = Host.CreateApplicationBuilder().AddClustermgrExporter(options);

        var refusal = Assert.Throws<InvalidOperationException>(() => builder.AddClustermgrExporter(options));

        Assert.Equal(
            "AddClustermgrExporter was called before; name all clusters in one ConfigurationFile",
            refusal.Message
        );
    }

    /// <summary>If one of three members is configured, the cluster must not be taken for a cluster of one.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(3, false)]
    public void ASingleMemberIsNoClusterOfOne(int members, bool sidecar)
    {
        var options = new ClustermgrExporterOptions();
        for (var i = 1; i <= members; i++)
        {
            options.Members.Add($"http://10.0.0.{i}:9998");
        }
        Assert.Equal(sidecar, options.Load().Config!.Clusters.Single().Sidecar);
    }

    [Fact]
    public void WhatIsSetTwiceIsRefused()
    {
        var options = new ClustermgrExporterOptions { ConfigurationFile = "exporter.yaml", Cluster = "a\"b\n" };
        options.Members.Add("http://10.0.0.1:9998");
        options.Members.Add("http://10.0.0.1:9998");

        Assert.Contains(
            "ConfigurationFile and Members are both set; keep the file",
            Refused(options),
            StringComparison.Ordinal
        );
        options.ConfigurationFile = null;
        Assert.Contains("10.0.0.1:9998 is given twice", Refused(options), StringComparison.Ordinal);
        Assert.Contains("Cluster ", Refused(options), StringComparison.Ordinal);

        static string Refused(ClustermgrExporterOptions options) =>
            Assert
                .Throws<InvalidOperationException>(() => Host.CreateApplicationBuilder().AddClustermgrExporter(options))
                .Message;
    }

    [Fact]
    public void AFileIsReadAsTheProgramReadsIt()
    {
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            "clusters: [{ name: a, members: [http://10.0.0.1:9998], colour: red }]\n"
        );

        var refusal = Assert.Throws<InvalidOperationException>(() =>
            Host.CreateApplicationBuilder()
                .AddClustermgrExporter(new ClustermgrExporterOptions { ConfigurationFile = file })
        );

        Assert.StartsWith($"{file}:1: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("colour", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MappingWithoutAddingSaysWhatToCall()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        var refusal = Assert.Throws<InvalidOperationException>(() => app.MapClustermgrExporter());

        Assert.Contains("call builder.AddClustermgrExporter(options)", refusal.Message, StringComparison.Ordinal);
    }
}
