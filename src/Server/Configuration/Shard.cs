using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Configuration;

/// <summary>One of several exporters that divide the clusters of one file among themselves without communication: each
/// cluster belongs to the shard whose hash with the cluster's name is the largest (rendezvous hashing). An additional
/// shard takes its part from each of the others, and moves nothing else.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">Number of shards.</param>
internal sealed record Shard(int Index, int Count)
{
    public const int MaxCount = 1000;

    /// <summary>The shard of a cluster. This must never change: all versions of this program must agree on
    /// it.</summary>
    public static int Owner(string cluster, int count)
    {
        var name = Encoding.UTF8.GetBytes(cluster);
        var text = new byte[sizeof(uint) + name.Length];
        name.CopyTo(text, sizeof(uint));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var owner = 0;
        var largest = 0UL;
        for (var shard = 0; shard < count; shard++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(text, (uint)shard);
            SHA256.HashData(text, hash);
            var weight = BinaryPrimitives.ReadUInt64BigEndian(hash);
            if (shard == 0 || weight > largest)
            {
                owner = shard;
                largest = weight;
            }
        }
        return owner;
    }

    /// <summary>The part of a configuration that this shard polls.</summary>
    public ConfigResult SelectClusters(ConfigResult loaded) =>
        loaded.Config is not { } config
            ? loaded
            : loaded with
            {
                Config = config with
                {
                    Clusters = [.. config.Clusters.Where(cluster => Owner(cluster.Name, Count) == Index)],
                    Share = new ClusterShare(Index, Count, config.Clusters.Length),
                },
                Reload = loaded.Reload is { } again ? () => SelectClusters(again()) : null,
            };
}
