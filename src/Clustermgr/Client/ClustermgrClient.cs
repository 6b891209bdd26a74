using Clustermgr.Analysis;
using Clustermgr.Formatting;
using Clustermgr.Parsing;

namespace Clustermgr.Client;

/// <summary>
/// Asks one member. Every failure is an answer with an outcome and a sentence; only the caller's token throws.
/// </summary>
/// <param name="api">Whose requests end at the deadline of <paramref name="options"/>.</param>
public sealed class ClustermgrClient(IClustermgrReads api, ClientOptions options, TimeProvider time)
{
    private const int DiskPageSize = 200; // the most that the server gives

    private static readonly Route<StatReading> Stat = new(StatParser.Parse, Everywhere: true);
    private static readonly Route<SwitchReading> Switch = new(SwitchParser.Parse, WhenNotFound: new(null));
    private static readonly Route<DiskPage> Disks = new(DiskPageParser.Parse);
    private static readonly Route<ServicePage> Services = new(ServicePageParser.Parse);

    /// <param name="transport">Shared by the members of a cluster; the caller disposes it.</param>
    public ClustermgrClient(HttpMessageHandler transport, ClientOptions options, TimeProvider time)
        : this(
            HttpApi.Create<IClustermgrReads>(transport, options.BaseUrl, options.Timeout, time, options.Secret),
            options,
            time
        ) { }

    /// <summary>The member's own view. It is served locally, quorum or not.</summary>
    public Task<Answer<StatReading>> GetStatAsync(CancellationToken ct) => AskAsync(Stat, api.GetStatAsync, ct);

    /// <summary>A linearizable read: it costs the cluster a round of the quorum, and hangs without one.</summary>
    public Task<Answer<SwitchReading>> GetSwitchAsync(string key, CancellationToken ct) =>
        AskAsync(Switch, (token, stop) => api.GetConfigAsync(key, token, stop), ct);

    /// <summary>One page of the disks of one status.</summary>
    /// <param name="marker">Of the page before; 0 for the first.</param>
    public Task<Answer<DiskPage>> ListDisksAsync(DiskStatus status, ulong marker, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)status, (int)DiskStatus.Unknown);
        return AskAsync(
            Disks,
            (token, stop) => api.ListDisksAsync((int)status, DiskPageSize, marker == 0 ? null : marker, token, stop),
            ct
        );
    }

    /// <summary>All disks that are being dropped; that is a flag beside their status.</summary>
    public Task<Answer<DiskPage>> ListDroppingDisksAsync(CancellationToken ct) =>
        AskAsync(Disks, api.ListDroppingDisksAsync, ct);

    /// <summary>Every registered instance of every service, dead ones included.</summary>
    public Task<Answer<ServicePage>> ListServicesAsync(CancellationToken ct) =>
        AskAsync(Services, api.ListServicesAsync, ct);

    /// <summary>The live instances of one service.</summary>
    /// <param name="name">Upper case, as the server has it: BLOBNODE, PROXY, SCHEDULER, WORKER, SHARDNODE.</param>
    public Task<Answer<ServicePage>> GetServiceAsync(string name, CancellationToken ct) =>
        AskAsync(Services, (token, stop) => api.GetServiceAsync(name, token, stop), ct);

    private async Task<Answer<T>> AskAsync<T>(
        Route<T> route,
        Func<SentToken?, CancellationToken, Task<HttpResponseMessage>> send,
        CancellationToken ct
    )
        where T : class
    {
        ct.ThrowIfCancellationRequested();
        var started = time.GetTimestamp();
        var token = options.Secret is null ? null : new SentToken();
        using var body = new PooledBody();
        ResponseReading<T> verdict;
        try
        {
            using var response = await send(token, ct);
            verdict = await ResponseReader.ReadAsync(route, response, body, options, ct);
        }
        catch (Exception e) when (HttpApi.IsFailure(e))
        {
            ct.ThrowIfCancellationRequested();
            verdict =
                e is TimeoutException
                    ? new ResponseReading<T>(Outcome.Timeout, null, Late(body.Length))
                    : new ResponseReading<T>(TransportFailure.FromException(e, options.BaseUrl.Scheme));
        }
        // Others end their sentences, and whoever shows a detail ends it once more.
        var detail = Sentence.Clean(Sentence.Without(verdict.Detail, options.Secret, token?.Value)).TrimEnd('.');
        return new Answer<T>(verdict.Outcome, verdict.Value, detail, time.GetUtcNow(), time.GetElapsedTime(started));
    }

    private string Late(int received) =>
        received > 0
            ? $"only {received} bytes of the body came within {options.Timeout.TotalSeconds} s"
            : $"no answer within {options.Timeout.TotalSeconds} s";
}

/// <summary>Reads a body; null, with a reason, when it is not the JSON we know. Never throws.</summary>
public delegate T? BodyParser<out T>(ReadOnlySpan<byte> utf8, out string reason)
    where T : class;

/// <summary>How the answers of one endpoint are read.</summary>
/// <param name="WhenNotFound">What clustermgr's own 404 means; null where it is an error.</param>
/// <param name="Everywhere">Every clustermgr has it: who does not is none.</param>
public sealed record Route<T>(BodyParser<T> Parse, T? WhenNotFound = null, bool Everywhere = false)
    where T : class;
