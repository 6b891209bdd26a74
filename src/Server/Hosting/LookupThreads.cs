using Clustermgr.Client;

namespace ClustermgrExporter.Hosting;

/// <summary>Name lookups block thread-pool threads, and the pool adds threads slowly: its minimum must leave threads
/// for polls and scrapes while all lookups block.</summary>
internal static class LookupThreads
{
    /// <summary>Raises the minimum of the thread pool. Call it once, at the start.</summary>
    public static void Reserve()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(
            Math.Max(workers, NameResolver.MaxLookups + (2 * Environment.ProcessorCount)),
            completions
        );
    }
}
