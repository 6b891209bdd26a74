using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ClustermgrExporter.Web;

/// <summary>The socket of a process that was killed: it stands there still, nobody listens at it, and it is in the way
/// of the next one.</summary>
internal static partial class StaleSocket
{
    private const int AtFdCwd = -100,
        NoFollow = 0x100,
        StatxType = 1,
        StatxBytes = 256,
        ModeAt = 28, // of struct statx, the same on every architecture
        TypeOfMode = 0xF000,
        Socket = 0xC000;

    /// <summary>Takes it away. Anything else at the path stays: to bind then says that it is in the way.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder is closed to this user.</exception>
    public static void Remove(string path)
    {
        // To connect to a file that is no socket is refused too.
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
            return false; // another system: its user takes the file away
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte buffer);
}
