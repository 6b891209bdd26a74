namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>
/// What is tested: the published program where there is one, as users run it, else the build beside the tests. A
/// published one that is older than that build would test yesterday's code.
/// </summary>
internal static class ProgramUnderTest
{
    private const string Name = "clustermgr-exporter";

    /// <summary>The folder that holds src and tests.</summary>
    public static readonly string Repository = FindRepository(new DirectoryInfo(AppContext.BaseDirectory));

    private static readonly (string Program, string[] Before) s_found = Find();

    public static Child Start(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>>? environment = null) =>
        Child.Start(s_found.Program, [.. s_found.Before, .. arguments], environment);

    /// <summary>In a terminal of so many columns, as a person has it; stderr comes with stdout. The shell gives way to it: one that
    /// stays hears Ctrl-C too, and then ends with 130 whatever the program says.</summary>
    public static Child StartOnTerminal(
        int columns, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var line = string.Join(' ', ((string[])[s_found.Program, .. s_found.Before, .. arguments]).Select(word => $"'{word}'"));
        return Child.Start("script", ["-q", "-e", "-c", $"stty cols {columns} rows 50; exec {line}", "/dev/null"], environment);
    }

    private static (string Program, string[] Before) Find()
    {
        var built = Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");
        var published = Path.Combine(Repository, "artifacts", Name, Name);
        var fresh = File.Exists(published) && File.GetLastWriteTimeUtc($"{published}.dll") >= File.GetLastWriteTimeUtc(built);
        Console.WriteLine($"tested: {(fresh ? published : built)}{(File.Exists(published) && !fresh ? " (what is published is older)" : "")}");
        return fresh ? (published, []) : ("dotnet", ["exec", built]);
    }

    private static string FindRepository(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Exporter.sln")) ? folder.FullName
        : folder.Parent is { } parent ? FindRepository(parent)
        : throw new DirectoryNotFoundException($"no Exporter.sln above {AppContext.BaseDirectory}");
}
