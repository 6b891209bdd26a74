using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClustermgrExporter.Benchmarks.Checking;

/// <summary>Compares the measurements of one run with the record in bounds.json. Only figures that do not depend on the
/// noise of the machine are compared: byte counts, and ratios of two measurements of the same run.</summary>
internal static class RegressionGate
{
    /// <param name="record">Writes the measurements to bounds.json as the new record.</param>
    /// <returns>Whether every bound holds.</returns>
    public static async Task<bool> RunAsync(bool quick, bool record, CancellationToken ct)
    {
        var path =
            Environment.GetEnvironmentVariable("BOUNDS") ?? Path.Combine(AppContext.BaseDirectory, "bounds.json");
        var bounds = Read(await File.ReadAllTextAsync(path, ct));
        var measured = new Dictionary<string, double>(StringComparer.Ordinal);
        Micro(measured);
        await ProcessMeasures.RunAsync(measured, quick, ct);

        Report.Line("\n| what | measured | bound | recorded | |\n|---|---|---|---|---|");
        var broken = new List<string>();
        foreach (var bound in bounds)
        {
            if (!measured.Remove(bound.Name, out var value))
            {
                broken.Add($"{bound.Name}: nothing measures it any more; take it out of bounds.json");
                continue;
            }
            var holds = bound.Holds(value);
            Report.Line(
                $"| {bound.Name} | {Text(value)} | {(bound.Worse == Worse.More ? "at most" : "at least")} {Text(bound.Value)} | "
                    + $"{Text(bound.Recorded)} | {(holds ? "ok" : "WORSE")} |"
            );
            if (!holds)
            {
                broken.Add($"{bound.Name}: {Text(value)}, where {Text(bound.Recorded)} was recorded");
            }
            bound.Recorded = Math.Round(value, value < 10 ? 2 : 0);
        }
        broken.AddRange(measured.Keys.Select(name => $"{name}: no bound is recorded for it; add it to bounds.json"));
        if (record)
        {
            await File.WriteAllTextAsync(
                path,
                JsonSerializer.Serialize(bounds, BoundsJson.Default.BoundArray) + "\n",
                ct
            );
            Report.Line($"\nrecorded in {path}; say in the commit why it is so");
            return true;
        }
        foreach (var line in broken)
        {
            await Console.Error.WriteLineAsync(line);
        }
        if (broken.Count > 0)
        {
            await Console.Error.WriteLineAsync(
                "where that is meant, record it with tests/Exporter.Benchmarks/run.sh check --record, and say why in the commit"
            );
        }
        return broken.Count == 0;
    }

    private static void Micro(Dictionary<string, double> measured)
    {
        measured["bytes allocated by a poll of /stat, from the request to the judgement"] = Allocations.OfPoll();
        measured["bytes allocated by a gzip scrape of a cluster that has changed"] = Allocations.OfScrape();
        var (plain, gzip) = Allocations.BytesOfSeries();
        measured["bytes of a series in a plain scrape of 100 clusters"] = plain;
        measured["bytes of a series in a gzip scrape of 100 clusters"] = gzip;
    }

    private static Bound[] Read(string json) =>
        JsonSerializer.Deserialize(json, BoundsJson.Default.BoundArray)
        ?? throw new InvalidDataException("bounds.json holds no list");

    private static string Text(double value) => value.ToString(value < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);
}

[JsonConverter(typeof(JsonStringEnumConverter<Worse>))]
internal enum Worse
{
    More,
    Less,
}

/// <summary>One bound.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Worse">In which direction it gets worse.</param>
/// <param name="Slack">By how much a measurement may be worse, as a share of the record: its noise from run to
/// run.</param>
internal sealed record Bound(string Name, Worse Worse, double Slack)
{
    public required double Recorded { get; set; }

    [JsonIgnore]
    public double Value => Worse == Worse.More ? Recorded * (1 + Slack) : Recorded * (1 - Slack);

    public bool Holds(double measured) => Worse == Worse.More ? measured <= Value : measured >= Value;
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Bound[]))]
internal sealed partial class BoundsJson : JsonSerializerContext;
