using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>A child process: keeps all its output, and is always ended by disposal.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan AfterKill = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool Ended => _process.HasExited;

    /// <summary>What it has written to stdout, in whole lines.</summary>
    public string Output => Read(_output);

    /// <summary>What it has written to stderr, in whole lines.</summary>
    public string Error => Read(_error);

    /// <param name="environment">Added to our own environment, from which variables for flags are removed.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var name in start
                .Environment.Keys.Where(name => name.StartsWith("CLUSTERMGR_", StringComparison.Ordinal))
                .ToList()
        )
        {
            start.Environment.Remove(name);
        }
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }
        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Add(child._output, line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Add(child._error, line.Data);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Types a line.</summary>
    public Task TypeAsync(string line, CancellationToken ct) => PressAsync($"{line}\n", ct);

    /// <summary>Types keys without a newline.</summary>
    public async Task PressAsync(string keys, CancellationToken ct)
    {
        await _process.StandardInput.WriteAsync(keys.AsMemory(), ct);
        await _process.StandardInput.FlushAsync(ct);
    }

    /// <summary>Writes the text and closes the input.</summary>
    public async Task TypeAllAsync(string text, CancellationToken ct)
    {
        await _process.StandardInput.WriteAsync(text.AsMemory(), ct);
        _process.StandardInput.Close();
    }

    public void Signal(PosixSignal signal)
    {
        var number = signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "not sent by any test"),
        };
        if (Kill(_process.Id, number) != 0)
        {
            throw new InvalidOperationException($"signal {signal} not sent: {this}");
        }
    }

    /// <summary>Waits for its end and all its output; returns its exit code.</summary>
    /// <exception cref="TimeoutException">It has not ended within <paramref name="bound"/>.</exception>
    public async Task<int> EndAsync(TimeSpan bound, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(bound);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"not ended after {bound}: {this}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // it has ended
        }
        await EndAsync(AfterKill, CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>For the message of a failed test.</summary>
    public override string ToString() =>
        $"{Path.GetFileName(_process.StartInfo.FileName)} {string.Join(' ', _process.StartInfo.ArgumentList)}\n"
        + $"-- stdout\n{Output}-- stderr\n{Error}-- {State()}";

    /// <summary>Describes its exit, or its current state: what each thread waits for, and its sockets.</summary>
    private string State()
    {
        try
        {
            if (_process.HasExited)
            {
                return $"ended with {_process.ExitCode}";
            }
            var threads = Directory
                .GetDirectories($"/proc/{_process.Id}/task")
                .Select(thread =>
                    $"{File.ReadAllText($"{thread}/comm").Trim()} "
                    + $"{File.ReadAllText($"{thread}/stat").Split(") ")[^1][0]} {File.ReadAllText($"{thread}/wchan")}"
                );
            var sockets = Directory
                .GetFiles($"/proc/{_process.Id}/fd")
                .Count(file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) is true);
            return $"running for {DateTime.Now - _process.StartTime}, {sockets} sockets, {string.Join(", ", threads)}";
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return "just ended";
        }
    }

    private void Add(StringBuilder to, string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_gate)
        {
            to.Append(line).Append('\n');
        }
    }

    private string Read(StringBuilder from)
    {
        lock (_gate)
        {
            return from.ToString();
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
