using System.Diagnostics;
using System.Text;
using Xunit;

namespace ClustermgrExporter.Tests.Support;

/// <summary>Runs external programs (promtool, amtool) to their end; tests/run-all.sh installs them.</summary>
public static class ExternalTool
{
    /// <summary>Far more than any of them needs, on a busy machine too.</summary>
    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(120);

    /// <summary>Skips the test where the program is missing.</summary>
    /// <param name="program">A name on the PATH.</param>
    /// <param name="args">Arguments, which are not interpreted by a shell.</param>
    /// <param name="input">All of its standard input; null for none.</param>
    /// <param name="ct">Kills it.</param>
    /// <returns>Its exit code, and stdout and stderr as they came, line by line.</returns>
    /// <exception cref="TimeoutException">It did not end in time, and was killed.</exception>
    public static async Task<(int Exit, string Output)> RunAsync(
        string program,
        IEnumerable<string> args,
        string? input,
        CancellationToken ct
    )
    {
        Assert.SkipUnless(IsInstalled(program), $"{program} is missing; tests/run-all.sh installs it");
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, args)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        // they are Go programs that run for a second: collecting costs more than the memory
        process.StartInfo.Environment["GOGC"] = "800";
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(output, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(MaxDuration);
        try
        {
            await TypeAsync(process.StandardInput, input, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            throw new TimeoutException($"{program} has not ended after {MaxDuration}; it said: {output}");
        }
        return (process.ExitCode, output.ToString());
    }

    private static async Task TypeAsync(StreamWriter to, string? input, CancellationToken ct)
    {
        try
        {
            await to.WriteAsync((input ?? "").AsMemory(), ct);
            to.Close();
        }
        catch (IOException)
        {
            // It ended without reading all input: its exit code and its output say more.
        }
    }

    private static void Add(StringBuilder to, string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (to)
        {
            to.Append(line).Append('\n');
        }
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
