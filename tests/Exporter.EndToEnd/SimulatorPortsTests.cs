using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed class SimulatorPortsTests
{
    private const int Processes = 60;

    [Fact]
    public async Task AMemberCanBeKilledWhileAProcessIsBeingStarted()
    {
        // A process being started has a copy of each of our sockets for about a millisecond.
        var starting = StartProcessesAsync();
        var killed = 0;
        while (!starting.IsCompleted)
        {
            await using var cluster = LocalCluster.Start();
            foreach (var member in (ulong[])[1, 2, 3])
            {
                cluster.Simulated.Kill(member);
            }
            killed += 3;
            await Task.Yield();
        }
        await starting;

        Assert.True(killed > Processes);
    }

    private static async Task StartProcessesAsync()
    {
        for (var i = 0; i < Processes; i++)
        {
            await using var child = await Task.Factory.StartNew(
                () => ChildProcess.Start("true", []),
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
            Assert.Equal(0, await child.EndAsync(ExporterProcess.Patience, TestContext.Current.CancellationToken));
        }
    }
}
