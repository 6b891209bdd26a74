using System.Buffers;
using System.Collections.Immutable;
using System.IO.Compression;
using ClustermgrExporter.Exposition;

namespace ClustermgrExporter.Web;

/// <summary>
/// The gzip of the newest exposition, made once and shared by all scrapes. Writing and compressing it is the only work
/// that a scrape can cause, so it is rationed: after a build that took t, changed pages wait 9 t before the next one.
/// However many scrape, that is a tenth of a core for each of the two formats, and what they get is older than the
/// pages by at most the time of ten builds: some milliseconds for one cluster, about a second for a thousand. The
/// formats do not share one ration: the scrapers of the one could then keep those of the other waiting forever.
/// </summary>
internal sealed class GzipCache(TimeProvider clock)
{
    private const int RestPerBuild = 9;

    private readonly Lock _gate = new();
    private readonly Dictionary<MetricsFormat, Build> _builds = [];

    /// <summary>The compressed exposition: of the newest page, or of one shortly before.</summary>
    /// <param name="newest">Called only when a build may be due, and never concurrently. A page taken earlier could be
    /// older than that of the last build, and counters would go backwards.</param>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(Func<MetricsPage> newest, MetricsFormat format)
    {
        Build? build;
        MetricsPage? mine = null;
        lock (_gate)
        {
            if (!_builds.TryGetValue(format, out build) || MayRebuild(build))
            {
                var page = newest();
                if (build is null || build.Done.Task.IsFaulted || !page.HasIdentity(build.Identity))
                {
                    mine = page;
                    build = _builds[format] = new Build(page.Identity);
                }
            }
        }
        if (mine is not null)
        {
            Run(build, mine, format);
        }
        return await build.Done.Task;
    }

    // Only a finished build is replaced: requests during a build share it.
    private bool MayRebuild(Build last) =>
        last.Done.Task.IsCompleted
        && (
            last.Done.Task.IsFaulted
            || clock.GetElapsedTime(last.Began, last.Ended) * RestPerBuild <= clock.GetElapsedTime(last.Ended)
        );

    private void Run(Build build, MetricsPage page, MetricsFormat format)
    {
        try
        {
            build.Began = clock.GetTimestamp();
            var compressed = Compress(page, format);
            build.Ended = clock.GetTimestamp();
            build.Done.SetResult(compressed);
        }
        catch (Exception e)
        {
            // Nobody may wait forever for a build that failed; the next scrape tries again.
            build.Done.SetException(e);
        }
    }

    private static ReadOnlyMemory<byte> Compress(MetricsPage page, MetricsFormat format)
    {
        var target = new MemoryStream();
        // Measured on a page of 1,000 clusters: a fifteenth of the plain size, in a fifth of the time that the default
        // level takes for a twenty-fifth. The pieces are small: buffering them saves another third of the time.
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            using var blocks = new BlockBufferWriter(gzip);
            page.WriteTo(blocks, format);
        }
        return target.GetBuffer().AsMemory(0, (int)target.Length);
    }

    /// <summary>Remembers which pages it was made of, but keeps none of them alive: for a thousand clusters they are 30
    /// MB, and a scraper may never come back.</summary>
    private sealed class Build(ImmutableArray<object> identity)
    {
        public ImmutableArray<object> Identity { get; } = identity;

        /// <summary>Timestamps of the clock; read only after <see cref="Done"/>.</summary>
        public long Began { get; set; }

        public long Ended { get; set; }

        // Continuations run asynchronously: the builder must not serve all waiting requests before its own.
        public TaskCompletionSource<ReadOnlyMemory<byte>> Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Passes on what is written in blocks, and the rest when disposed.</summary>
internal sealed class BlockBufferWriter(Stream target) : IBufferWriter<byte>, IDisposable
{
    private const int BlockBytes = 64 << 10;

    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _filled;

    public void Advance(int count) => _filled += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_block.Length - _filled < Math.Max(sizeHint, 1))
        {
            Flush();
        }
        if (_block.Length < sizeHint)
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = ArrayPool<byte>.Shared.Rent(sizeHint);
        }
        return _block.AsMemory(_filled);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        Flush();
        ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    private void Flush()
    {
        target.Write(_block, 0, _filled);
        _filled = 0;
    }
}

/// <summary>Caches an expensive answer: it is created on request, and at most once a second.</summary>
internal sealed class ThrottledContent(TimeProvider time)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private StaticResponse? _made;
    private long _at;

    public StaticResponse GetOrCreate(Func<StaticResponse> make)
    {
        // Concurrent callers wait some milliseconds and share it.
        lock (_gate)
        {
            if (_made is { } made && time.GetElapsedTime(_at) < MinInterval)
            {
                return made;
            }
            _made = make();
            _at = time.GetTimestamp();
            return _made;
        }
    }
}
