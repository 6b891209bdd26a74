namespace Clustermgr.Formatting;

/// <summary>Finds the word that was probably meant.</summary>
public static class WordSuggestion
{
    /// <summary>The known word within two edits of <paramref name="word"/> (three from eight letters on), or null. An
    /// exchange of neighbours is one edit; case does not count.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        string? nearest = null;
        var least = word.Length < 8 ? 3 : 4;
        foreach (var candidate in known)
        {
            // A short word is within two edits of nearly anything: at least half of it has to be right.
            var distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance >= least || distance * 2 > candidate.Length)
            {
                continue;
            }
            nearest = candidate;
            least = distance;
        }

        return nearest;
    }

    /// <summary>"; did you mean …?" or the list of what is known.</summary>
    public static string Hint(string word, IReadOnlyList<string> known) =>
        Find(word, known) is { } nearest
            ? $"; did you mean {Quoted.From(nearest)}?"
            : $"; known: {string.Join(", ", known)}";

    private static int Distance(string a, string b)
    {
        // A very long key is not a misspelling, and its table would be huge.
        if (Math.Abs(a.Length - b.Length) > 3)
        {
            return int.MaxValue / 2;
        }
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            table[i, 0] = i;
        }
        for (var j = 0; j <= b.Length; j++)
        {
            table[0, j] = j;
        }
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var best = Math.Min(substitute, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    best = Math.Min(best, table[i - 2, j - 2] + 1);
                }
                table[i, j] = best;
            }
        }

        return table[a.Length, b.Length];
    }
}
