using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Third-party programs that tests/run-all.sh installs.</summary>
internal static class Programs
{
    /// <summary>Skips the test if the program is missing.</summary>
    public static void Need(string program, string package) =>
        Assert.SkipUnless(
            Exist(program),
            $"{program} is missing; on Debian it comes with apt-get install {package}, or run tests/run-all.sh, "
                + $"which installs it"
        );

    public static bool Exist(params IEnumerable<string> programs)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return programs.All(program => folders.Any(folder => File.Exists(Path.Combine(folder, program))));
    }
}
