using System.Globalization;
using System.Text.RegularExpressions;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>The shipped files in alerts/, with only addresses and paths changed.</summary>
internal static partial class ShippedAlerts
{
    private const string RulesFile = "clustermgr.rules.yaml";

    public static string Rules => Read(RulesFile);

    /// <summary>prometheus.example.yaml with real addresses.</summary>
    public static string Prometheus(IEnumerable<Uri> exporters, Uri alertmanager, int ownPort, string rulesPath) =>
        Replace(
            Read("prometheus.example.yaml"),
            ($"\n  - {RulesFile}\n", $"\n  - {rulesPath}\n", 1),
            (
                "\n      - targets: ['127.0.0.1:19998']\n",
                $"\n      - targets: [{string.Join(", ", exporters.Select(url => $"'{url.Authority}'"))}]\n",
                1
            ),
            ("'127.0.0.1:9090'", $"'127.0.0.1:{ownPort}'", 1),
            ("'127.0.0.1:9093'", $"'{alertmanager.Authority}'", 2)
        );

    /// <summary>alertmanager.example.yaml with our address for every webhook; paths identify the receivers.</summary>
    public static string Alertmanager(Uri receiver) =>
        Replace(Read("alertmanager.example.yaml"), ("- url: http://127.0.0.1:5001/", $"- url: {receiver}", 4));

    /// <summary>Divides the durations of these keys in a text; ranges in expressions stay unchanged.</summary>
    public static (string Text, int Divided) Divide(string text, int divisor, params IEnumerable<string> keys)
    {
        var durations = new Regex($@"^( *(?:{string.Join('|', keys)}): *)(\S+)$", RegexOptions.Multiline);
        return (
            durations.Replace(
                text,
                line =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{line.Groups[1].Value}{Milliseconds(line.Groups[2].Value) / divisor}ms"
                    )
            ),
            durations.Count(text)
        );
    }

    private static string Replace(string text, params IEnumerable<(string What, string By, int Times)> replacements)
    {
        foreach (var (what, by, times) in replacements)
        {
            var found = Regex.Count(text, Regex.Escape(what));
            if (found != times)
            {
                throw new InvalidOperationException($"{found} times, not {times}: {what}\n{text}");
            }
            text = text.Replace(what, by, StringComparison.Ordinal);
        }
        return text;
    }

    private static string Read(string name) =>
        File.ReadAllText(Path.Combine(ProgramUnderTest.Repository, "alerts", name));

    private static long Milliseconds(string duration) =>
        Duration().Match(duration) is { Success: true } read
            ? long.Parse(read.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                * read.Groups[2].Value switch
                {
                    "s" => 1000,
                    "m" => 60_000,
                    "h" => 3_600_000,
                    _ => 86_400_000,
                }
            : throw new FormatException($"not a duration: {duration}");

    [GeneratedRegex(@"^(\d+)([smhd])$")]
    private static partial Regex Duration();
}
