using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator;

/// <summary>Changes of disks, switches, services and space. Without a majority nothing is committed.</summary>
public sealed partial class SimulatedCluster
{
    public IReadOnlyList<uint> DiskIds => Update(() => _state.Inventory.Disks.ConvertAll(d => d.Id));

    /// <summary>URLs of the blobnodes.</summary>
    public IReadOnlyList<string> Blobnodes => Update(() => _state.Inventory.Blobnodes.ConvertAll(b => b.Url));

    /// <summary>Sets a disk's status. False: not committed, there is no leader with a majority.</summary>
    public bool SetDisk(uint disk, SimulatedDiskStatus status) =>
        Commit(
            disk,
            d =>
            {
                d.Status = status;
                if (status is SimulatedDiskStatus.Dropped)
                {
                    d.Dropping = false;
                }
            }
        );

    /// <summary>A new disk at the place of another, which stays registered.</summary>
    /// <returns>Its id.</returns>
    public uint ReplaceDisk(uint disk) =>
        Update(() =>
        {
            var old =
                _state.Inventory.Find(disk)
                ?? throw new ArgumentException($"No disk has the id {disk}; see DiskIds.", nameof(disk));
            return _state.Inventory.Replace(old, _state.Now).Id;
        });

    /// <param name="share">Of its size, from 0 to 1.</param>
    public bool SetDiskUse(uint disk, double share) => Commit(disk, d => d.Used = (long)(d.Size * share));

    public bool SetDiskReadonly(uint disk, bool value) => Commit(disk, d => d.Readonly = value);

    /// <summary>Puts it into the dropping list; as the server asks, it becomes read-only first.</summary>
    public bool DropDisk(uint disk) => Commit(disk, d => (d.Readonly, d.Dropping) = (true, true));

    /// <summary>Stores a switch; null makes it unset.</summary>
    public bool SetSwitch(string key, string? value) =>
        Update(() =>
        {
            if (!_state.Raft.Propose())
            {
                return false;
            }
            if (value is null)
            {
                _state.Switches.Remove(key);
            }
            else
            {
                _state.Switches[key] = value;
            }
            return true;
        });

    /// <summary>The process dies: its disks stop heartbeating and the services of its machine go offline.</summary>
    public void KillBlobnode(string url) => UpdateBlobnode(url, (node, now) => node.SilentSince ??= now, online: false);

    public void StartBlobnode(string url) =>
        UpdateBlobnode(
            url,
            (node, now) =>
            {
                if (node.SilentSince is not null)
                {
                    node.SilentSince = null;
                    node.LastHeartbeat = now;
                }
            },
            online: true
        );

    /// <summary>Takes instances of a service offline or online.</summary>
    /// <param name="name">SCHEDULER, PROXY, BLOBNODE, WORKER or SHARDNODE.</param>
    /// <param name="idc">Null for every IDC.</param>
    /// <returns>How many instances changed.</returns>
    public int SetService(string name, bool online, string? idc = null) =>
        Update(() =>
        {
            if (!ServiceList.Knows(name))
            {
                throw new ArgumentException($"There is no service {name}.", nameof(name));
            }
            return SetOnline(s => s.Name == name && (idc is null || s.Idc == idc), online);
        });

    /// <summary>Sets the bytes written per second, over all disks together; negative to free them.</summary>
    public void SetFillRate(double bytesPerSecond) =>
        Update(() =>
        {
            _state.Inventory.SetFillRate(bytesPerSecond, _state.Now);
            return 0;
        });

    private void UpdateBlobnode(string url, Action<Blobnode, DateTimeOffset> update, bool online) =>
        Update(() =>
        {
            var node =
                _state.Inventory.Blobnodes.Find(b => b.Url == url)
                ?? throw new ArgumentException($"No blobnode has the URL {url}; see Blobnodes.", nameof(url));
            update(node, _state.Now);
            return SetOnline(s => s.Name == "BLOBNODE" && s.Host == url, online);
        });

    private int SetOnline(Predicate<SimulatedService> which, bool online)
    {
        var changed = 0;
        for (var i = 0; i < _state.Services.Count; i++)
        {
            if (!which(_state.Services[i]) || _state.Services[i].Online == online)
            {
                continue;
            }
            _state.Services[i] = _state.Services[i] with { Online = online };
            changed++;
        }
        return changed;
    }

    private bool Commit(uint disk, Action<Disk> change) =>
        Update(() =>
        {
            var found =
                _state.Inventory.Find(disk)
                ?? throw new ArgumentException($"No disk has the id {disk}; see DiskIds.", nameof(disk));
            if (!_state.Raft.Propose())
            {
                return false;
            }
            _state.Inventory.FillTo(_state.Now);
            change(found);
            return true;
        });
}
