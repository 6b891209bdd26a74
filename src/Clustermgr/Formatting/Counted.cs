using System.Globalization;

namespace Clustermgr.Formatting;

/// <summary>A number of things as it stands in a sentence: 1 cluster, 3 clusters.</summary>
internal static class Counted
{
    public static string Of(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
