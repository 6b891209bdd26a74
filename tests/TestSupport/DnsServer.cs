using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClustermgrExporter.Tests.Support;

/// <summary>A name server with a zone of its own on a free port of loopback, by UDP and TCP, that can be broken at
/// will.</summary>
public sealed class DnsServer : IDisposable
{
    private const int Cname = 5;
    private const int NoSuchName = 3;

    private readonly ConcurrentDictionary<(string Name, int Type), DnsRecords> _zone = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _stop = new();

    public DnsServer()
    {
        (_udp, _tcp) = Bind();
        EndPoint = (IPEndPoint)_udp.Client.LocalEndPoint!;
        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>What it does instead of answering from its zone.</summary>
    public DnsFault Fault { get; set; }

    /// <summary>Each question, as "A name.", in the order in which they came.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    /// <summary>Addresses of a name, of both families.</summary>
    public void SetAddresses(string name, int ttl, params string[] addresses)
    {
        var parsed = addresses.Select(IPAddress.Parse).ToLookup(address => address.AddressFamily);
        Set(name, 1, ttl, parsed[AddressFamily.InterNetwork].Select(address => address.GetAddressBytes()));
        Set(name, 28, ttl, parsed[AddressFamily.InterNetworkV6].Select(address => address.GetAddressBytes()));
    }

    /// <summary>Services of a name, each as host:port.</summary>
    public void SetServices(string name, int ttl, params string[] services) =>
        Set(
            name,
            33,
            ttl,
            services.Select(service =>
            {
                var colon = service.LastIndexOf(':');
                byte[] head = [0, 1, 0, 1, 0, 0];
                BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(4), ushort.Parse(service.AsSpan(colon + 1), null));
                return (byte[])[.. head, .. Encode(service[..colon])];
            })
        );

    public void SetAlias(string name, int ttl, string target) => Set(name, Cname, ttl, [Encode(target)]);

    public void Dispose()
    {
        _stop.Cancel();
        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
    }

    /// <summary>Binds one port for both: a port that is free for UDP may be in use for TCP.</summary>
    private static (UdpClient, TcpListener) Bind()
    {
        for (var left = 50; ; left--)
        {
            var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var tcp = new TcpListener((IPEndPoint)udp.Client.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException) when (left > 0)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private void Set(string name, int type, int ttl, IEnumerable<byte[]> records) =>
        _zone[(Normalize(name), type)] = new(ttl, [.. records]);

    private static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();

    private static byte[] Encode(string name) =>
        [
            .. name.Split('.', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]),
            0,
        ];

    private async Task ServeUdpAsync()
    {
        try
        {
            while (true)
            {
                var question = await _udp.ReceiveAsync(_stop.Token);
                if (Answer(question.Buffer, tcp: false) is { } answer)
                {
                    await _udp.SendAsync(answer, question.RemoteEndPoint, _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException) { }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, _stop.Token);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(question, _stop.Token);
                if (Answer(question, tcp: true) is { } answer)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                    await stream.WriteAsync((byte[])[.. length, .. answer], _stop.Token);
                }
            }
        }
        catch (Exception e)
            when (e is OperationCanceledException or ObjectDisposedException or SocketException or IOException) { }
    }

    private byte[]? Answer(byte[] message, bool tcp)
    {
        var labels = new List<string>();
        var at = 12;
        for (; message[at] != 0; at += message[at] + 1)
        {
            labels.Add(Encoding.Latin1.GetString(message, at + 1, message[at]));
        }
        var name = string.Join('.', labels);
        var type = message[at + 2];
        var question = message[12..(at + 5)];
        _asked.Enqueue($"{(type switch { 1 => "A", 28 => "AAAA", 33 => "SRV", _ => $"{type}" })} {name}.");
        switch (Fault)
        {
            case DnsFault.Silent:
                return null;
            case DnsFault.ServerFailure:
                return Message(message, question, [], rcode: 2, truncated: false);
            case DnsFault.Garbage:
                return [.. message[..2], .. Enumerable.Repeat((byte)0xc0, 40)];
            case DnsFault.HalfMessage:
                return message[..Math.Min(message.Length, 9)];
        }
        var records = Records(Normalize(name), type).ToList();
        var known = records.Count > 0 || _zone.Keys.Any(key => key.Name == Normalize(name));
        return Message(
            message,
            question,
            Fault == DnsFault.Truncation && !tcp ? [] : records,
            known ? 0 : NoSuchName,
            truncated: Fault == DnsFault.Truncation && !tcp
        );
    }

    /// <summary>The records of a name, with the aliases that lead to them.</summary>
    private IEnumerable<byte[]> Records(string name, int type)
    {
        if (_zone.TryGetValue((name, Cname), out var alias))
        {
            yield return Record(name, Cname, alias.Ttl, alias.Data[0]);
            name = _zone.Keys.First(key => Encode(key.Name).AsSpan().SequenceEqual(alias.Data[0])).Name;
        }
        if (_zone.TryGetValue((name, type), out var records))
        {
            foreach (var data in records.Data)
            {
                yield return Record(name, type, records.Ttl, data);
            }
        }
    }

    private static byte[] Record(string name, int type, int ttl, byte[] data)
    {
        var fixedPart = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(2), 1);
        BinaryPrimitives.WriteInt32BigEndian(fixedPart.AsSpan(4), ttl);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(8), (ushort)data.Length);
        return [.. Encode(name), .. fixedPart, .. data];
    }

    private static byte[] Message(byte[] asked, byte[] question, List<byte[]> records, int rcode, bool truncated) =>
        [
            asked[0],
            asked[1],
            (byte)(0x84 | (truncated ? 2 : 0)),
            (byte)(0x80 | rcode),
            0,
            1,
            (byte)(records.Count >> 8),
            (byte)records.Count,
            0,
            0,
            0,
            0,
            .. question,
            .. records.SelectMany(record => record),
        ];

    private sealed record DnsRecords(int Ttl, byte[][] Data);
}

/// <summary>A fault of a name server.</summary>
public enum DnsFault
{
    None,

    /// <summary>It receives questions and does not answer.</summary>
    Silent,

    /// <summary>SERVFAIL.</summary>
    ServerFailure,

    /// <summary>A message whose names point at themselves.</summary>
    Garbage,

    /// <summary>Half of a header.</summary>
    HalfMessage,

    /// <summary>Truncated answers by UDP, so that the client must use TCP.</summary>
    Truncation,
}
