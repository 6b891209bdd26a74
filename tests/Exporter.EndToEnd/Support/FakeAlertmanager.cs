using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Answers like an Alertmanager without alerts, or like a failing one.</summary>
internal sealed class FakeAlertmanager : IDisposable
{
    private readonly WireMockServer _server = WireMockServer.Start();

    /// <param name="postStatus">Status of the answer to posted alerts.</param>
    public FakeAlertmanager(int postStatus = 200)
    {
        _server.Given(Request.Create().UsingGet()).RespondWith(Response.Create().WithStatusCode(200).WithBody("[]"));
        _server.Given(Request.Create().UsingPost()).RespondWith(Response.Create().WithStatusCode(postStatus));
    }

    public Uri Root => new($"{_server.Url}/");

    public void Dispose() => _server.Dispose();
}
