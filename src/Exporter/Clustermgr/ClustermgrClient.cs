using System.Globalization;
using System.Net;
using ClustermgrExporter.Clusters;

namespace ClustermgrExporter.Clustermgr;

/// <summary>
/// Asks one member. Every failure is an answer with an outcome and a sentence; only the caller's token throws.
/// </summary>
internal sealed class ClustermgrClient(HttpMessageInvoker http, ClientOptions options, TimeProvider time)
{
    private const int DiskPageSize = 200; // the most that the server gives

    /// <summary>Within it a transport that hears the deadline has ended.</summary>
    private static readonly TimeSpan s_deaf = TimeSpan.FromSeconds(1);

    private static readonly Route<StatReading> Stat = new(StatParser.Parse, Everywhere: true);
    private static readonly Route<SwitchReading> Switch = new(SwitchParser.Parse, WhenNotFound: new(null));
    private static readonly Route<DiskPage> Disks = new(DiskPageParser.Parse);
    private static readonly Route<ServicePage> Services = new(ServicePageParser.Parse);

    private readonly Uri _stat = new(options.BaseUrl, "/stat");
    private readonly Uri _droppingDisks = new(options.BaseUrl, "/disk/droppinglist");
    private readonly Uri _services = new(options.BaseUrl, "/service/list");

    /// <summary>The member's own view. It is served locally, quorum or not.</summary>
    public Task<Answer<StatReading>> GetStatAsync(CancellationToken ct) => AskAsync(Stat, _stat, ct);

    /// <summary>A linearizable read: it costs the cluster a round of the quorum, and hangs without one.</summary>
    public Task<Answer<SwitchReading>> GetSwitchAsync(string key, CancellationToken ct) =>
        AskAsync(Switch, new Uri(options.BaseUrl, $"/config/get?key={Uri.EscapeDataString(key)}"), ct);

    /// <summary>One page of the disks of one status.</summary>
    /// <param name="marker">Of the page before; 0 for the first.</param>
    public Task<Answer<DiskPage>> ListDisksAsync(DiskStatus status, ulong marker, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)status, (int)DiskStatus.Unknown);
        var from = marker == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"&marker={marker}");
        return AskAsync(
            Disks, new Uri(options.BaseUrl, $"/disk/list?status={(int)status}&count={DiskPageSize}{from}"), ct);
    }

    /// <summary>All disks that are being dropped; that is a flag beside their status.</summary>
    public Task<Answer<DiskPage>> ListDroppingDisksAsync(CancellationToken ct) => AskAsync(Disks, _droppingDisks, ct);

    /// <summary>Every registered instance of every service, dead ones included.</summary>
    public Task<Answer<ServicePage>> ListServicesAsync(CancellationToken ct) => AskAsync(Services, _services, ct);

    /// <summary>The live instances of one service.</summary>
    /// <param name="name">Upper case, as the server has it: BLOBNODE, PROXY, SCHEDULER, WORKER, SHARDNODE.</param>
    public Task<Answer<ServicePage>> GetServiceAsync(string name, CancellationToken ct) =>
        AskAsync(Services, new Uri(options.BaseUrl, $"/service/get?name={Uri.EscapeDataString(name)}"), ct);

    private async Task<Answer<T>> AskAsync<T>(Route<T> route, Uri uri, CancellationToken ct) where T : class
    {
        ct.ThrowIfCancellationRequested();
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        using var caller = ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        using var body = new PooledBody();
        using var request = Request(uri, out var token);
        Verdict<T> verdict;
        try
        {
            using var response = await SendAsync(request, deadline.Token);
            verdict = await Verdict.OfAsync(route, response, body, options, deadline.Token);
        }
        catch (Exception e) when (IsFailure(e))
        {
            ct.ThrowIfCancellationRequested();
            verdict = deadline.IsCancellationRequested ? Late<T>(body.Length) : new Verdict<T>(Failures.Of(e, uri.Scheme));
        }
        // Others end their sentences, and whoever shows a detail ends it once more.
        var detail = Sentence.Clean(Sentence.Without(verdict.Detail, options.Secret, token)).TrimEnd('.');
        return new Answer<T>(
            verdict.Outcome, verdict.Value, detail, time.GetUtcNow(), time.GetElapsedTime(started));
    }

    /// <summary>Ends soon after the deadline even where the transport does not: a lock of its connection pool that is never
    /// given free again has been seen, about once in 3,000 first connections on a busy machine, and would stop a poll for
    /// ever.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken deadline)
    {
        var sending = http.SendAsync(request, deadline);
        try
        {
            return await sending.WaitAsync(options.Timeout + s_deaf, time, CancellationToken.None);
        }
        catch (TimeoutException) when (deadline.IsCancellationRequested)
        {
            // What comes too late gives its connection back.
            _ = sending.ContinueWith(static late => late.Result.Dispose(), CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new OperationCanceledException(deadline);
        }
    }

    private HttpRequestMessage Request(Uri uri, out string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri) { Version = HttpVersion.Version11 };
        token = options.Secret is null
            ? null
            : AuthToken.For(
                uri.AbsolutePath + uri.Query.TrimStart('?'), time.GetUtcNow().ToUnixTimeSeconds(), options.Secret);
        if (token is not null) request.Headers.TryAddWithoutValidation(AuthToken.Header, token);
        return request;
    }

    private Verdict<T> Late<T>(int received) where T : class => new(
        Outcome.Timeout,
        null,
        received > 0
            ? $"only {received} bytes of the body came within {options.Timeout.TotalSeconds} s"
            : $"no answer within {options.Timeout.TotalSeconds} s");

    /// <summary>What the network does; anything else is a bug, and must not pass for an outcome.</summary>
    private static bool IsFailure(Exception e) =>
        e is OperationCanceledException or HttpRequestException or IOException;
}
