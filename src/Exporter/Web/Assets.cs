namespace ClustermgrExporter.Web;

/// <summary>The files that are built into the program.</summary>
internal static class Assets
{
    private static readonly (string Path, string Resource, string Type)[] s_files =
    [
        ("/assets/status.js", "assets/status.js", "text/javascript; charset=utf-8"),
        ("/assets/status.css", "assets/status.css", "text/css; charset=utf-8"),
        ("/assets/icon.svg", "assets/icon.svg", "image/svg+xml"),
        ("/api/v1/openapi.yaml", "openapi.yaml", "application/yaml; charset=utf-8"),
    ];

    /// <summary>By path; each is read when it is first asked for.</summary>
    public static Dictionary<string, Lazy<Content>> All() =>
        s_files.ToDictionary(file => file.Path, file => new Lazy<Content>(() => new Content(file.Type, Read(file.Resource))));

    public static byte[] Read(string resource)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(resource)
            ?? throw new FileNotFoundException($"{resource} is not built into the program");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
