using System.Globalization;

namespace ClustermgrExporter.Benchmarks.Processes;

/// <summary>One process at one instant, as /proc has it.</summary>
internal sealed record ProcessSample(
    TimeSpan User,
    TimeSpan Kernel,
    long ResidentKib,
    long PeakResidentKib,
    int Descriptors,
    int Threads
)
{
    // The kernel counts in hundredths of a second towards programs, whatever its own tick is (USER_HZ).
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    public TimeSpan Cpu => User + Kernel;

    public static ProcessSample Of(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        // proc(5) numbers fields from 1; the command, which may hold spaces, is the second and ends with a parenthesis.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var status = File.ReadAllLines($"/proc/{pid}/status");
        return new ProcessSample(
            Tick * Number(fields[14 - 3]),
            Tick * Number(fields[15 - 3]),
            Field(status, "VmRSS:"),
            Field(status, "VmHWM:"),
            Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length,
            (int)Number(fields[20 - 3])
        );
    }

    private static long Field(string[] status, string name) =>
        Number(
            status
                .First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
                .Replace("kB", "", StringComparison.Ordinal)
                .Trim()
        );

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
