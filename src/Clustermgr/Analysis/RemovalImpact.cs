using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>The hosts, disks and IDCs whose removal is simulated.</summary>
/// <param name="Hosts">URLs of blobnodes.</param>
public sealed record Removal(ImmutableArray<string> Hosts, ImmutableArray<ulong> Disks, ImmutableArray<string> Idcs)
{
    public static readonly Removal Nothing = new([], [], []);

    public bool IsEmpty => Hosts.IsEmpty && Disks.IsEmpty && Idcs.IsEmpty;
}

/// <summary>The effect of a removal on the volumes of one code mode.</summary>
/// <param name="Affected">Volumes that have a unit on a removed host or disk.</param>
/// <param name="NothingLeft">Affected volumes that could lose no further unit.</param>
/// <param name="DataLost">Affected volumes whose data would be lost.</param>
/// <param name="WritesStop">Affected volumes that accept writes now and would not any more.</param>
public sealed record CodeModeImpact(string CodeMode, long Affected, long NothingLeft, long DataLost, long WritesStop);

/// <summary>
/// Computes which volumes would lose data or writes if hosts or disks were removed, as before maintenance. A unit that
/// cannot be written already is not counted twice, if its disk is known not to be normal.
/// </summary>
/// <param name="hosts">URLs of blobnodes.</param>
/// <param name="notNormal">Ids of disks whose units are missing already.</param>
public sealed class RemovalImpact(IEnumerable<string> hosts, IEnumerable<ulong> disks, IEnumerable<ulong> notNormal)
{
    private const int MaxWorst = 20;

    private readonly HashSet<string> _hosts = new(hosts.Select(NormalizeHost), StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<ulong> _disks = [.. disks];
    private readonly HashSet<ulong> _notNormal = [.. notNormal];
    private readonly HashSet<string> _seenHosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<ulong> _seenDisks = [];
    private readonly Dictionary<int, CodeModeImpact> _modes = [];
    private readonly List<(VolumeRow Volume, int Missing)> _worst = [];

    /// <summary>The effects by code mode. An unknown code mode is named by its number, and only its affected volumes
    /// are counted.</summary>
    public IEnumerable<CodeModeImpact> Modes => _modes.OrderBy(mode => mode.Key).Select(mode => mode.Value);

    /// <summary>Volumes that would be lost or have nothing left, with the units that would be missing, at most 20.
    /// </summary>
    public IReadOnlyList<(VolumeRow Volume, int Missing)> Worst => _worst;

    /// <summary>Removed hosts and disks that hold no unit of any volume.</summary>
    public IEnumerable<string> Unmatched =>
        [
            .. _hosts.Except(_seenHosts, StringComparer.OrdinalIgnoreCase),
            .. _disks.Except(_seenDisks).Select(disk => $"disk {disk}"),
        ];

    /// <summary>Affected volumes of a code mode that is unknown here.</summary>
    public long UnknownCodeMode =>
        _modes.Where(mode => CodeMode.Find(mode.Key) is null).Sum(mode => mode.Value.Affected);

    /// <summary>True when data would be lost or writes would stop.</summary>
    public bool IsHarmful => _modes.Values.Any(mode => mode.DataLost > 0 || mode.WritesStop > 0);

    public void Add(VolumePage page)
    {
        foreach (var volume in page.Volumes)
        {
            Add(volume);
        }
    }

    private void Add(VolumeRow volume)
    {
        var gone = 0;
        var here = false;
        var mode = CodeMode.Find(volume.CodeMode);
        foreach (var (index, unit) in volume.Units.Index())
        {
            var host = NormalizeHost(unit.Host);
            if (!_hosts.Contains(host) && !_disks.Contains(unit.DiskId))
            {
                continue;
            }
            here = true;
            _seenHosts.Add(host);
            _seenDisks.Add(unit.DiskId);
            // Local parity, which comes last, helps within its AZ alone: its loss costs neither data nor writes.
            gone += _notNormal.Contains(unit.DiskId) || index >= mode?.Data + mode?.Parity ? 0 : 1;
        }
        if (!here)
        {
            return;
        }
        var missing = volume.Missing + gone;
        var known = _modes.GetValueOrDefault(volume.CodeMode, new(CodeMode.GetName(volume.CodeMode), 0, 0, 0, 0));
        var left = mode?.DataLeft(missing);
        _modes[volume.CodeMode] = known with
        {
            Affected = known.Affected + 1,
            NothingLeft = known.NothingLeft + (left == 0 ? 1 : 0),
            DataLost = known.DataLost + (left < 0 ? 1 : 0),
            WritesStop =
                known.WritesStop + (mode?.WritesLeft(missing) < 0 && mode.WritesLeft(volume.Missing) >= 0 ? 1 : 0),
        };
        if (left <= 0)
        {
            _worst.Add((volume with { Units = [] }, missing));
            if (_worst.Count > MaxWorst)
            {
                _worst.Sort((a, b) => GetUnitsLeft(a).CompareTo(GetUnitsLeft(b)));
                _worst.RemoveAt(MaxWorst);
            }
        }
    }

    private static int GetUnitsLeft((VolumeRow Volume, int Missing) one) =>
        CodeMode.Find(one.Volume.CodeMode)?.DataLeft(one.Missing) ?? int.MaxValue;

    /// <summary>Removes the scheme and a trailing slash.</summary>
    private static string NormalizeHost(string host)
    {
        var at = host.IndexOf("://", StringComparison.Ordinal);
        return (at < 0 ? host : host[(at + 3)..]).TrimEnd('/');
    }
}
