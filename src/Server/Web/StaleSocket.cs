using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ClustermgrExporter.Web;

/// <summary>Removes the socket file of a killed process: nobody listens on it, and it blocks the next
/// process.</summary>
internal static partial class StaleSocket
{
    private const int AtFdCwd = -100,
        NoFollow = 0x100,
        StatxType = 1,
        StatxBytes = 256,
        ModeAt = 28, // of struct statx, the same on every architecture
        TypeOfMode = 0xF000,
        Socket = 0xC000;

    /// <summary>Deletes the file if it is a socket without a listener. Anything else at the path stays, and binding
    /// then fails.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder is closed to this user.</exception>
    public static void Remove(string path)
    {
        // Connecting to a file that is not a socket is refused too.
        if (IsSocket(path) && NobodyListens(path))
        {
            File.Delete(path);
        }
    }

    private static bool NobodyListens(string path)
    {
        using var probe = new System.Net.Sockets.Socket(
            AddressFamily.Unix,
            SocketType.Stream,
            ProtocolType.Unspecified
        );
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private static bool IsSocket(string path)
    {
        Span<byte> found = stackalloc byte[StatxBytes];
        try
        {
            return Statx(AtFdCwd, path, NoFollow, StatxType, ref MemoryMarshal.GetReference(found)) == 0
                && (BinaryPrimitives.ReadUInt16LittleEndian(found[ModeAt..]) & TypeOfMode) == Socket;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false; // another system: the user has to delete the file
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte buffer);
}
