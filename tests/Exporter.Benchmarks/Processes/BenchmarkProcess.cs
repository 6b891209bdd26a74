using System.Diagnostics;

namespace ClustermgrExporter.Benchmarks.Processes;

/// <summary>A program that a benchmark starts, and stops by its own process id.</summary>
internal sealed class BenchmarkProcess : IAsyncDisposable
{
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(15);

    private readonly Process _process;

    private BenchmarkProcess(Process process) => _process = process;

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Both outputs go to <paramref name="output"/>, line by line, until the end.</summary>
    public static BenchmarkProcess Start(string program, IEnumerable<string> arguments, Action<string> output)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = info };
        DataReceivedEventHandler take = (_, line) =>
        {
            if (line.Data is { } text)
            {
                output(text);
            }
        };
        process.OutputDataReceived += take;
        process.ErrorDataReceived += take;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new BenchmarkProcess(process);
    }

    /// <summary>Waits until it ends by itself.</summary>
    /// <exception cref="TimeoutException">It goes on after <paramref name="deadline"/>.</exception>
    public async Task ExitAsync(TimeSpan deadline, CancellationToken ct)
    {
        // This overload also waits until the last line of output was delivered.
        await _process.WaitForExitAsync(ct).WaitAsync(deadline, ct);
    }

    /// <summary>SIGTERM first: a master process then ends its workers.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{Pid}"]);
            await kill.WaitForExitAsync();
            using var patience = new CancellationTokenSource(GracePeriod);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                Console.Error.WriteLine(
                    $"process {Pid} ignored SIGTERM for {GracePeriod.TotalSeconds} s and was killed"
                );
            }
        }
        _process.Dispose();
    }
}
