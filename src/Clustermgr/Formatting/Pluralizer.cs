using System.Globalization;

namespace Clustermgr.Formatting;

/// <summary>A number of things as it stands in a sentence: 1 cluster, 3 clusters.</summary>
internal static class Pluralizer
{
    /// <summary>"1 disk is", "3 disks are".</summary>
    public static string Count(double count, string thing, string? verb = null)
    {
        var plural = verb switch
        {
            "is" => "are",
            "has" => "have",
            "names" => "name",
            _ => verb,
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}")
            + (verb is null ? "" : " " + (count == 1 ? verb : plural));
    }
}
