namespace ClustermgrSimulator;

/// <summary>
/// A reproducible source of random numbers: the same seed gives the same numbers on every machine and runtime version,
/// which neither System.Random nor HashCode promises.
/// </summary>
internal sealed class RandomSource(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Creates a source for one purpose, so that numbers drawn for it do not shift those of another.</summary>
    public static RandomSource CreateFor(ulong seed, ulong purpose, ulong occasion) =>
        new(Mix(seed ^ Mix(purpose ^ Mix(occasion))));

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>From 0 to below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    public int NextInt(int limit) => (int)(NextDouble() * limit);

    /// <summary>Draws a delay in whole milliseconds, the resolution of timers.</summary>
    public TimeSpan NextDelay(Delay delay) =>
        delay.Min + TimeSpan.FromMilliseconds(Math.Floor((delay.Max - delay.Min).TotalMilliseconds * NextDouble()));

    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
