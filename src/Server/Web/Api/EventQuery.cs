using System.Globalization;
using Clustermgr.Formatting;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Api;

/// <summary>The query of a request for events.</summary>
/// <param name="Cluster">Null for all.</param>
internal sealed record EventQuery(string? Cluster, ulong After, int Limit)
{
    private const int MaxLimit = 1000,
        DefaultLimit = 100;

    /// <param name="error">What to change, where the result is null.</param>
    public static EventQuery? Parse(IQueryCollection query, out string? error)
    {
        error = FindUnknownParameter(query);
        var after = 0UL;
        var limit = DefaultLimit;
        if (
            query.TryGetValue("after", out var id)
            && !ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out after)
        )
        {
            error ??= $"after={Quoted.From(id.ToString())} is not an event's id; take one of an answer, as after=0";
        }
        if (
            query.TryGetValue("limit", out var most)
            && (
                !int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                || limit is < 1 or > MaxLimit
            )
        )
        {
            error ??= $"limit={Quoted.From(most.ToString())} is not a number from 1 to {MaxLimit}";
        }
        if (query["cluster"].Count > 1)
        {
            error ??= "cluster is given more than once; leave it out for all clusters";
        }
        return error is null
            ? new EventQuery(query.TryGetValue("cluster", out var cluster) ? cluster.ToString() : null, after, limit)
            : null;
    }

    /// <summary>Rejects unknown parameters: ignoring a misspelt one would answer a different question.</summary>
    private static string? FindUnknownParameter(IQueryCollection query)
    {
        string[] known = ["cluster", "after", "limit"];
        return query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } key
            ? $"no parameter is called {Quoted.From(key)}{WordSuggestion.Hint(key, known)}"
            : null;
    }
}
