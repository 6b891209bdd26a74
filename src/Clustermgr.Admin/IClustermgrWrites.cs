using Clustermgr.Client;
using Refit;

namespace Clustermgr.Admin;

/// <summary>The write endpoints of one member; a follower forwards them to the leader.</summary>
public interface IClustermgrWrites
{
    [Post(WritePath.ConfigSet)]
    Task<HttpResponseMessage> SetConfigAsync(
        [Body] HttpContent body,
        [Property(SentToken.Key)] SentToken? token,
        CancellationToken ct
    );

    [Post(WritePath.MemberAdd)]
    Task<HttpResponseMessage> AddMemberAsync(
        [Body] HttpContent body,
        [Property(SentToken.Key)] SentToken? token,
        CancellationToken ct
    );

    [Post(WritePath.MemberRemove)]
    Task<HttpResponseMessage> RemoveMemberAsync(
        [Body] HttpContent body,
        [Property(SentToken.Key)] SentToken? token,
        CancellationToken ct
    );

    [Post(WritePath.LeadershipTransfer)]
    Task<HttpResponseMessage> TransferLeadershipAsync(
        [Body] HttpContent body,
        [Property(SentToken.Key)] SentToken? token,
        CancellationToken ct
    );
}

/// <summary>Paths of the write endpoints, below a member's URL.</summary>
internal static class WritePath
{
    public const string ConfigSet = "/config/set",
        MemberAdd = "/member/add",
        MemberRemove = "/member/remove",
        LeadershipTransfer = "/leadership/transfer";
}
