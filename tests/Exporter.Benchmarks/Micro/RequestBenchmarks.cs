using System.Net;
using BenchmarkDotNet.Attributes;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Parsing;
using ClustermgrSimulator;

namespace ClustermgrExporter.Benchmarks.Micro;

/// <summary>One /stat of a leader, from the call to the reading, on a transport that answers at once: the cost of Refit
/// and of the deadline handler, compared with a request made by hand whose deadline covers only the headers, as
/// before.</summary>
public class RequestBenchmarks
{
    private static readonly Uri MemberUri = new("http://10.0.0.1:9998");

    private readonly AnsweringHandler _transport = new(PolledCluster.LeaderStat(ServerVersion.Master));
    private readonly ClientOptions _options = new(MemberUri, null, TimeSpan.FromSeconds(3), 8 << 20);
    private readonly HttpMessageInvoker _http;
    private readonly ClustermgrClient _client;
    private readonly ResponseFormat<StatReading> _route = new(StatParser.Parse, IsUniversal: true);

    public RequestBenchmarks()
    {
        _http = new HttpMessageInvoker(_transport);
        _client = new ClustermgrClient(_transport, _options, TimeProvider.System);
    }

    [Benchmark(Description = "by hand", Baseline = true)]
    public async Task<object?> ByHand()
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(MemberUri, "/stat"));
        using var response = await _http
            .SendAsync(request, deadline.Token)
            .WaitAsync(_options.Timeout + TimeSpan.FromSeconds(1));
        using var body = new PooledBody();
        var verdict = await ResponseReader.ReadAsync(_route, response, body, _options, deadline.Token);
        return verdict.Value;
    }

    [Benchmark(Description = "Refit, deadline over the body")]
    public async Task<object?> Refit() => (await _client.GetStatAsync(CancellationToken.None)).Value;

    private sealed class AnsweringHandler(byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) });
    }
}
