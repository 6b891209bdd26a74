using System.Text;

namespace ClustermgrSimulator;

/// <summary>How an answer is delivered.</summary>
public enum Delivery
{
    Whole,

    /// <summary>Nobody listens: the connection is refused.</summary>
    Refused,

    /// <summary>The process died while the request was open.</summary>
    Reset,

    /// <summary>The whole length is announced, half of the body sent, then the connection is cut.</summary>
    Half,

    /// <summary>One byte of the body a second.</summary>
    Trickle,
}

/// <summary>The answer to one request.</summary>
/// <param name="Status">HTTP status; codes above 599 are normal here.</param>
/// <param name="ContentType">Null for none.</param>
public sealed record SimulatedAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body)
{
    public Delivery Delivery { get; init; } = Delivery.Whole;

    /// <summary>Where a redirect leads; null for none.</summary>
    public string? Location { get; init; }

    internal static SimulatedAnswer Refused { get; } = new(0, null, default) { Delivery = Delivery.Refused };

    internal static SimulatedAnswer Reset { get; } = new(0, null, default) { Delivery = Delivery.Reset };

    internal static SimulatedAnswer Empty(int status) => new(status, null, default);

    internal static SimulatedAnswer Json(int status, string json) =>
        new(status, "application/json", Encoding.UTF8.GetBytes(json));

    internal static SimulatedAnswer Json(int status, ReadOnlyMemory<byte> json) =>
        new(status, "application/json", json);

    internal static SimulatedAnswer Error(int status, string error) => Json(status, "{\"error\":\"" + error + "\"}");
}
