using System.Text;
using System.Text.Json;
using Clustermgr.Analysis;
using Clustermgr.Parsing;

namespace Clustermgr.Client;

/// <summary>
/// The body of an answer that is an error: {"error":"…","code":"…"?} from the services, {"Status":907,…} from the
/// raft layer, plain text for an unknown path, nothing from a forward to a dead leader.
/// </summary>
/// <param name="Text">The error field or, without one, the text itself, not sanitized; "" for an empty body.</param>
/// <param name="Status">The raft layer's own status, which can differ from that of HTTP.</param>
/// <param name="IsJson">The text is the error field of a JSON object.</param>
public readonly record struct ErrorBody(string Text, int? Status, bool IsJson)
{
    /// <summary>Enough for every error of clustermgr, and for the start of a proxy's page.</summary>
    public const int MaxBytes = 4 << 10;

    /// <summary>True for an HTML page, which is not worth quoting.</summary>
    public bool IsMarkup => !IsJson && Text.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith('<');

    public static ErrorBody Parse(ReadOnlySpan<byte> utf8) =>
        FromJson(utf8) ?? new ErrorBody(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MaxBytes)]), null, false);

    private static ErrorBody? FromJson(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonRow.MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }
            string? text = null;
            int? status = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isText = reader.ValueTextEquals("error"u8);
                var isStatus = reader.ValueTextEquals("Status"u8);
                reader.Read();
                var token = reader.TokenType;
                if (isText && token == JsonTokenType.String)
                {
                    text = reader.GetString();
                }
                else if (isStatus && token == JsonTokenType.Number && reader.TryGetInt32(out var n))
                {
                    status = n;
                }
                else
                {
                    reader.Skip();
                }
            }
            return text is null && status is null ? null : new ErrorBody(text ?? "", status, text is not null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // not JSON, or not text: shown as it is
        }
    }
}

/// <summary>Converts an error response to an outcome and a sentence.</summary>
public static class ErrorResponse
{
    public const string NoClustermgr = "this is not a clustermgr; check host and port";

    private const int NoLeader = 907;
    private const int ReadIndex = 908;

    /// <summary>Recognizes the two raft errors that have their own outcome, by the HTTP status or by the status in the
    /// body: versions differ in which of the two they set.</summary>
    public static (Outcome Outcome, string Detail)? FromRaft(int status, ErrorBody error) =>
        FromStatusCode(status) ?? (error.Status is { } inner ? FromStatusCode(inner) : null);

    public static (Outcome Outcome, string Detail) FromStatus(int status, ErrorBody error) =>
        FromRaft(status, error) ?? (Outcome.HttpError, $"HTTP {status}{DescribeError(error)}");

    /// <summary>403, which comes with an empty body.</summary>
    public static string DescribeTokenRefusal(ClientOptions options) =>
        options.Tokenless ? "HTTP 403: refused, although schedulers require no token; check what answers there"
        : options.Secret is null ? "HTTP 403: the member asks for a token; configure the secret of its auth section"
        : "HTTP 403: the member refuses the token; compare the secret, and the clocks";

    /// <summary>An HTML page, from another server or from a proxy without a server behind it.</summary>
    public static string DescribeMarkupPage(int status) =>
        status is 502 or 503 or 504
            ? $"HTTP {status}, an HTML page: a proxy answers in the member's place; check what is behind it, or "
                + $"give the member's own URL"
            : $"HTTP {status}, an HTML page: {NoClustermgr}";

    private static (Outcome, string)? FromStatusCode(int status) =>
        status switch
        {
            NoLeader => (Outcome.NoLeader, "907: the member knows no leader"),
            ReadIndex => (Outcome.ReadIndex, "908: a linearizable read reached no quorum"),
            _ => null,
        };

    private static string DescribeError(ErrorBody error) =>
        error switch
        {
            { Status: { } inner } => $": Status {inner} {error.Text}",
            { Text: "", IsJson: true } => ", without an error text",
            { Text: "" } => ", with an empty body",
            _ => $": {error.Text}",
        };
}
