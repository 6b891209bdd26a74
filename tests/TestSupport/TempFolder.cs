namespace ClustermgrExporter.Tests.Support;

/// <summary>A temporary folder that is deleted after the test.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("clustermgr-exporter-").FullName;

    /// <summary>The path of a new file with that text.</summary>
    public string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
