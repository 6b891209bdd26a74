using Clustermgr.Analysis;
using Clustermgr.Tests.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Parsing;

/// <summary>Reading switches, disks and services with the client.</summary>
public sealed class ListTests : AskingTests
{
    private const string Row =
        """{"disk_id":7,"host":"http://b:1","path":"/d","idc":"z0","rack":"r","status":2,"readonly":false,"new":[1]}""";

    [Theory]
    [InlineData("true")]
    [InlineData("Enable")]
    [InlineData("{\\\"a\\\":1}")]
    public async Task ASetSwitchIsItsStringAsItIs(string json)
    {
        var answer = await SwitchOfAsync(200, $"\"{json}\"");
        Assert.Equal(Outcome.Ok, answer.Outcome);
        Assert.Equal(json.Replace("\\\"", "\"", StringComparison.Ordinal), answer.Value?.Raw);
    }

    [Fact]
    public async Task AnUnsetSwitchIsAnAnswer()
    {
        var answer = await SwitchOfAsync(404, """{"error":"Not Found"}""");
        Assert.Equal((Outcome.Ok, new SwitchReading((string?)null)), (answer.Outcome, answer.Value));
    }

    [Theory]
    [InlineData(404, "404 page not found", Outcome.HttpError, "HTTP 404: 404 page not found")]
    [InlineData(404, "", Outcome.HttpError, "HTTP 404, with an empty body")]
    [InlineData(404, "\"Not Found\"", Outcome.HttpError, "HTTP 404: \"Not Found\"")]
    [InlineData(404, "{\"error\":\"no such route\"}", Outcome.HttpError, "HTTP 404: no such route")]
    [InlineData(200, "\"\"", Outcome.Invalid, "the value is an empty string, which v3.2 answers on errors")]
    [InlineData(200, "", Outcome.Invalid, "HTTP 200 with an empty body")]
    [InlineData(200, "true", Outcome.Invalid, "the value is not a JSON string at byte 0")]
    [InlineData(200, "null", Outcome.Invalid, "the value is not a JSON string at byte 0")]
    public async Task WhatIsNoValueIsNotTakenForOne(int status, string body, object outcome, string detail) =>
        Is((Outcome)outcome, detail, await SwitchOfAsync(status, body));

    [Theory]
    [InlineData("""{"disks":null,"marker":0}""")]
    [InlineData("""{"disks":[],"marker":0}""")]
    public async Task NoDisksAreAnEmptyPage(string body)
    {
        var answer = await DisksOfAsync(body);
        Assert.Equal(Outcome.Ok, answer.Outcome);
        Assert.Empty(answer.Value!.Disks);
    }

    [Fact]
    public async Task AnEmptyBodyIsNoListThatIsEmpty()
    {
        const string detail = "HTTP 200 with an empty body";
        Is(Outcome.Invalid, detail, await DisksOfAsync(""));
        Is(Outcome.Invalid, detail, await AnswerOfAsync(200, "", client => client.ListDroppingDisksAsync(Ct)));
        Is(Outcome.Invalid, detail, await AnswerOfAsync(200, "", client => client.ListServicesAsync(Ct)));
        Is(Outcome.Invalid, detail, await AnswerOfAsync(200, "", client => client.GetServiceAsync("PROXY", Ct)));
    }

    [Fact]
    public async Task APageHasItsDisksAndItsMarker()
    {
        var answer = await DisksOfAsync(
            "{\"disks\":["
                + Row
                + ","
                + Row.Replace("2,", "77,", StringComparison.Ordinal)
                + "],\"marker\":18446744073709551615}"
        );
        Assert.Equal(ulong.MaxValue, answer.Value?.Marker);
        Assert.Equal(
            [
                new DiskReading(7, "http://b:1", "/d", "z0", "r", DiskStatus.Broken, false),
                new DiskReading(7, "http://b:1", "/d", "z0", "r", DiskStatus.Unknown, false),
            ],
            answer.Value!.Disks
        );
    }

    [Theory]
    [InlineData("disk_id", "disks[].disk_id is missing or of another type")]
    [InlineData("host", "disks[].host is missing or of another type")]
    [InlineData("status", "disks[].status is missing or of another type")]
    [InlineData("disks", "disks is missing or of another type")]
    public async Task APageThatLacksWhatWeReadIsInvalid(string name, string detail)
    {
        var body = "{\"disks\":[" + Row + "],\"marker\":7}";
        Is(Outcome.Invalid, detail, await DisksOfAsync(body.Replace($"\"{name}\"", "\"x\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"disks":7}""", "disks is missing or of another type")]
    [InlineData("""{"disks":[7]}""", "a row of disks[] is not an object at byte 10")]
    [InlineData("""[]""", "the body is not an object at byte 0")]
    [InlineData("""{"disks":[],"disks":[]}""", "disks comes twice at byte 12")]
    public async Task AnotherShapeIsInvalid(string body, string detail) =>
        Is(Outcome.Invalid, detail, await DisksOfAsync(body));

    [Theory]
    [InlineData("""{"nodes":null}""")]
    [InlineData("""{"nodes":[]}""")]
    public async Task NoServicesAreAnEmptyPage(string body)
    {
        var answer = await AnswerOfAsync(200, body, client => client.GetServiceAsync("PROXY", Ct));
        Assert.Equal(Outcome.Ok, answer.Outcome);
        Assert.Empty(answer.Value!.Instances);
    }

    [Fact]
    public async Task EachCallAsksForItsPathWithItsQueryEscaped()
    {
        var asked = new List<string>();
        await using var server = new RawServer(async connection =>
        {
            while (await connection.RequestAsync() is { } head)
            {
                asked.Add(head.Split(' ')[1]);
                await connection.SendAsync(RawServer.Response(200, ""));
            }
        });
        var client = Client(server.Url);
        await Bounded(client.ListDisksAsync(DiskStatus.Broken, 0, Ct));
        await Bounded(client.ListDisksAsync(DiskStatus.Dropped, ulong.MaxValue, Ct));
        await Bounded(client.ListDroppingDisksAsync(Ct));
        await Bounded(client.ListServicesAsync(Ct));
        await Bounded(client.GetServiceAsync("BLOBNODE", Ct));
        await Bounded(client.GetSwitchAsync("a&b=c d/é", Ct));
        Assert.Equal(
            [
                "/disk/list?status=2&count=200",
                "/disk/list?status=5&count=200&marker=18446744073709551615",
                "/disk/droppinglist",
                "/service/list",
                "/service/get?name=BLOBNODE",
                "/config/get?key=a%26b%3Dc%20d%2F%C3%A9",
            ],
            asked
        );
    }

    [Fact]
    public async Task AStatusThatTheServerDoesNotHaveIsABug() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            Client(new Uri("http://a:1")).ListDisksAsync(DiskStatus.Unknown, 0, Ct)
        );

    private Task<Answer<DiskPage>> DisksOfAsync(string body) =>
        AnswerOfAsync(200, body, client => client.ListDisksAsync(DiskStatus.Broken, 0, Ct));
}
