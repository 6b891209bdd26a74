using System.Diagnostics;
using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Client;

/// <summary>Only the client and the member see the secret and the token made from it.</summary>
public sealed class SecretTests : AskingTests
{
    private const string Secret = "hunter2-очень-тайно";

    [Fact]
    public void OptionsPrintWithoutTheSecretAndWithoutCredentialsOfTheUrl()
    {
        var options = new ClientOptions(new Uri("http://user:pass@h:1"), Secret, TimeSpan.FromSeconds(3), 7);
        Assert.Equal("http://h:1 with secret, timeout 3 s, at most 7 bytes", options.ToString());
        Assert.StartsWith(
            "http://h:1 without secret,",
            (options with { Secret = null }).ToString(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("HTTP/1.1 500 X\r\n\r\n", Outcome.HttpError, "HTTP 500: you sent (secret) with (secret)")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", Outcome.Invalid, "HTTP 200 with an error: you sent (secret) with (secret)")]
    public async Task AServerThatEchoesTheTokenAndTheSecretIsNotQuotedOnThem(string head, object outcome, string detail)
    {
        await using var server = new RawServer(async connection =>
        {
            var request = (await connection.RequestAsync())!;
            var token = request.Split("BLOB-STORE-AUTH-TOKEN: ")[1].Split("\r\n")[0];
            var body = $$"""{"error":"you sent {{token}} with {{Secret}}"}""";
            await connection.SendAsync([.. System.Text.Encoding.UTF8.GetBytes(head + body)]);
        });
        Is((Outcome)outcome, detail, await Bounded(Client(server.Url, Secret).GetStatAsync(Ct)));
    }

    [Fact]
    public async Task ASecretThatStandsAcrossTheCutIsNotShownInPart()
    {
        var body = new string('x', 180) + Secret;
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            await connection.SendAsync(System.Text.Encoding.UTF8.GetBytes("HTTP/1.1 500 X\r\n\r\n" + body));
        });
        var answer = await Bounded(Client(server.Url, Secret).GetStatAsync(Ct));
        Assert.Equal("HTTP 500: " + new string('x', 180) + "(secret)", answer.Detail);
    }

    [Fact]
    public async Task TheTokenIsSentInNoTraceAndNoOtherHeaderIsAdded()
    {
        using var activity = new Activity("poll").Start();
        string? head = null;
        await using var server = new RawServer(async connection =>
        {
            head = await connection.RequestAsync();
            await connection.SendAsync(RawServer.Response(200, SmallStat));
        });
        await Bounded(Client(server.Url, Secret).GetStatAsync(Ct));
        var names = head!.Split("\r\n").Skip(1).Where(line => line.Length > 0).Select(line => line.Split(':')[0]);
        Assert.Equal(["Host", "BLOB-STORE-AUTH-TOKEN"], names);
    }

    [Fact]
    public async Task TheCallersCancellationCarriesNoSecret()
    {
        using var caller = new CancellationTokenSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.RequestAsync();
            await caller.CancelAsync();
            await connection.HangAsync();
        });
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Bounded(Client(server.Url, Secret).GetStatAsync(caller.Token))
        );
        Assert.DoesNotContain(Secret, thrown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("BLOB-STORE", thrown.ToString(), StringComparison.Ordinal);
    }
}
