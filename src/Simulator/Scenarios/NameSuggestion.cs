namespace ClustermgrSimulator;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NameSuggestion
{
    /// <summary>The name within two letters of the word, if more of it is right than wrong; else null.</summary>
    public static string? Find(string word, IEnumerable<string> names)
    {
        var (nearest, distance) = names
            .Select(name => (Name: name, Distance: Distance(word, name)))
            .MinBy(near => near.Distance);
        return distance <= 2 && distance * 2 < nearest.Length ? nearest : null;
    }

    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
