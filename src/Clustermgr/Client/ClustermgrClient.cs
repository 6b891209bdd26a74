using Clustermgr.Analysis;
using Clustermgr.Parsing;

namespace Clustermgr.Client;

/// <summary>
/// The client of one member. Every failure is returned as an answer with an outcome and a sentence; only cancellation
/// by the caller throws.
/// </summary>
/// <param name="api">Its requests end at the deadline of <paramref name="options"/>.</param>
public sealed class ClustermgrClient(IClustermgrReads api, ClientOptions options, TimeProvider time)
{
    private const int DiskPageSize = 200; // the server's maximum
    private const int VolumePageSize = 200; // the maximum is 500 or 2,000: a page must not keep a member busy for long

    private static readonly ResponseFormat<StatReading> Stat = new(StatParser.Parse, IsUniversal: true);

    /// <summary>Only clustermgr's own 404 means that the key is unset; the 404 of an unknown path, or of a proxy, does
    /// not.</summary>
    private static readonly ResponseFormat<SwitchReading> Switch = new(
        SwitchParser.Parse,
        static (status, error) => status == 404 && error == "Not Found" ? new SwitchReading(null) : null
    );
    private static readonly ResponseFormat<DiskPage> Disks = new(DiskPageParser.Parse);
    private static readonly ResponseFormat<DiskPage> DisksWithChunks = new(DiskPageParser.ParseWithChunks);
    private static readonly ResponseFormat<ServicePage> Services = new(ServicePageParser.Parse);

    private static readonly ResponseFormat<VolumePage> Volumes = new(VolumePageParser.Parse)
    {
        WhenEmpty = VolumePage.Empty,
    };
    private static readonly ResponseFormat<VolumePage> VolumesWithUnits = new(VolumePageParser.ParseWithUnits)
    {
        WhenEmpty = VolumePage.Empty,
    };

    private readonly ApiCaller _caller = new(options, time);

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
    /// <param name="marker">The marker of the previous page; 0 for the first.</param>
    public Task<Answer<DiskPage>> ListDisksAsync(DiskStatus status, ulong marker, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)status, (int)DiskStatus.Unknown);
        return AskAsync(
            Disks,
            (token, stop) =>
                api.ListDisksAsync((int)status, DiskPageSize, marker == 0 ? null : marker, null, token, stop),
            ct
        );
    }

    /// <summary>The normal disks of one blobnode, which fit on one page.</summary>
    public Task<Answer<DiskPage>> ListNormalDisksAsync(string host, CancellationToken ct) =>
        AskAsync(
            Disks,
            (token, stop) => api.ListDisksAsync((int)DiskStatus.Normal, DiskPageSize, null, host, token, stop),
            ct
        );

    /// <summary>One page of all normal disks, with their chunks; an empty one is the last.</summary>
    /// <param name="marker">The marker of the previous page; 0 for the first.</param>
    public Task<Answer<DiskPage>> ListNormalDisksAsync(ulong marker, CancellationToken ct) =>
        AskAsync(
            DisksWithChunks,
            (token, stop) =>
                api.ListDisksAsync(
                    (int)DiskStatus.Normal,
                    DiskPageSize,
                    marker == 0 ? null : marker,
                    null,
                    token,
                    stop
                ),
            ct
        );

    /// <summary>All disks that are being dropped; that is a flag beside their status.</summary>
    public Task<Answer<DiskPage>> ListDroppingDisksAsync(CancellationToken ct) =>
        AskAsync(Disks, api.ListDroppingDisksAsync, ct);

    /// <summary>One page of all volumes; an empty one is the last.</summary>
    /// <param name="marker">The marker of the previous page; 0 for the first.</param>
    /// <param name="units">True to read the units as well.</param>
    public Task<Answer<VolumePage>> ListVolumesAsync(ulong marker, bool units, CancellationToken ct) =>
        AskAsync(
            units ? VolumesWithUnits : Volumes,
            (token, stop) => api.ListVolumesAsync(VolumePageSize, marker == 0 ? null : marker, token, stop),
            ct
        );

    /// <summary>Every registered instance of every service, dead ones included.</summary>
    public Task<Answer<ServicePage>> ListServicesAsync(CancellationToken ct) =>
        AskAsync(Services, api.ListServicesAsync, ct);

    /// <summary>The live instances of one service.</summary>
    /// <param name="name">Upper case, as the server has it: BLOBNODE, PROXY, SCHEDULER, WORKER, SHARDNODE.</param>
    public Task<Answer<ServicePage>> GetServiceAsync(string name, CancellationToken ct) =>
        AskAsync(Services, (token, stop) => api.GetServiceAsync(name, token, stop), ct);

    private Task<Answer<T>> AskAsync<T>(
        ResponseFormat<T> format,
        Func<SentToken?, CancellationToken, Task<HttpResponseMessage>> send,
        CancellationToken ct
    )
        where T : class => _caller.AskAsync(format, send, ct);
}
