using System.Net;
using System.Net.Sockets;
using ClustermgrExporter.Configuration;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class ListenAddressTests
{
    private static ListenAddress? Parse(string text, out string error) =>
        ListenAddress.Parse(
            text,
            name =>
                name switch
                {
                    "localhost" => [IPAddress.IPv6Loopback, IPAddress.Loopback],
                    "empty" => [],
                    _ => throw new SocketException((int)SocketError.HostNotFound),
                },
            out error
        );

    [Theory]
    [InlineData("unix:/tmp/x.sock", "unix:/tmp/x.sock", "")]
    [InlineData(
        "unix:x.sock",
        null,
        "\"x.sock\" is not an absolute path; write one such as unix:/run/clustermgr-exporter.sock"
    )]
    [InlineData("unix:", null, "\"\" is not an absolute path; write one such as unix:/run/clustermgr-exporter.sock")]
    [InlineData("unix:/nowhere/x.sock", null, "\"/nowhere/x.sock\" is in a folder that is not there; make it first")]
    public void AUnixSocketIsAWholePath(string text, string? expected, string error)
    {
        Assert.Equal((expected, error), (Parse(text, out var said)?.ToString(), said));
    }

    [Theory]
    [InlineData(":19998", 19998, "")]
    [InlineData(":0", 0, "")]
    [InlineData("127.0.0.1:0", 0, "127.0.0.1:0")]
    [InlineData("0.0.0.0:80", 80, "0.0.0.0:80")]
    [InlineData("[::1]:9", 9, "[::1]:9")]
    [InlineData("[::]:65535", 65535, "[::]:65535")]
    [InlineData("localhost:9", 9, "[::1]:9 127.0.0.1:9")]
    [InlineData("localhost:0", 0, "[::1]:0")]
    public void IsUnderstood(string text, int port, string endPoints)
    {
        var address = Parse(text, out var error);
        Assert.Equal("", error);
        Assert.Equal(port, address!.Port);
        Assert.Equal(endPoints, string.Join(' ', address.EndPoints));
        Assert.Equal(endPoints.Length == 0, address.Any);
    }

    [Theory]
    [InlineData("", "\"\" has no port; write host:port, or :19998 for every address")]
    [InlineData("19998", "\"19998\" is a port alone; write :19998 for every address")]
    [InlineData("localhost", "\"localhost\" has no port; write host:port, or :19998 for every address")]
    [InlineData("[::1]", "\"[::1]\" has no port; write host:port, or :19998 for every address")]
    [InlineData("::1:9", "\"::1:9\" has an IPv6 address without brackets; write [::1]:19998")]
    [InlineData("http://:9", "\"http://:9\" is a URL; write host:port, or :19998 for every address")]
    [InlineData(":9/metrics", "\":9/metrics\" is a URL; write host:port, or :19998 for every address")]
    [InlineData(":", "\":\" has the port \"\"; a port is a number from 0 to 65535")]
    [InlineData(":65536", "\":65536\" has the port \"65536\"; a port is a number from 0 to 65535")]
    [InlineData(":-1", "\":-1\" has the port \"-1\"; a port is a number from 0 to 65535")]
    [InlineData("127.0.0.1: 9", "\"127.0.0.1: 9\" has the port \" 9\"; a port is a number from 0 to 65535")]
    [InlineData("*:9", "\"*\" is not an address of this machine; write an address, or :9 for every one")]
    [InlineData("absent:9", "\"absent\" is not an address of this machine; write an address, or :9 for every one")]
    [InlineData("empty:9", "\"empty\" is not an address of this machine; write an address, or :9 for every one")]
    [InlineData(
        "[localhost]:9",
        "\"[localhost]\" is not an address of this machine; write an address, or :9 for every one"
    )]
    [InlineData(
        "[127.0.0.1]:9",
        "\"[127.0.0.1]\" is not an address of this machine; write an address, or :9 for every one"
    )]
    [InlineData("1:9", "\"1\" is not an address of this machine; write an address, or :9 for every one")]
    public void IsRefused(string text, string expected)
    {
        Assert.Null(Parse(text, out var error));
        Assert.Equal(expected, error);
    }
}
