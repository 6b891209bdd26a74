namespace ClustermgrExporter.Configuration;

/// <summary>The context of a configuration: the base folder of relative paths, and the environment for
/// secret_env.</summary>
internal sealed record ConfigContext(
    string Folder,
    IReadOnlyDictionary<string, string> Environment,
    ConfigProblems Problems
);

/// <summary>Reads a configuration file. Problems with the file or its content are errors in the result, never
/// exceptions.</summary>
internal static class ConfigLoader
{
    private const int MaxBytes = 16 << 20;

    /// <param name="path">As the user named it: messages begin with it.</param>
    /// <param name="environment">For secret_env.</param>
    public static ConfigResult Load(string path, IReadOnlyDictionary<string, string> environment)
    {
        var file = FileText.Read(path, MaxBytes);
        if (file.Text is { } text)
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
            return Parse(text, path, folder, environment) with
            {
                Reload = () => Parse(text, path, folder, environment),
            };
        }
        var problems = new ConfigProblems(path);
        problems.Error(0, $"{file.Problem}; name a configuration file, exporter.example.yaml shows all keys");
        return problems.ToResult(null);
    }

    /// <param name="text">The whole file.</param>
    /// <param name="name">What messages begin with.</param>
    /// <param name="folder">What relative paths in the file start from.</param>
    /// <param name="environment">For secret_env.</param>
    public static ConfigResult Parse(
        string text,
        string name,
        string folder,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var problems = new ConfigProblems(name);
        var root = YamlTree.Parse(text, problems);
        AlertingConfig? alerting = null;
        var config = root is null ? null : RootReader.Read(root, new(folder, environment, problems), out alerting);
        return problems.ToResult(config) with { Alerting = alerting };
    }
}
