using Clustermgr.Client;

namespace ClustermgrExporter.Hosting;

/// <summary>Lookups of names block their threads, and new ones come slowly: so many must be there at once that those of
/// all lookups leave enough for polls and scrapes.</summary>
internal static class LookupThreads
{
    /// <summary>Once, at the start.</summary>
    public static void Reserve()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(
            Math.Max(workers, NameResolver.MaxLookups + (2 * Environment.ProcessorCount)),
            completions
        );
    }
}
