using Clustermgr.Analysis;

namespace Clustermgr.Client;

/// <summary>An answer that brings an error, as an outcome and a sentence.</summary>
internal static class Refusal
{
    public const string NoClustermgr = "this is no clustermgr; check host and port";

    private const int NoLeader = 907;
    private const int ReadIndex = 908;

    /// <summary>The two errors of the raft layer that have an outcome of their own, by the status of HTTP or that in
    /// the body: versions differ in which of the two they set.</summary>
    public static (Outcome Outcome, string Detail)? OfRaft(int status, ErrorBody error) =>
        Known(status) ?? (error.Status is { } inner ? Known(inner) : null);

    public static (Outcome Outcome, string Detail) FromStatus(int status, ErrorBody error) =>
        OfRaft(status, error) ?? (Outcome.HttpError, $"HTTP {status}{Text(error)}");

    /// <summary>403, which comes with an empty body.</summary>
    public static string OfToken(ClientOptions options) =>
        options.Secret is null
            ? "HTTP 403: the member asks for a token; configure the secret of its auth section"
            : "HTTP 403: the member refuses the token; compare the secret, and the clocks";

    /// <summary>A page of markup: another server's, or that of a proxy which finds no server behind it.</summary>
    public static string OfMarkup(int status) =>
        status is 502 or 503 or 504
            ? $"HTTP {status}, an HTML page: a proxy answers in the member's place; check what is behind it, or "
                + $"give the member's own URL"
            : $"HTTP {status}, an HTML page: {NoClustermgr}";

    private static (Outcome, string)? Known(int status) =>
        status switch
        {
            NoLeader => (Outcome.NoLeader, "907: the member knows no leader"),
            ReadIndex => (Outcome.ReadIndex, "908: a linearizable read reached no quorum"),
            _ => null,
        };

    private static string Text(ErrorBody error) =>
        error switch
        {
            { Status: { } inner } => $": Status {inner} {error.Text}",
            { Text: "", IsJson: true } => ", without an error text",
            { Text: "" } => ", with an empty body",
            _ => $": {error.Text}",
        };
}
