using System.Net.Sockets;
using ClustermgrExporter.Configuration;
using Microsoft.AspNetCore.Connections;

namespace ClustermgrExporter.Commands;

/// <summary>Explains why the server cannot listen at an address, and what to do about it.</summary>
internal static class BindFailure
{
    /// <summary>Returns null when the failure is not about an address.</summary>
    /// <param name="all">The addresses, in the order in which they are bound.</param>
    public static string? Describe(Exception failure, IReadOnlyList<ListenAddress> all)
    {
        // Only the message of the exception names the address that failed.
        var listen =
            all.FirstOrDefault(one => failure.Message.Contains($"{one}", StringComparison.Ordinal))
            ?? all.FirstOrDefault(one =>
                one.EndPoints.Any(point => failure.Message.Contains($"{point}", StringComparison.Ordinal))
                || (one.SocketPath is { } socket && failure.Message.Contains(socket, StringComparison.Ordinal))
            )
            ?? all[0];
        var address = all.Count == 1 || failure is IOException ? listen.ToString() : string.Join(" or ", all);
        if (listen.SocketPath is { } path && failure is IOException or SocketException or UnauthorizedAccessException)
        {
            return $"cannot listen at {listen}: {(failure.InnerException ?? failure).Message}; choose a path in a "
                + $"folder that this user may write, where no file is, and see what is there: ls -l {path}";
        }
        // The server wraps AddressInUseException and passes the other socket errors through.
        return failure switch
        {
            IOException { InnerException: AddressInUseException } => DescribeInUse(address, listen.Port),
            SocketException e => Describe(e.SocketErrorCode, e.Message, address, listen.Port),
            IOException => $"cannot listen at {address}: {failure.Message}; choose another with --web.listen-address",
            _ => null,
        };
    }

    private static string Describe(SocketError code, string message, string address, int port) =>
        code switch
        {
            SocketError.AddressAlreadyInUse => DescribeInUse(address, port),
            SocketError.AddressNotAvailable => $"cannot listen at {address}: this machine has no such address; "
                + $"choose one of its own with --web.listen-address, or :{port} for every one",
            SocketError.AccessDenied => $"cannot listen at {address}: this user may not take that port; "
                + "choose one from 1024 on with --web.listen-address",
            _ => $"cannot listen at {address}: {message}; choose another with --web.listen-address",
        };

    private static string DescribeInUse(string address, int port)
    {
        var advice = $"{address} is in use; choose another with --web.listen-address";
        return port == 0 ? advice : $"{advice}, or see who has it: ss -ltnp 'sport = :{port}'";
    }
}
