using System.Runtime.InteropServices;

namespace ClustermgrExporter.Commands;

/// <summary>Handles SIGHUP from the first line of the program on. A signal that arrives before there is anything to
/// reload is kept until there is: the file may have been read already.</summary>
internal sealed class HangupSignals : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PosixSignalRegistration _registration;
    private Action? _reload;
    private bool _isPending;

    private HangupSignals() =>
        _registration = PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            signal =>
            {
                signal.Cancel = true; // its default would end the process
                lock (_gate)
                {
                    _isPending = true;
                    Dispatch();
                }
            }
        );

    /// <summary>Starts to keep signals, until a verb takes them or restores their default.</summary>
    public static HangupSignals Create() => new();

    /// <summary>Calls <paramref name="reload"/> for each further signal, and once for those that arrived
    /// before.</summary>
    public void OnHangup(Action reload)
    {
        lock (_gate)
        {
            _reload = reload;
            Dispatch();
        }
    }

    /// <summary>For a verb that reloads nothing: restores the default, so that a hang-up ends the process, also one
    /// that arrived before.</summary>
    public void RestoreDefault()
    {
        Dispose();
        if (_isPending)
        {
            Environment.Exit(129);
        }
    }

    public void Dispose() => _registration.Dispose();

    private void Dispatch()
    {
        if (!_isPending || _reload is null)
        {
            return;
        }
        _isPending = false;
        _reload();
    }
}
