using System.Globalization;

namespace ClustermgrExporter.Benchmarks;

/// <summary>Lines for people.</summary>
internal static class Report
{
    /// <summary>The build has the invariant culture only, so no number depends on whose desk this is.</summary>
    public static void Line(string text) => Console.WriteLine(text);

    /// <summary>"1 cluster", "3 clusters".</summary>
    public static string Count(int count, string thing) => $"{count} {thing}{(count == 1 ? "" : "s")}";

    public static string Mib(double kib) => string.Create(CultureInfo.InvariantCulture, $"{kib / 1024:0.0} MiB");
}
