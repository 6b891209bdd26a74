namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>
/// What is tested: the published program where there is one, as users run it, else the build beside the tests. A
/// published one that is older than that build would test yesterday's code. Where <see cref="Shipped"/> is asked for,
/// nothing else is tested: a run that means what ships must not pass with another.
/// </summary>
internal static class ProgramUnderTest
{
    private const string Name = "clustermgr-exporter";

    /// <summary>The folder that holds src and tests.</summary>
    public static readonly string Repository = FindRepository(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Set to 1: only the native program will do.</summary>
    public const string Shipped = "CLUSTERMGR_TEST_SHIPPED";

    /// <summary>Where the Dockerfile's command puts the program.</summary>
    public static readonly string Published = Path.Combine(Repository, "artifacts", Name, Name);

    private static readonly (string Program, string[] Before) s_found = Find();

    public static bool MustBeShipped => Environment.GetEnvironmentVariable(Shipped) == "1";

    /// <summary>The native program, not the build beside the tests.</summary>
    public static bool IsNative => s_found.Before.Length == 0;

    /// <summary>For somebody else who starts it.</summary>
    public static IEnumerable<string> Command => [s_found.Program, .. s_found.Before];

    public static Child Start(
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>>? environment = null
    ) => Child.Start(s_found.Program, [.. s_found.Before, .. arguments], environment);

    /// <summary>Where it may open so many files at most, and never more.</summary>
    public static Child StartLimited(int descriptors, IEnumerable<string> arguments) =>
        Child.Start(
            "bash",
            ["-c", $"ulimit -n {descriptors}; exec \"$@\"", "bash", s_found.Program, .. s_found.Before, .. arguments]
        );

    /// <summary>By a shell that sends its output elsewhere.</summary>
    /// <param name="redirection">As a shell has it: >/dev/full.</param>
    public static Child StartRedirected(string redirection, IEnumerable<string> arguments) =>
        Child.Start(
            "bash",
            ["-c", $"set -o pipefail; \"$@\" {redirection}", "bash", s_found.Program, .. s_found.Before, .. arguments]
        );

    /// <summary>In a terminal of so many columns, as a person has it; stderr comes with stdout. The shell gives way to
    /// it: one that stays hears Ctrl-C too, and then ends with 130 whatever the program says.</summary>
    public static Child StartOnTerminal(
        int columns,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>>? environment = null
    )
    {
        var line = string.Join(
            ' ',
            ((string[])[s_found.Program, .. s_found.Before, .. arguments]).Select(word => $"'{word}'")
        );
        return Child.Start(
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

    /// <summary>Null where the published program is native and no older than the build.</summary>
    private static string? Unfit(string published, string built) =>
        !File.Exists(published) ? "does not exist"
        : File.Exists($"{published}.dll") ? "is no native build: a .dll stands beside it"
        : File.GetLastWriteTimeUtc(published) < File.GetLastWriteTimeUtc(built) ? $"is older than {built}"
        : null;

    private static string FindRepository(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Exporter.sln")) ? folder.FullName
        : folder.Parent is { } parent ? FindRepository(parent)
        : throw new DirectoryNotFoundException($"no Exporter.sln above {AppContext.BaseDirectory}");
}
