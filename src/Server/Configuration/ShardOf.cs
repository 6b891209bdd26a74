using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Configuration;

/// <summary>One of several exporters that share the clusters of one file out among themselves, without a word to each
/// other: each cluster belongs to the shard whose hash with the cluster's name is the largest (rendezvous hashing). One
/// more shard takes its part of each of the others, and moves nothing else.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Total">Of all shards.</param>
internal sealed record ShardOf(int Index, int Total)
{
    public const int Most = 1000;

    /// <summary>Where a cluster belongs. It must never change: two versions of this program share clusters out alike.
    /// </summary>
    public static int Owner(string cluster, int total)
    {
        var name = Encoding.UTF8.GetBytes(cluster);
        var text = new byte[sizeof(uint) + name.Length];
        name.CopyTo(text, sizeof(uint));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var (owner, largest) = (0, 0UL);
        for (var shard = 0; shard < total; shard++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(text, (uint)shard);
            SHA256.HashData(text, hash);
            var weight = BinaryPrimitives.ReadUInt64BigEndian(hash);
            if (shard == 0 || weight > largest)
            {
                (owner, largest) = (shard, weight);
            }
        }
        return owner;
    }

    /// <summary>What is polled here of a configuration.</summary>
    public ConfigResult Take(ConfigResult loaded) =>
        loaded.Config is not { } config
            ? loaded
            : loaded with
            {
                Config = config with
                {
                    Clusters = [.. config.Clusters.Where(cluster => Owner(cluster.Name, Total) == Index)],
                    Share = new ClusterShare(Index, Total, config.Clusters.Length),
                },
                Again = loaded.Again is { } again ? () => Take(again()) : null,
            };
}
