using System.Runtime.InteropServices;

namespace ClustermgrExporter.Hosting;

/// <summary>Returns the memory of dead objects to the operating system while the exporter is idle. The youngest
/// generation may grow to 6 MiB (GCgen0size in Exporter.csproj), so that thousands of scrapes a second cause few
/// collections; an idle exporter would fill it over minutes and keep it. Under load the runtime collects by itself, and
/// this does nothing.</summary>
internal sealed partial class IdleHeapTrimmer : IDisposable
{
    /// <summary>Allocated bytes from which a collection is worth its cost.</summary>
    internal const long WorthBytes = 2 << 20;

    /// <summary>Time between two checks.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    /// <summary>Pause after a collection, as a multiple of its duration, so that collections never cost more than a
    /// thousandth of a core.</summary>
    private const int PauseFactor = 1_000;

    private readonly ITimer _timer;
    private readonly TimeProvider _time;
    private readonly Func<long> _allocated;
    private readonly Func<int> _collections;
    private readonly Action _collect;
    private long _allocatedThen;
    private int _collectionsThen;
    private long _collected;
    private TimeSpan _took;

    /// <param name="time">Provides the timer.</param>
    /// <param name="allocated">Total bytes allocated so far.</param>
    /// <param name="collections">Collections of any generation so far.</param>
    /// <param name="collect">Collects, and returns memory to the operating system.</param>
    internal IdleHeapTrimmer(TimeProvider time, Func<long> allocated, Func<int> collections, Action collect)
    {
        _time = time;
        _allocated = allocated;
        _collections = collections;
        _collect = collect;
        _timer = time.CreateTimer(_ => Check(), null, CheckInterval, CheckInterval);
    }

    public static IdleHeapTrimmer Start(TimeProvider time) =>
        new(
            time,
            static () => GC.GetTotalAllocatedBytes(),
            static () => GC.CollectionCount(0),
            static () =>
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                TrimNative();
            }
        );

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        var allocated = _allocated();
        var collections = _collections();
        if (collections != _collectionsThen)
        {
            // Not idle. What has died until now still counts: such a collection, as at the start, keeps the memory.
            _collectionsThen = collections;
            return;
        }
        if (allocated - _allocatedThen < WorthBytes || _time.GetElapsedTime(_collected) < PauseFactor * _took)
        {
            return;
        }
        var began = _time.GetTimestamp();
        _collect();
        _collected = _time.GetTimestamp();
        _took = _time.GetElapsedTime(began, _collected);
        _allocatedThen = _allocated();
        _collectionsThen = _collections();
    }

    /// <summary>Returns what zlib and OpenSSL have freed: glibc keeps it in one arena per thread, and by itself returns
    /// only the end of each.</summary>
    private static void TrimNative()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        try
        {
            _ = MallocTrim(0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, with a malloc of its own.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
