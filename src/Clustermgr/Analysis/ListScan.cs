namespace Clustermgr.Analysis;

/// <summary>One page of a list.</summary>
public interface IListPage
{
    /// <summary>The last page is empty, whatever its marker.</summary>
    bool IsEmpty { get; }

    /// <summary>Where the next page starts.</summary>
    ulong Marker { get; }
}

/// <summary>What the pages of a whole list add up to.</summary>
public interface IListScan<in TPage, out TScan>
{
    /// <summary>Rows come and go while they are listed: so much of what the leader counts is all.</summary>
    const double LeastOfTotal = 0.9;

    DateTimeOffset At { get; }

    int Pages { get; }

    /// <summary>False where no cluster has so much.</summary>
    bool IsCredible { get; }

    /// <summary>Takes the rows of one more page.</summary>
    TScan Add(TPage page, DateTimeOffset at);

    TScan EndedAt(DateTimeOffset at);

    /// <summary>False where the leader counts more than was listed: the end is that of somebody else's
    /// answer.</summary>
    bool MayEnd(ClusterAnalysis analysis);
}
