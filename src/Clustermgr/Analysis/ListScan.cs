namespace Clustermgr.Analysis;

/// <summary>One page of a list.</summary>
public interface IListPage
{
    /// <summary>The last page is empty, whatever its marker.</summary>
    bool IsEmpty { get; }

    /// <summary>Where the next page starts.</summary>
    ulong Marker { get; }
}

/// <summary>The accumulated result of all pages of a list.</summary>
public interface IListScan<in TPage, out TScan>
{
    /// <summary>Share of the leader's count from which a list counts as complete: rows come and go while they are
    /// listed.</summary>
    const double MinShareOfTotal = 0.9;

    DateTimeOffset At { get; }

    int Pages { get; }

    /// <summary>False when the result is larger than any real cluster.</summary>
    bool IsWithinLimits { get; }

    /// <summary>Adds the rows of one page.</summary>
    TScan Add(TPage page, DateTimeOffset at);

    TScan Complete(DateTimeOffset at);

    /// <summary>False when the leader counts more rows than were listed: then the empty page is not the end of this
    /// list.</summary>
    bool IsComplete(ClusterAnalysis analysis);
}
