using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ClustermgrExporter.Hosting;

/// <summary>Checks every ten seconds whether files of secrets or certificates have changed. Kubernetes updates a
/// mounted secret by switching a symbolic link, which file system watchers do not report.</summary>
internal sealed class FileWatcher : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Func<IEnumerable<string>> _files;
    private readonly Func<Task<bool>> _reload;
    private readonly ITimer _timer;
    private byte[] _seen;
    private int _checking;

    /// <param name="files">Files of the current configuration.</param>
    /// <param name="reload">Reads the files again; returns whether they are valid. If they are not, it is called at
    /// every check: a missing file may not be among the watched ones.</param>
    public FileWatcher(Func<IEnumerable<string>> files, Func<Task<bool>> reload, TimeProvider time)
    {
        _files = files;
        _reload = reload;
        _seen = ComputeDigest();
        _timer = time.CreateTimer(_ => _ = CheckAsync(), null, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private async Task CheckAsync()
    {
        if (Interlocked.Exchange(ref _checking, 1) == 1)
        {
            return; // the previous check still runs, as with a file on a share that hangs
        }
        try
        {
            var now = ComputeDigest();
            if (now.AsSpan().SequenceEqual(_seen))
            {
                return;
            }
            _seen = now; // recorded before reading: a change meanwhile is seen at the next check
            if (!await _reload())
            {
                _seen = [];
            }
        }
        finally
        {
            Volatile.Write(ref _checking, 0);
        }
    }

    /// <summary>A digest of the target, modification time and length of each file; a missing file has neither time nor
    /// length.</summary>
    private byte[] ComputeDigest()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in _files())
        {
            var (target, time, length) = GetState(path);
            ReadOnlySpan<long> state = [time, length];
            digest.AppendData(Encoding.UTF8.GetBytes(target));
            digest.AppendData(MemoryMarshal.AsBytes(state));
        }
        return digest.GetHashAndReset();
    }

    private static (string Target, long Time, long Length) GetState(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
            {
                file = target;
            }
            return file.Exists ? (file.FullName, file.LastWriteTimeUtc.Ticks, file.Length) : (path, -1, -1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (path, -1, -1); // deleted meanwhile, a loop of links, or no permission
        }
    }
}
