using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Client;

public sealed class AuthTokenTests : AskingTests
{
    [Theory]
    [InlineData("/stat", "APFTZQAAAACHT8VHY5ieS7Py-0BWC1tt")]
    [InlineData("/config/getkey=disk_repair", "APFTZQAAAACoFdo1E5ShRhgX5qGiUd1q")]
    public void TheTokenIsTheOneThatARealServerTook(string param, string token) =>
        Assert.Equal(token, AuthToken.Create(param, 1_700_000_000, "testsecret"));

    [Fact]
    public void TheTokenIsSafeInAHeaderWhateverTheTimeAndTheSecret()
    {
        for (var second = 0L; second < 500; second++)
        {
            var token = AuthToken.Create("/stat", 1_700_000_000 + second, "ключ 🔑");
            Assert.Equal(32, token.Length);
            Assert.All(token, c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space & ampersand=?#%20+/")]
    [InlineData("ключ")]
    public async Task AServerThatComputesTheTokenItselfAgrees(string key)
    {
        await using var server = new RawServer(async connection =>
        {
            while (await connection.RequestAsync() is { } head)
            {
                var accepted = TokenIn(head) == Expected(TargetIn(head));
                await connection.SendAsync(RawServer.Response(accepted ? 200 : 403, accepted ? "\"true\"" : ""));
            }
        });
        var right = await Bounded(Client(server.Url, "testsecret").GetSwitchAsync(key, Ct));
        Assert.Equal((Outcome.Ok, "true"), (right.Outcome, right.Value?.Raw));

        Is(
            Outcome.Auth,
            "HTTP 403: the member refuses the token; compare the secret, and the clocks",
            await Bounded(Client(server.Url, "othersecret").GetSwitchAsync(key, Ct))
        );
        Is(
            Outcome.Auth,
            "HTTP 403: the member asks for a token; configure the secret of its auth section",
            await Bounded(Client(server.Url).GetSwitchAsync(key, Ct))
        );
    }

    [Theory]
    [InlineData("z0/node-1")]
    [InlineData("z0/node-1/")]
    public async Task BelowThePathOfAProxyTheTokenIsOfWhatTheMemberSees(string path)
    {
        var targets = new List<string>();
        await using var proxy = new RawServer(async connection =>
        {
            while (await connection.RequestAsync() is { } head)
            {
                targets.Add(TargetIn(head));
                var accepted = TokenIn(head) == Expected(TargetIn(head)["/z0/node-1".Length..]);
                await connection.SendAsync(RawServer.Response(accepted ? 200 : 403, "\"true\""));
            }
        });
        var client = Client(new Uri(proxy.Url, path), "testsecret");
        Assert.Equal(Outcome.Ok, (await Bounded(client.GetSwitchAsync("disk_repair", Ct))).Outcome);
        await Bounded(client.GetStatAsync(Ct));
        Assert.Equal(["/z0/node-1/config/get?key=disk_repair", "/z0/node-1/stat"], targets);
    }

    [Theory]
    [InlineData("http://h:9998", "http://h:9998/service/register")]
    [InlineData("http://h:9998/z0/", "http://h:9998/z0/service/register")]
    public void ACallIsBelowThePath(string url, string expected)
    {
        var options = new ClientOptions(new Uri(url), null, TimeSpan.FromSeconds(1), 1);
        Assert.Equal(expected, $"{options.At("/service/register")}");
    }

    private static string TargetIn(string head) => head.Split(' ')[1];

    private static string? TokenIn(string head) =>
        head.Split("\r\n")
            .FirstOrDefault(line => line.StartsWith("BLOB-STORE-AUTH-TOKEN: ", StringComparison.Ordinal))
            ?.Split(": ")[1];

    /// <summary>Computes the token as the server does: from the request target, with one hash over all bytes.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "What the server checks.")]
    private string Expected(string target)
    {
        var seconds = BitConverter.GetBytes(Clock.GetUtcNow().ToUnixTimeSeconds());
        if (!BitConverter.IsLittleEndian)
        {
            Array.Reverse(seconds);
        }
        var cut = target.IndexOf('?', StringComparison.Ordinal);
        var param = cut < 0 ? target : target[..cut] + target[(cut + 1)..];
        byte[] hashed = [.. Encoding.UTF8.GetBytes(param), .. seconds, .. "testsecret"u8];
        return Convert.ToBase64String([.. seconds, .. MD5.HashData(hashed)]).Replace('+', '-').Replace('/', '_');
    }
}
