using System.Globalization;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The measured time from a fault to the page, and from its fix to the resolved notification: a row of
/// docs/alerting.md.</summary>
/// <param name="Alert">Name without the common prefix.</param>
/// <param name="Divisor">Divisor of the waits of rules and Alertmanager.</param>
/// <param name="Paged">Seconds from the fault to the page.</param>
/// <param name="Resolved">Seconds from the fix to the notification; null if the test does not fix the fault.</param>
internal sealed record MeasuredDelay(string Alert, string Fault, int Divisor, double Paged, double? Resolved)
{
    /// <summary>Limit for the time from a lost quorum to the receiver, in seconds.</summary>
    public const double QuorumContract = 75;

    private const string Name = "delays";
    private const string Prefix = "Clustermgr";
    private const string Head =
        "| alert | fault | waits | fault to receiver, s | mended to receiver, s |\n|---|---|---|---|---|\n";

    /// <summary>Reads the delays of the document.</summary>
    public static IReadOnlyList<MeasuredDelay> Read(string document) =>
        [
            .. DocumentBlock
                .Of(document, Name)
                .Split('\n')
                .Where(line => line.StartsWith("| Clustermgr", StringComparison.Ordinal))
                .Select(line =>
                {
                    var cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
                    return new MeasuredDelay(
                        cells[0][Prefix.Length..],
                        cells[1],
                        cells[2] == "as shipped" ? 1 : int.Parse(cells[2][2..], CultureInfo.InvariantCulture),
                        double.Parse(cells[3], CultureInfo.InvariantCulture),
                        cells[4] == "" ? null : double.Parse(cells[4], CultureInfo.InvariantCulture)
                    );
                }),
        ];

    /// <summary>Returns the document with these delays, which replace older ones of the same kind.</summary>
    public static string In(string document, IReadOnlyList<MeasuredDelay> measured) =>
        DocumentBlock.In(
            document,
            Name,
            Head
                + string.Concat(
                    Read(document)
                        .Where(old => !measured.Any(delay => delay.IsOf(old)))
                        .Concat(measured)
                        .OrderBy(delay => delay.Divisor)
                        .ThenBy(delay => delay.Alert, StringComparer.Ordinal)
                )
        );

    public bool IsOf(MeasuredDelay other) => (Alert, Fault, Divisor) == (other.Alert, other.Fault, other.Divisor);

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Prefix}{Alert} | {Fault} | {(Divisor == 1 ? "as shipped" : $"/ {Divisor}")} | {Paged:0.0} | "
                + $"{Resolved:0.0} |\n"
        );
}
