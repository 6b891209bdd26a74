using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ClustermgrSimulator.Http;

/// <summary>
/// The server's token check: base64url(ts ‖ md5(param ‖ ts ‖ secret)), ts = 8 bytes little-endian, param = path
/// followed by the raw query without the question mark.
/// </summary>
internal static class Authentication
{
    public const string Header = "BLOB-STORE-AUTH-TOKEN";
    private const int TimeBytes = 8;

    public static bool Accepts(SimulatedRequest request, string secret)
    {
        if (request.Token is not { } token)
        {
            return false;
        }
        Span<byte> bytes = stackalloc byte[64];
        var base64 = token.Replace('-', '+').Replace('_', '/');
        if (!Convert.TryFromBase64String(base64, bytes, out var length))
        {
            return false;
        }
        if (length != TimeBytes + MD5.HashSizeInBytes)
        {
            return false;
        }
        var expected = Hash(request.Path + request.RawQuery, bytes[..TimeBytes], secret);
        return CryptographicOperations.FixedTimeEquals(expected, bytes[TimeBytes..length]);
    }

    /// <summary>The token that a client of that secret sends.</summary>
    public static string Token(string path, string rawQuery, long unixSeconds, string secret)
    {
        Span<byte> bytes = stackalloc byte[TimeBytes + MD5.HashSizeInBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, unixSeconds);
        Hash(path + rawQuery, bytes[..TimeBytes], secret).CopyTo(bytes[TimeBytes..]);
        return Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');
    }

    [SuppressMessage("Security", "CA5351", Justification = "The protocol says MD5; it is not ours to choose.")]
    private static byte[] Hash(string param, ReadOnlySpan<byte> time, string secret) =>
        MD5.HashData([.. Encoding.UTF8.GetBytes(param), .. time, .. Encoding.UTF8.GetBytes(secret)]);
}
