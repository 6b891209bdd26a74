using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Asserts that all tests here run the program that ships.</summary>
public sealed class ShippedProgramTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIsTestedIsTheNativeProgramAndNoRuntimeThatCompiles()
    {
        NeedNative();
        await using var demo = await ExporterProcess.StartAsync(["demo"], Ct);

        Assert.Equal(
            ProgramUnderTest.Published,
            new FileInfo($"/proc/{demo.Child.Id}/exe").ResolveLinkTarget(returnFinalTarget: false)!.FullName
        );
        var mapped = (await File.ReadAllLinesAsync($"/proc/{demo.Child.Id}/maps", Ct))
            .Where(line => line.Contains('/'))
            .Select(Path.GetFileName)
            .ToHashSet();
        Assert.DoesNotContain(
            mapped,
            file => file!.EndsWith(".dll", StringComparison.Ordinal) || file is "libcoreclr.so" or "libclrjit.so"
        );
        Assert.Contains(Path.GetFileName(ProgramUnderTest.Published), mapped);
    }

    [Fact]
    public async Task ItOpensNoSocketForDiagnostics()
    {
        NeedNative();
        await using var demo = await ExporterProcess.StartAsync(["demo"], Ct);

        Assert.DoesNotContain(
            await File.ReadAllLinesAsync("/proc/net/unix", Ct),
            line => line.Contains($"dotnet-diagnostic-{demo.Child.Id}-", StringComparison.Ordinal)
        );
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{demo.Child.Id}-*"));
    }

    [Fact]
    public async Task ItIsOneFileThatRunsAnywhere()
    {
        NeedNative();
        Assert.Equal(
            [ProgramUnderTest.Published],
            Directory.GetFileSystemEntries(Path.GetDirectoryName(ProgramUnderTest.Published)!)
        );
        using var elsewhere = new TempFolder();
        var copy = Path.Combine(elsewhere.Path, "renamed");
        File.Copy(ProgramUnderTest.Published, copy);

        await using var child = ChildProcess.Start("env", ["-i", copy, "--version"]);

        Assert.Equal(0, await child.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Matches(@"^\d+\.\d+\.\d+", child.Output);
    }

    private static void NeedNative() =>
        Assert.SkipUnless(
            ProgramUnderTest.IsNative,
            "no published program is as new as the build; tests/run-all.sh publishes it, and then requires it"
        );
}
