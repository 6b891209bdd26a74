using ClustermgrExporter.Configuration;
using ClustermgrExporter.Web.Access;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>Reads the web configuration again when one of its files changes, and applies it if it is valid.</summary>
internal sealed class WebConfigWatch : IDisposable
{
    private readonly string? _file;
    private readonly AccessGate _access;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SecretWatch? _files;
    private string[] _told = [];

    /// <param name="file">Null for none; then nothing is watched.</param>
    /// <param name="changed">Calls <see cref="Renew"/> while no other reload runs.</param>
    public WebConfigWatch(string? file, AccessGate access, Func<Task<bool>> changed, TimeProvider time, ILogger log)
    {
        (_file, _access, _time, _log) = (file, access, time, log);
        _files = file is null ? null : new SecretWatch(() => access.Config.Files, changed, time);
    }

    /// <summary>Whether the last content of the files was applied.</summary>
    public bool Loaded { get; private set; } = true;

    /// <summary>Applies the present content of the files; if it is invalid, the previous configuration stays.</summary>
    public void Renew()
    {
        if (_file is null)
        {
            return;
        }
        Loaded = false;
        var read = WebConfigReader.Load(_file, _time);
        string[] errors =
        [
            .. read.Errors,
            .. read.Config is { } config && _access.Objection(config) is { Length: > 0 } objection
                ? (string[])[$"{_file}: {objection}"]
                : [],
        ];
        Loaded = errors.Length == 0;
        if (Loaded)
        {
            _access.TakeOver(read.Config!);
            Tell(read.Warnings, _log.Warning);
            _log.Information("web configuration read again");
        }
        else if (!errors.SequenceEqual(_told))
        {
            Tell(errors, _log.Error);
            _log.Error(
                "web configuration not reloaded, the previous one stays in force; fix the errors above, and it is "
                    + "read again within 10 s"
            );
        }
        _told = errors;
    }

    private static void Tell(IEnumerable<string> lines, Action<string, string> log)
    {
        foreach (var line in lines)
        {
            log("{Line:l}", line);
        }
    }

    public void Dispose() => _files?.Dispose();
}
