using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

/// <summary>Clusters in separate files.</summary>
public sealed class ClusterFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ClusterFilesTests() => Directory.CreateDirectory(Path.Combine(_folder.Path, "clusters.d"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ClustersOfAllFilesAreReadInTheOrderOfTheirNames()
    {
        Write("clusters.d/b.yaml", One("beta", 2));
        Write("clusters.d/a.yaml", One("alpha", 1));
        Write("clusters.d/c.txt", "not read");
        Write("other.yml", One("other", 4));
        var read = Load($"cluster_files: [clusters.d/*.yaml, other.yml, clusters.d/a.yaml]\n{One("own", 3)}");
        Assert.Empty(read.Errors);
        Assert.Equal(["own", "alpha", "beta", "other"], read.Config!.Clusters.Select(cluster => cluster.Name));
        Assert.Equal(["own"], Load(One("own", 3)).Config!.Clusters.Select(cluster => cluster.Name));
    }

    [Fact]
    public void ASecretIsRelativeToTheFileThatNamesIt()
    {
        Write("clusters.d/secret", "hunter2");
        Write("clusters.d/a.yaml", $"{One("alpha", 1)}\n  auth: {{ secret_file: secret }}");
        Assert.Equal("hunter2", Load("cluster_files: [clusters.d/*.yaml]").Config!.Clusters[0].Secret!.Reveal());
    }

    [Fact]
    public void EveryErrorOfEveryFileIsToldWithItsLine()
    {
        Write("clusters.d/a.yaml", $"{One("alpha", 1)}\n  membres: []");
        Write("clusters.d/b.yaml", $"poll_interval: 3s\n{One("beta", 1)}");
        Write("clusters.d/c.yaml", One("own", 5));
        Write("clusters.d/d.yaml", "clusters: [");
        var read = Load($"timeout: x\ncluster_files: [clusters.d/*.yaml, absent.yaml]\n{One("own", 3)}");
        Assert.Null(read.Config);
        Assert.Equal(
            [
                "FOLDER/exporter.yaml:1: timeout \"x\" is not a dur",
                "FOLDER/clusters.d/a.yaml:4: unknown key \"membres\" under clusters[0]; did you mean \"members\"?",
                "FOLDER/clusters.d/b.yaml:1: unknown key \"poll_interval\" at the top level; known: clusters",
                "FOLDER/clusters.d/b.yaml:4: clusters[0].members[0] 10.0.0.1:9998 is already clusters[0].members[0] (FOLDER/clusters.d/a.yaml:3); remove one of the two",
                "FOLDER/clusters.d/c.yaml:2: clusters[0].name \"own\" is already the name of clusters[0] (FOLDER/exporter.yaml:4); give each cluster its own",
                "FOLDER/clusters.d/d.yaml:2: not YAML",
                "FOLDER/absent.yaml: no such file; it is named by cluster_files of FOLDER/exporter.yaml",
            ],
            read.Errors.Select(error => error.Replace(_folder.Path, "FOLDER")),
            (expected, actual) => actual.StartsWith(expected, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("cluster_files: [clusters.*/a.yaml]", "has a pattern in a folder; only the last part may have one")]
    [InlineData("cluster_files: [clusters.d/]", "names no file; write one, as clusters.d/*.yaml")]
    [InlineData("cluster_files: clusters.d/*.yaml", "cluster_files must be a list")]
    [InlineData("cluster_files: [absent/*.yaml]", "is in a folder that is not there; make it first")]
    [InlineData("cluster_files: [\"a\\0*.yaml\"]", "")]
    [InlineData("cluster_files: []", "clusters is missing; list at least one cluster")]
    public void APatternThatCannotBeMeantIsRefused(string yaml, string expected) =>
        Assert.Contains(Load(yaml).Errors, error => error.Contains(expected, StringComparison.Ordinal));

    /// <summary>The first file may be added later.</summary>
    [Fact]
    public void APatternThatMatchesNothingYetIsAWarning()
    {
        var read = Load("cluster_files: [clusters.d/*.yaml]");
        Assert.Empty(read.Errors);
        Assert.Empty(read.Config!.Clusters);
        Assert.Contains("matches no file yet", Assert.Single(read.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void TheFilesAreReadAgainWithTheSecrets()
    {
        Write("clusters.d/a.yaml", One("alpha", 1));
        var read = Load("cluster_files: [clusters.d/*.yaml]");
        Write("clusters.d/b.yaml", One("beta", 2));
        Assert.Equal(["alpha", "beta"], read.Reload!().Config!.Clusters.Select(cluster => cluster.Name));
        Assert.Equal(2, read.Config!.ClusterFiles.SelectMany(ClusterFiles.Expand).Count());
    }

    private static string One(string name, int host) =>
        $"clusters:\n- name: {name}\n  members: [http://10.0.0.{host}:9998]";

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.Path, name), text);

    private ConfigResult Load(string yaml)
    {
        Write("exporter.yaml", yaml);
        return ConfigLoader.Load(Path.Combine(_folder.Path, "exporter.yaml"), new Dictionary<string, string>());
    }
}
