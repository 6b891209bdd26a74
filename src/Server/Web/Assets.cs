using ClustermgrExporter.Web.Api;

namespace ClustermgrExporter.Web;

/// <summary>The files that are built into the program.</summary>
internal static class Assets
{
    private const string Folder = "assets/";

    /// <summary>By path; each is read when it is first asked for.</summary>
    public static Dictionary<string, Lazy<StaticResponse>> All()
    {
        var files = typeof(Assets)
            .Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal))
            .ToDictionary(resource => $"/{resource}", resource => File(resource, GetContentType(resource)));
        files[ApiEndpoints.OpenApi] = File("openapi.yaml", "application/yaml; charset=utf-8");
        return files;
    }

    private static Lazy<StaticResponse> File(string resource, string type) =>
        new(() => new StaticResponse(type, Read(resource)));

    private static string GetContentType(string resource) =>
        Path.GetExtension(resource) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new NotSupportedException($"no type is known for {resource}: {other}"),
        };

    public static byte[] Read(string resource)
    {
        using var stream =
            typeof(Assets).Assembly.GetManifestResourceStream(resource)
            ?? throw new FileNotFoundException($"{resource} is not built into the program");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
