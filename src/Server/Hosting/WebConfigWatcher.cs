using ClustermgrExporter.Configuration;
using ClustermgrExporter.Web.Access;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>Reads the web configuration again when one of its files changes, and applies it if it is valid.</summary>
internal sealed class WebConfigWatcher : IDisposable
{
    private readonly string? _file;
    private readonly AccessGate _access;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FileWatcher? _files;
    private string[] _lastLogged = [];

    /// <param name="file">Null for none; then nothing is watched.</param>
    /// <param name="reload">Calls <see cref="Reload"/> while no other reload runs.</param>
    public WebConfigWatcher(string? file, AccessGate access, Func<Task<bool>> reload, TimeProvider time, ILogger log)
    {
        _file = file;
        _access = access;
        _time = time;
        _log = log;
        _files = file is null ? null : new FileWatcher(() => access.Config.Files, reload, time);
    }

    /// <summary>Whether the last content of the files was applied.</summary>
    public bool Loaded { get; private set; } = true;

    /// <summary>Applies the present content of the files; if it is invalid, the previous configuration stays.</summary>
    public void Reload()
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
            .. read.Config is { } config && _access.Validate(config) is { Length: > 0 } objection
                ? (string[])[$"{_file}: {objection}"]
                : [],
        ];
        Loaded = errors.Length == 0;
        if (Loaded)
        {
            _access.Apply(read.Config!);
            LogLines(read.Warnings, _log.Warning);
            _log.Information("web configuration read again");
        }
        else if (!errors.SequenceEqual(_lastLogged))
        {
            LogLines(errors, _log.Error);
            _log.Error(
                "web configuration not reloaded, the previous one stays in force; fix the errors above, and it is "
                    + "read again within 10 s"
            );
        }
        _lastLogged = errors;
    }

    private static void LogLines(IEnumerable<string> lines, Action<string, string> log)
    {
        foreach (var line in lines)
        {
            log("{Line:l}", line);
        }
    }

    public void Dispose() => _files?.Dispose();
}
