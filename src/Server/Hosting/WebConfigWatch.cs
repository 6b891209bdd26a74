using ClustermgrExporter.Configuration;
using ClustermgrExporter.Web.Access;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>The web configuration over time: read again when a file of it changes, taken over where it is good.
/// </summary>
internal sealed class WebConfigWatch : IDisposable
{
    private readonly string? _file;
    private readonly AccessGate _access;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SecretWatch? _files;
    private string[] _told = [];

    /// <param name="file">Null where there is none: nothing is watched then.</param>
    /// <param name="changed">Calls <see cref="Renew"/> when nothing else is taken over.</param>
    public WebConfigWatch(string? file, AccessGate access, Func<Task<bool>> changed, TimeProvider time, ILogger log)
    {
        (_file, _access, _time, _log) = (file, access, time, log);
        _files = file is null ? null : new SecretWatch(() => access.Config.Files, changed, time);
    }

    /// <summary>Whether what the files held last is in force.</summary>
    public bool Loaded { get; private set; } = true;

    /// <summary>Takes over what the files hold now; the last good one stays in force where they are not.</summary>
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
                "web configuration not taken over, the one before stays in force; mend the errors above, and it is "
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
