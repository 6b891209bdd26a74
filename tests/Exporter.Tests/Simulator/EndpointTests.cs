using System.Net.Sockets;
using System.Text;
using ClustermgrSimulator;
using ClustermgrSimulator.Faults;
using ClustermgrSimulator.Http;
using ClustermgrSimulator.Storage;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

/// <summary>The answers of the endpoints other than /stat, behind an HttpClient and on a clock that tests
/// advance.</summary>
public sealed class EndpointTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly SimulatedCluster _cluster;
    private readonly HttpMessageInvoker _client;

    public EndpointTests()
    {
        _cluster = new SimulatedCluster(new SimulatorOptions { FirstLeader = 1 }, _clock);
        _client = new HttpMessageInvoker(new SimulatorHandler([_cluster], _clock));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _cluster.Dispose();
    }

    [Theory]
    [InlineData("/config/get?key=balance", 200, "\"true\"")]
    [InlineData("/config/get?key=nothing", 404, "{\"error\":\"Not Found\"}")]
    [InlineData("/config/get", 400, "{\"error\":\"args(ConfigArgs) field(Key) do not omit\",\"code\":\"Argument\"}")]
    [InlineData("/disk/list?status=2", 200, "{\"disks\":null,\"marker\":0}")]
    [InlineData("/disk/list?marker=999", 400, "{\"error\":\"Illegal Arguments\"}")]
    [InlineData("/v2/volume/list?status=1", 931, "{\"error\":\"not support idle status\"}")]
    [InlineData("/volume/list?count=10&marker=100", 200, "")]
    public async Task AGetAnswers(string path, int status, string body) =>
        Assert.Equal((status, body), await GetAsync(2, path));

    [Theory]
    [InlineData("/member/add", "{\"peer_id\":4,\"host\":\"h:1\",\"member_type\":2}", 400)]
    [InlineData("/member/add", "{\"peer_id\":2,\"host\":\"h:1\",\"member_type\":2,\"node_host\":\"n:1\"}", 910)]
    [InlineData("/member/add", "{\"peer_id\":4,\"host\":\"h:1\",\"member_type\":1,\"node_host\":\"http://n:1\"}", 200)]
    [InlineData("/member/remove", "{\"peer_id\":9}", 400)]
    [InlineData("/member/remove", "{\"peer_id\":1}", 400)]
    [InlineData("/member/remove", "{\"peer_id\":3}", 200)]
    [InlineData("/leadership/transfer", "{\"peer_id\":9}", 400)]
    [InlineData("/leadership/transfer", "no json", 400)]
    [InlineData("/config/set", "{\"key\":\"balance\"}", 400)]
    public async Task APostThroughAFollowerAnswers(string path, string body, int status) =>
        Assert.Equal(status, (await SendAsync(HttpMethod.Post, 2, path, body)).Status);

    [Fact]
    public async Task DisksComeInPagesOfTenWhoseLastHasStillAMarker()
    {
        var (_, first) = await GetAsync(1, "/disk/list");
        Assert.EndsWith("\"marker\":10}", first, StringComparison.Ordinal);
        var (_, last) = await GetAsync(1, "/disk/list?count=500&marker=10");
        Assert.EndsWith("\"marker\":36}", last, StringComparison.Ordinal);
        Assert.Equal((200, "{\"disks\":null,\"marker\":0}"), await GetAsync(1, "/disk/list?marker=36"));
    }

    [Fact]
    public async Task ABrokenDiskIsFoundByItsStatusAndADroppingOneInItsOwnList()
    {
        _cluster.SetDisk(5, SimulatedDiskStatus.Broken);
        _cluster.DropDisk(9);
        Assert.Contains("\"disk_id\":5,", (await GetAsync(3, "/disk/list?status=2")).Body, StringComparison.Ordinal);
        Assert.Contains("\"disk_id\":9,", (await GetAsync(3, "/disk/droppinglist")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServiceThatIsOfflineIsListedAndNotGot()
    {
        Assert.Equal(2, _cluster.SetService("SCHEDULER", online: false));
        Assert.Contains("SCHEDULER", (await GetAsync(1, "/service/list")).Body, StringComparison.Ordinal);
        Assert.Equal((200, "{\"nodes\":null}"), await GetAsync(1, "/service/get?name=SCHEDULER"));
    }

    [Fact]
    public async Task WithoutAQuorumAReadHangsTenSecondsAndAWriteBrings906()
    {
        _cluster.Kill(2);
        _cluster.Kill(3);
        var read = GetAsync(1, "/config/get?key=balance");
        var write = SendAsync(HttpMethod.Post, 1, "/config/set", "{\"key\":\"a\",\"value\":\"b\"}");
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(read.IsCompleted || write.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal((908, "{\"error\":\"raft read index error\"}"), await read);
        Assert.Equal(906, (await write).Status);
    }

    [Fact]
    public async Task ARefusedConnectionIsWhatAnHttpClientThrows()
    {
        _cluster.Kill(3);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(3, "/stat"));
        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        Assert.Equal(
            SocketError.ConnectionRefused,
            Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode
        );
    }

    [Fact]
    public async Task AHungMemberAnswersInlineWhenItGoesOn()
    {
        _cluster.Hang(2);
        var waiting = GetAsync(2, "/stat");
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(waiting.IsCompleted);
        _cluster.Resume(2);
        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Equal(200, (await waiting).Status);
    }

    [Fact]
    public async Task ASickMemberAnswersWithTheLeadersBody()
    {
        _cluster.SetFaults(2, new MemberFaults { ForwardAsSick = true });
        Assert.Contains("\"node_id\":1,", (await GetAsync(2, "/stat")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATrickleTakesASecondAByteOfTheClock()
    {
        _cluster.SetFaults(2, new MemberFaults { Body = BodyFault.Trickle });
        var reading = GetAsync(2, "/config/get?key=balance");
        _clock.Advance(TimeSpan.FromSeconds(5.5));
        Assert.False(reading.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((200, "\"true\""), await reading);
    }

    [Theory]
    [InlineData("/stat", "", "APFTZQAAAACHT8VHY5ieS7Py-0BWC1tt")]
    [InlineData("/config/get", "key=disk_repair", "APFTZQAAAACoFdo1E5ShRhgX5qGiUd1q")]
    public void TheTokenIsThatOfTheServer(string path, string query, string token)
    {
        Assert.Equal(token, Authentication.Token(path, query, 1700000000, "testsecret"));
        Assert.True(
            Authentication.Accepts(new SimulatedRequest("GET", $"{path}?{query}", token, default), "testsecret")
        );
        Assert.False(Authentication.Accepts(new SimulatedRequest("GET", path + "?x", token, default), "testsecret"));
        Assert.False(Authentication.Accepts(new SimulatedRequest("GET", path, "no base64!", default), "testsecret"));
    }

    private Task<(int Status, string Body)> GetAsync(ulong member, string path) =>
        SendAsync(HttpMethod.Get, member, path, null);

    private async Task<(int Status, string Body)> SendAsync(HttpMethod method, ulong member, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, $"http://10.0.0.{member}:9998{path}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
        }
        using var response = await _client.SendAsync(request, Ct);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Ct));
    }
}
