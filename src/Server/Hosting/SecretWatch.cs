using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ClustermgrExporter.Hosting;

/// <summary>Looks every ten seconds whether the files of secrets and certificates are others than those in force. A
/// mounted secret is changed by turning a link, which no watch of a file sees.</summary>
internal sealed class SecretWatch : IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly Func<IEnumerable<string>> _files;
    private readonly Func<Task<bool>> _changed;
    private readonly ITimer _timer;
    private byte[] _seen;
    private int _looking;

    /// <param name="files">Those of the configuration in force.</param>
    /// <param name="changed">Reads them again; whether it could use them. What it could not use it hears of at every
    /// look: the file that was missing may be none of those that are looked at.</param>
    public SecretWatch(Func<IEnumerable<string>> files, Func<Task<bool>> changed, TimeProvider time)
    {
        (_files, _changed) = (files, changed);
        _seen = Look();
        _timer = time.CreateTimer(_ => _ = TickAsync(), null, Every, Every);
    }

    public void Dispose() => _timer.Dispose();

    private async Task TickAsync()
    {
        if (Interlocked.Exchange(ref _looking, 1) == 1)
        {
            return; // a file on a share that hangs
        }
        try
        {
            var now = Look();
            if (now.AsSpan().SequenceEqual(_seen))
            {
                return;
            }
            _seen = now; // as they were before they are read: what changes meanwhile is seen at the next look
            if (!await _changed())
            {
                _seen = [];
            }
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    /// <summary>By time and length of what the path leads to; a file that is not there has neither.</summary>
    private byte[] Look()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in _files())
        {
            var (target, time, length) = StateOf(path);
            ReadOnlySpan<long> state = [time, length];
            digest.AppendData(Encoding.UTF8.GetBytes(target));
            digest.AppendData(MemoryMarshal.AsBytes(state));
        }
        return digest.GetHashAndReset();
    }

    private static (string Target, long Time, long Length) StateOf(string path)
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
            return (path, -1, -1); // gone meanwhile, links in a ring, a folder that is closed to us
        }
    }
}
