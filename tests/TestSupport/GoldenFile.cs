using Xunit;

namespace ClustermgrExporter.Tests.Support;

/// <summary>
/// A file in the source tree that holds the whole expected text. With UPDATE_GOLDEN=1 a test writes it instead; the
/// difference is then read in review.
/// </summary>
public static class GoldenFile
{
    /// <param name="path">From the root of the repository.</param>
    /// <param name="actual">The text that the program made.</param>
    public static void AssertMatches(string path, string actual)
    {
        var file = Path.Combine(GetRepositoryRoot(), path);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, actual);
        }
        Assert.True(File.Exists(file), $"{path} is missing: run this test with UPDATE_GOLDEN=1 and read what it wrote");
        Assert.Equal(File.ReadAllText(file), actual);
    }

    /// <summary>The repository's folder.</summary>
    public static string GetRepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Exporter.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside of the repository");
    }
}
