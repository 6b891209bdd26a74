using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Clustermgr.Client;

/// <summary>The token that clustermgr asks for where auth.enable_auth is set.</summary>
internal static class AuthToken
{
    public const string Header = "BLOB-STORE-AUTH-TOKEN";

    /// <summary>base64url( ts ‖ md5( param ‖ ts ‖ secret ) ), ts as 8 bytes little-endian.</summary>
    /// <param name="param">The path followed by the raw query, without the question mark between them.</param>
    [SuppressMessage("Security", "CA5351", Justification = "The server checks md5; there is no other scheme.")]
    public static string For(string param, long unixSeconds, string secret)
    {
        Span<byte> token = stackalloc byte[sizeof(long) + MD5.HashSizeInBytes];
        BinaryPrimitives.WriteInt64LittleEndian(token, unixSeconds);

        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(Encoding.UTF8.GetBytes(param));
        md5.AppendData(token[..sizeof(long)]);
        md5.AppendData(Encoding.UTF8.GetBytes(secret));
        md5.GetHashAndReset(token[sizeof(long)..]);

        // 24 bytes are 32 characters: the padding that the server insists on is none.
        return Convert.ToBase64String(token).Replace('+', '-').Replace('/', '_');
    }
}
