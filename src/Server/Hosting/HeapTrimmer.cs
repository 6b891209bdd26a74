using System.Runtime.InteropServices;

namespace ClustermgrExporter.Hosting;

/// <summary>Returns the memory of dead objects to the operating system. The youngest generation may grow to 6 MiB
/// (GCgen0size in Exporter.csproj), so that thousands of scrapes a second cause few collections; an idle exporter would
/// fill it over minutes and keep it. Under load the runtime collects by itself, but what polls bring lives for seconds,
/// dies in the oldest generation, and that may double before the runtime collects it.</summary>
internal sealed partial class HeapTrimmer : IDisposable
{
    /// <summary>Allocated bytes from which a collection is worth its cost.</summary>
    internal const long WorthBytes = 2 << 20;

    /// <summary>Time between two checks.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    /// <summary>Pause after a collection, as a multiple of its duration, so that collections never cost more than a
    /// thousandth of a core.</summary>
    private const int PauseFactor = 1_000;

    /// <summary>The same while the runtime collects by itself: half a percent of a core at most.</summary>
    private const int BusyPauseFactor = 200;

    /// <summary>Added to it.</summary>
    private static readonly TimeSpan MinBusyPause = TimeSpan.FromSeconds(10);

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
    internal HeapTrimmer(TimeProvider time, Func<long> allocated, Func<int> collections, Action collect)
    {
        _time = time;
        _allocated = allocated;
        _collections = collections;
        _collect = collect;
        _collected = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Check(), null, CheckInterval, CheckInterval);
    }

    public static HeapTrimmer Start(TimeProvider time) =>
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
        // Not idle. What has died until now still counts: the runtime's own collections keep the memory.
        var busy = collections != _collectionsThen;
        _collectionsThen = collections;
        var rest = busy ? MinBusyPause + (BusyPauseFactor * _took) : PauseFactor * _took;
        if (allocated - _allocatedThen < WorthBytes || _time.GetElapsedTime(_collected) < rest)
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
