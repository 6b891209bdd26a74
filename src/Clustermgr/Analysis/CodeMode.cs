using System.Collections.Immutable;
using System.Globalization;

namespace Clustermgr.Analysis;

/// <summary>The erasure code of a volume and the losses it survives. The numbers are those of CubeFS; numbers from 240
/// are site-specific and unknown here.</summary>
/// <param name="Data">N: data units, or replicas.</param>
/// <param name="Parity">M: parity units; 0 for replicas.</param>
/// <param name="LocalParity">L: local parity units, which help only within one AZ and do not count for writes.</param>
/// <param name="PutQuorum">Data and parity units that a write needs.</param>
public sealed record CodeMode(int Number, string Name, int Data, int Parity, int LocalParity, int PutQuorum)
{
    private static readonly ImmutableSortedDictionary<int, CodeMode> All = new CodeMode[]
    {
        new(1, "EC15P12", 15, 12, 0, 24),
        new(2, "EC6P6", 6, 6, 0, 11),
        new(3, "EC16P20L2", 16, 20, 2, 34),
        new(4, "EC6P10L2", 6, 10, 2, 14),
        new(5, "EC6P3L3", 6, 3, 3, 9),
        new(6, "EC6P6Align0", 6, 6, 0, 11),
        new(7, "EC6P6Align512", 6, 6, 0, 11),
        new(8, "EC4P4L2", 4, 4, 2, 6),
        new(9, "EC12P4", 12, 4, 0, 15),
        new(10, "EC16P4", 16, 4, 0, 19),
        new(11, "EC3P3", 3, 3, 0, 5),
        new(12, "EC10P4", 10, 4, 0, 13),
        new(13, "EC6P3", 6, 3, 0, 8),
        new(14, "EC12P9", 12, 9, 0, 20),
        new(15, "EC24P8", 24, 8, 0, 30),
        new(100, "Replica3", 3, 0, 0, 3),
        new(101, "Replica3OneAZ", 3, 0, 0, 3),
        new(200, "EC6P6L9", 6, 6, 9, 11),
        new(201, "EC6P8L10", 6, 8, 10, 13),
        new(202, "Replica4TwoAZ", 4, 0, 0, 3),
    }.ToImmutableSortedDictionary(mode => mode.Number, mode => mode);

    /// <summary>Returns null for an unknown number.</summary>
    public static CodeMode? Find(int number) => All.GetValueOrDefault(number);

    /// <summary>Returns the name, or the number when it is unknown.</summary>
    public static string GetName(int number) => Find(number)?.Name ?? number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Units that may be lost before data is lost.</summary>
    public int SurvivesLosses => Parity > 0 ? Parity : Data - 1;

    /// <summary>Units that may be lost before writes fail.</summary>
    public int WritesThroughLosses => Data + Parity - PutQuorum;

    /// <summary>Units that may still be lost before data is lost; -1 when data may be lost already. A worst case with
    /// local parity, since it is unknown which kinds of units are missing.</summary>
    /// <param name="missing">Units that cannot be written now.</param>
    public int DataLeft(int missing) => Math.Max(-1, SurvivesLosses - missing);

    /// <summary>Units that may still be lost before writes stop; -1 when they have stopped.</summary>
    public int WritesLeft(int missing) => Math.Max(-1, WritesThroughLosses - missing);
}
