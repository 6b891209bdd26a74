using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ClustermgrExporter;

/// <summary>Looks every ten seconds whether the files of secrets and certificates are others than those in force. A mounted secret is
/// changed by turning a link, which no watch of a file sees.</summary>
internal sealed class SecretWatch : IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly Func<IEnumerable<string>> _files;
    private readonly Func<Task> _changed;
    private readonly ITimer _timer;
    private byte[] _seen;
    private int _looking;

    /// <param name="files">Those of the configuration in force.</param>
    /// <param name="changed">Reads them again. It hears of each change once, whether or not it can use it.</param>
    public SecretWatch(Func<IEnumerable<string>> files, Func<Task> changed, TimeProvider time)
    {
        (_files, _changed) = (files, changed);
        _seen = Look();
        _timer = time.CreateTimer(_ => _ = TickAsync(), null, Every, Every);
    }

    public void Dispose() => _timer.Dispose();

    private async Task TickAsync()
    {
        if (Interlocked.Exchange(ref _looking, 1) == 1) return; // a file on a share that hangs
        try
        {
            var now = Look();
            if (now.AsSpan().SequenceEqual(_seen)) return;
            _seen = now;
            await _changed();
            // What it took over may name other files.
            _seen = Look() is var then && then.AsSpan().SequenceEqual(now) ? now : then;
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
            var file = new FileInfo(path);
            if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) file = target;
            ReadOnlySpan<long> state = [file.Exists ? file.LastWriteTimeUtc.Ticks : -1, file.Exists ? file.Length : -1];
            digest.AppendData(Encoding.UTF8.GetBytes(file.FullName));
            digest.AppendData(MemoryMarshal.AsBytes(state));
        }
        return digest.GetHashAndReset();
    }
}
