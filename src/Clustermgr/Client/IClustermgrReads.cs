using Refit;

namespace Clustermgr.Client;

/// <summary>The read endpoints of one member, the only requests that pollers can send. The responses are not buffered,
/// and their status may be above 599; see <see cref="ErrorResponse"/>.</summary>
public interface IClustermgrReads
{
    /// <summary>The member's own view, served locally.</summary>
    [Get("/stat")]
    Task<HttpResponseMessage> GetStatAsync([Property(SentToken.Key)] SentToken? token, CancellationToken ct);

    /// <summary>A linearizable read of one key of the configuration.</summary>
    [Get("/config/get")]
    Task<HttpResponseMessage> GetConfigAsync(
        string key,
        [Property(SentToken.Key)] SentToken? token,
        CancellationToken ct
    );

    /// <summary>One page of the disks of one status.</summary>
    /// <param name="marker">The marker of the previous page; null for the first.</param>
    /// <param name="host">URL of the blobnode whose disks are listed; null for all.</param>
    [Get("/disk/list")]
    Task<HttpResponseMessage> ListDisksAsync(
        int status,
        int count,
        ulong? marker,
        string? host,
        [Property(SentToken.Key)] SentToken? token,
        CancellationToken ct
    );

    /// <summary>All disks that are being dropped.</summary>
    [Get("/disk/droppinglist")]
    Task<HttpResponseMessage> ListDroppingDisksAsync([Property(SentToken.Key)] SentToken? token, CancellationToken ct);

    /// <summary>One page of all volumes. After the last: 200 with a body of no bytes.</summary>
    /// <param name="marker">The marker of the previous page; null for the first.</param>
    [Get("/volume/list")]
    Task<HttpResponseMessage> ListVolumesAsync(
        int count,
        ulong? marker,
        [Property(SentToken.Key)] SentToken? token,
        CancellationToken ct
    );

    /// <summary>Every registered instance of every service.</summary>
    [Get("/service/list")]
    Task<HttpResponseMessage> ListServicesAsync([Property(SentToken.Key)] SentToken? token, CancellationToken ct);

    /// <summary>The live instances of one service.</summary>
    [Get("/service/get")]
    Task<HttpResponseMessage> GetServiceAsync(
        string name,
        [Property(SentToken.Key)] SentToken? token,
        CancellationToken ct
    );
}
