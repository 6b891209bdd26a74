using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;

namespace Clustermgr.Tests.Client;

/// <summary>Base of tests with a client on a real transport and a clock that does not advance by itself.</summary>
public abstract class AskingTests : IDisposable
{
    internal const string SmallStat =
        """{"raft_status":{"nodeId":1,"term":2,"raftState":"StateFollower","leader":3}}""";

    private protected FakeTimeProvider Clock { get; } = new();

    private protected HttpMessageHandler Http { get; } = ClustermgrTransport.Create(null, new NameResolver());

    internal ClustermgrClient Client(
        Uri url,
        string? secret = null,
        int maxBodyBytes = 1 << 20,
        HttpMessageHandler? http = null
    ) => new(http ?? Http, new ClientOptions(url, secret, TimeSpan.FromSeconds(3), maxBodyBytes), Clock);

    /// <summary>The answer to /stat from a server that sends <paramref name="response"/> and closes.</summary>
    internal async Task<Answer<StatReading>> StatOfAsync(string response, int maxBodyBytes = 1 << 20)
    {
        await using var server = RawServer.Once(response);
        return await Bounded(Client(server.Url, maxBodyBytes: maxBodyBytes).GetStatAsync(Ct));
    }

    /// <summary>The answer from a server that sends the same response to every request.</summary>
    internal async Task<Answer<T>> AnswerOfAsync<T>(
        int status,
        string body,
        Func<ClustermgrClient, Task<Answer<T>>> ask
    )
        where T : class
    {
        using var server = WireMockServer.Start();
        server.Given(Request.Create()).RespondWith(Response.Create().WithStatusCode(status).WithBody(body));
        return await Bounded(ask(Client(new Uri(server.Url!))));
    }

    internal Task<Answer<StatReading>> StatOfAsync(int status, string body) =>
        AnswerOfAsync(status, body, client => client.GetStatAsync(Ct));

    internal Task<Answer<SwitchReading>> SwitchOfAsync(int status, string body) =>
        AnswerOfAsync(status, body, client => client.GetSwitchAsync("disk_repair", Ct));

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Bounds a wait: the clock does not advance, so a client waiting for its deadline would hang.</summary>
    internal static Task<T> Bounded<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30));

    internal static Task Bounded(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30));

    internal static void Is<T>(Outcome outcome, string detail, Answer<T> answer)
        where T : class
    {
        Assert.Equal((outcome, detail), (answer.Outcome, answer.Detail));
        Assert.Null(answer.Value);
    }

    public void Dispose()
    {
        Http.Dispose();
        GC.SuppressFinalize(this);
    }
}
