using System.Globalization;

namespace ClustermgrExporter.Telemetry;

/// <summary>This process as Linux sees it. What cannot be read is null.</summary>
internal sealed record ProcessReading
{
    // /proc counts in hundredths of a second (USER_HZ), whatever tick the kernel uses internally.
    private const double TicksPerSecond = 100;

    public double? CpuSeconds { get; init; }
    public long? ResidentBytes { get; init; }
    public long? VirtualBytes { get; init; }
    public long? Threads { get; init; }
    public double? StartTimeSeconds { get; init; }
    public long? OpenFds { get; init; }
    public long? MaxFds { get; init; }

    /// <summary>Reads /proc; null where there is none.</summary>
    public static ProcessReading? Read(string proc = "/proc")
    {
        try
        {
            var reading = Parse(File.ReadAllText($"{proc}/self/stat"), BootTime(File.ReadLines($"{proc}/stat")));
            return reading is null
                ? null
                : reading with
                {
                    // The listing itself holds one descriptor open.
                    OpenFds = Directory.GetFileSystemEntries($"{proc}/self/fd").Length - 1,
                    MaxFds = ParseMaxFds(File.ReadLines($"{proc}/self/limits")),
                };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The fields of /proc/self/stat that stand after the command, which may itself hold spaces and
    /// parentheses; null if there are too few.</summary>
    public static ProcessReading? Parse(string stat, long? bootTime)
    {
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 22)
        {
            return null;
        }
        // proc(5) numbers fields from 1 and the first one here is its third.
        long? Field(int number) => ParseNumber(fields[number - 3]);
        return new ProcessReading
        {
            CpuSeconds = (Field(14) + Field(15)) / TicksPerSecond,
            Threads = Field(20),
            StartTimeSeconds = bootTime + Field(22) / TicksPerSecond,
            VirtualBytes = Field(23),
            ResidentBytes = Field(24) * Environment.SystemPageSize,
        };
    }

    /// <summary>The soft limit; null when there is none.</summary>
    public static long? ParseMaxFds(IEnumerable<string> limits)
    {
        const string name = "Max open files";
        var words = limits
            .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
            ?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var soft, ..] ? ParseNumber(soft) : null;
    }

    private static long? BootTime(IEnumerable<string> stat)
    {
        const string name = "btime ";
        var line = stat.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return ParseNumber(line?[name.Length..]);
    }

    private static long? ParseNumber(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
