using System.Globalization;

namespace ClustermgrSimulator.Http;

/// <summary>One request, with its query parsed.</summary>
internal sealed class SimulatedRequest
{
    private readonly Dictionary<string, string> _query = new(StringComparer.Ordinal);

    public SimulatedRequest(string method, string pathAndQuery, string? token, ReadOnlyMemory<byte> body)
    {
        Method = method;
        Token = token;
        Body = body;
        var mark = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        Path = mark < 0 ? pathAndQuery : pathAndQuery[..mark];
        RawQuery = mark < 0 ? "" : pathAndQuery[(mark + 1)..];
        foreach (var pair in RawQuery.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            _query[Uri.UnescapeDataString(parts[0])] = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
        }
    }

    public string Method { get; }
    public string Path { get; }
    public string RawQuery { get; }
    public string? Token { get; }
    public ReadOnlyMemory<byte> Body { get; }

    public string Text(string name) => _query.GetValueOrDefault(name, "");

    /// <summary>0 when it is absent, as the server reads it; null when it is not a number.</summary>
    public long? Number(string name)
    {
        var text = Text(name);
        if (text.Length == 0)
        {
            return 0;
        }
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
