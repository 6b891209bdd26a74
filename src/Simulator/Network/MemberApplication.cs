using System.Globalization;
using ClustermgrSimulator.Http;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace ClustermgrSimulator;

/// <summary>Answers Kestrel's requests as the member that accepted the connection.</summary>
internal sealed class MemberApplication(TimeProvider clock) : IHttpApplication<IFeatureCollection>
{
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception) { }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var items = context.GetRequiredFeature<IConnectionItemsFeature>().Items;
        var connection = (MemberConnection)items[typeof(MemberConnection)]!;
        var left = context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
        try
        {
            var answer = await AnswerAsync(connection, context.GetRequiredFeature<IHttpRequestFeature>(), left);
            if (answer.Delivery is Delivery.Refused or Delivery.Reset)
            {
                connection.Reset();
                return;
            }
            SendHead(context.GetRequiredFeature<IHttpResponseFeature>(), answer);
            await SendBodyAsync(context.GetRequiredFeature<IHttpResponseBodyFeature>().Stream, answer, left);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && left.IsCancellationRequested)
        {
            // the client left, or the member was killed
        }
    }

    private static async Task<SimulatedAnswer> AnswerAsync(
        MemberConnection connection,
        IHttpRequestFeature request,
        CancellationToken left
    )
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, left);
        string? token = request.Headers[Authentication.Header];
        var pathAndQuery = request.Path + request.QueryString;
        return await connection.Cluster.AnswerAsync(
            connection.Member,
            request.Method,
            pathAndQuery,
            token,
            body.GetBuffer().AsMemory(0, (int)body.Length),
            left
        );
    }

    private static void SendHead(IHttpResponseFeature response, SimulatedAnswer answer)
    {
        response.StatusCode = answer.Status;
        response.ReasonPhrase = string.Create(CultureInfo.InvariantCulture, $"status code {answer.Status}");
        response.Headers.ContentType = answer.ContentType;
        response.Headers.Location = answer.Location;
        response.Headers.ContentLength = answer.Body.Length;
    }

    private async Task SendBodyAsync(Stream response, SimulatedAnswer answer, CancellationToken left)
    {
        switch (answer.Delivery)
        {
            case Delivery.Half:
                // Less than was announced: Kestrel sends it and cuts the connection.
                await response.WriteAsync(answer.Body[..(answer.Body.Length / 2)], left);
                break;
            case Delivery.Trickle:
                await response.FlushAsync(left);
                for (var i = 0; i < answer.Body.Length; i++)
                {
                    await Task.Delay(FaultyStream.TrickleInterval, clock, left);
                    await response.WriteAsync(answer.Body.Slice(i, 1), left);
                }
                break;
            default:
                await response.WriteAsync(answer.Body, left);
                break;
        }
    }
}
