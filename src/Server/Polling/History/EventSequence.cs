namespace ClustermgrExporter.Polling.History;

/// <summary>The ids of the events of all clusters, in the order in which they were told.</summary>
internal sealed class EventSequence
{
    /// <summary>Held while an id is taken and its event kept: whoever saw an id has missed none before it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The newest id; read and written under <see cref="Gate"/>.</summary>
    public ulong Last { get; private set; }

    /// <summary>Microseconds of the time, or one more than the last: a script that remembers an id goes on after a
    /// restart of this program.</summary>
    public ulong Next(DateTimeOffset at) => Last = Math.Max(Last + 1, (ulong)Math.Max(0, Micros(at)));

    public static long Micros(DateTimeOffset at) =>
        (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
