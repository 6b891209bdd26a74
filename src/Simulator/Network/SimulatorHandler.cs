using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using ClustermgrSimulator.Http;

namespace ClustermgrSimulator;

/// <summary>
/// Answers an HttpClient as the members would, without a network. Answers complete inline on the timers of the
/// clusters' clock, without a hop to the thread pool.
/// </summary>
public sealed class SimulatorHandler(IReadOnlyList<SimulatedCluster> clusters, TimeProvider clock) : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (SimulatedCluster Cluster, ulong Member)> _hosts = new(StringComparer.Ordinal);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var (cluster, member) = Find(request.RequestUri!);
        if (!cluster.Listens(member))
        {
            throw CreateRefusedException();
        }
        var token = request.Headers.TryGetValues(Authentication.Header, out var values) ? values.First() : null;
        var body = request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : [];
        var answer = await cluster.AnswerAsync(
            member,
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            token,
            body,
            cancellationToken
        );
        if (answer.Delivery == Delivery.Refused)
        {
            throw CreateRefusedException();
        }
        if (answer.Delivery == Delivery.Reset)
        {
            var reset = new SocketException((int)SocketError.ConnectionReset);
            throw new HttpRequestException("The connection was reset.", new IOException(reset.Message, reset));
        }
        return Response(request, answer);
    }

    /// <summary>Before any of the body was read, as a socket would.</summary>
    private static HttpRequestException CreateRefusedException()
    {
        var refused = new SocketException((int)SocketError.ConnectionRefused);
        return new HttpRequestException(HttpRequestError.ConnectionError, refused.Message, refused);
    }

    private HttpResponseMessage Response(HttpRequestMessage request, SimulatedAnswer answer)
    {
        HttpContent content =
            answer.Delivery == Delivery.Whole
                ? new ReadOnlyMemoryContent(answer.Body)
                : new StreamContent(new FaultyStream(answer, clock), bufferSize: 1);
        content.Headers.ContentLength = answer.Body.Length;
        if (answer.ContentType is { } type)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status)
        {
            RequestMessage = request,
            Content = content,
        };
        response.Headers.Location = answer.Location is { } elsewhere ? new Uri(elsewhere) : null;
        return response;
    }

    private (SimulatedCluster Cluster, ulong Member) Find(Uri uri)
    {
        var host = uri.Authority;
        lock (_gate)
        {
            if (_hosts.TryGetValue(host, out var known))
            {
                return known;
            }
            foreach (var cluster in clusters)
            {
                foreach (var member in cluster.Members)
                {
                    _hosts[member.HttpHost] = (cluster, member.Id);
                }
                foreach (var (id, url) in cluster.Schedulers)
                {
                    _hosts.TryAdd(url.Authority, (cluster, id));
                }
            }
            if (_hosts.TryGetValue(host, out known))
            {
                return known;
            }
        }
        var unknown = new SocketException((int)SocketError.HostNotFound);
        throw new HttpRequestException(HttpRequestError.NameResolutionError, $"{unknown.Message} ({host})", unknown);
    }
}
