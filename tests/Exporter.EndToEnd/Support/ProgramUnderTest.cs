namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>
/// The tested program: the published one if it exists, as users run it, else the build of the tests. A published
/// program that is older than that build is not used. If <see cref="Shipped"/> is set, only the published program is
/// accepted, so that such a run cannot pass with another program.
/// </summary>
internal static class ProgramUnderTest
{
    private const string Name = "clustermgr-exporter";

    /// <summary>The folder that contains src and tests.</summary>
    public static readonly string Repository = FindRepository(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>If 1, only the native program is accepted.</summary>
    public const string Shipped = "CLUSTERMGR_TEST_SHIPPED";

    /// <summary>The output path of the Dockerfile's publish command.</summary>
    public static readonly string Published = Path.Combine(Repository, "artifacts", Name, Name);

    private static readonly (string Program, string[] Before) Found = Find();

    public static bool MustBeShipped => Environment.GetEnvironmentVariable(Shipped) == "1";

    /// <summary>Whether it is the native program, not the build of the tests.</summary>
    public static bool IsNative => Found.Before.Length == 0;

    /// <summary>The command line that starts it, for other programs.</summary>
    public static IEnumerable<string> Command => [Found.Program, .. Found.Before];

    public static ChildProcess Start(
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>>? environment = null
    ) => ChildProcess.Start(Found.Program, [.. Found.Before, .. arguments], environment);

    /// <summary>Starts it with a hard limit of open files.</summary>
    public static ChildProcess StartLimited(int descriptors, IEnumerable<string> arguments) =>
        ChildProcess.Start(
            "bash",
            ["-c", $"ulimit -n {descriptors}; exec \"$@\"", "bash", Found.Program, .. Found.Before, .. arguments]
        );

    /// <summary>Starts it in a shell with a redirection.</summary>
    /// <param name="redirection">In shell syntax, such as >/dev/full.</param>
    public static ChildProcess StartRedirected(string redirection, IEnumerable<string> arguments) =>
        ChildProcess.Start(
            "bash",
            ["-c", $"set -o pipefail; \"$@\" {redirection}", "bash", Found.Program, .. Found.Before, .. arguments]
        );

    /// <summary>Starts it in a terminal with a number of columns; stderr is part of stdout. It replaces the shell,
    /// which would also receive Ctrl-C, and then end with 130 whatever the program returns.</summary>
    public static ChildProcess StartOnTerminal(
        int columns,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>>? environment = null
    )
    {
        var line = string.Join(
            ' ',
            ((string[])[Found.Program, .. Found.Before, .. arguments]).Select(word => $"'{word}'")
        );
        return ChildProcess.Start(
            "script",
            ["-q", "-e", "-c", $"stty cols {columns} rows 50; exec {line}", "/dev/null"],
            environment
        );
    }

    private static (string Program, string[] Before) Find()
    {
        var built = Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");
        var why = Unfit(Published, built);
        if (MustBeShipped && why is not null)
        {
            throw new InvalidOperationException(
                $"{Shipped} is set, and {Published} {why}; publish it as the Dockerfile does, or run tests/run-all.sh"
            );
        }
        Console.WriteLine($"tested: {(why is null ? Published : $"{built} ({Published} {why})")}");
        return why is null ? (Published, []) : ("dotnet", ["exec", built]);
    }

    /// <summary>Returns null if the published program is native and not older than the build.</summary>
    private static string? Unfit(string published, string built) =>
        !File.Exists(published) ? "does not exist"
        : File.Exists($"{published}.dll") ? "is not a native build: there is a .dll beside it"
        : File.GetLastWriteTimeUtc(published) < File.GetLastWriteTimeUtc(built) ? $"is older than {built}"
        : null;

    private static string FindRepository(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Exporter.sln")) ? folder.FullName
        : folder.Parent is { } parent ? FindRepository(parent)
        : throw new DirectoryNotFoundException($"no Exporter.sln above {AppContext.BaseDirectory}");
}
