using System.Globalization;
using ClustermgrSimulator.Http;

namespace ClustermgrSimulator;

/// <summary>Request line and the headers that matter.</summary>
internal sealed class HttpHead
{
    public required string Method { get; init; }

    /// <summary>Path and query.</summary>
    public required string Target { get; init; }

    public string? Token { get; private set; }

    /// <summary>Of the body; −1 where it is not announced as a number.</summary>
    public int Length { get; private set; }

    public bool KeepAlive { get; private set; } = true;

    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>Null where it is no HTTP/1 request.</summary>
    public static HttpHead? Parse(string text)
    {
        var lines = text.Split("\r\n");
        var parts = lines[0].Split(' ');
        if (parts is not [{ Length: > 0 } method, ['/', ..] target, "HTTP/1.1" or "HTTP/1.0"])
        {
            return null;
        }
        var head = new HttpHead
        {
            Method = method,
            Target = target,
            KeepAlive = parts[2] == "HTTP/1.1",
        };
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                head.Take(line[..colon], line[(colon + 1)..].Trim());
            }
        }
        return head;
    }

    private void Take(string name, string value)
    {
        if (name.Equals(Authentication.Header, StringComparison.OrdinalIgnoreCase))
        {
            Token = value;
        }
        else if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
        {
            Length = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : -1;
        }
        else if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
        {
            Length = -1; // no client of clustermgr sends chunks
        }
        else if (name.Equals("Connection", StringComparison.OrdinalIgnoreCase))
        {
            KeepAlive = !value.Equals("close", StringComparison.OrdinalIgnoreCase);
        }
    }
}
