#:property RestorePackagesWithLockFile=false
#:property PublishAot=false
// Makes a NuGet package reproducible: sorts its entries, and replaces their times and generated names with fixed ones.
//   dotnet run deploy/NormalizePackage.cs -- FILE.nupkg SECONDS_SINCE_1970
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;

var (file, seconds) = (args[0], long.Parse(args[1], CultureInfo.InvariantCulture));
var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
using (var package = ZipFile.OpenRead(file))
{
    foreach (var entry in package.Entries)
    {
        using var bytes = new MemoryStream();
        using (var content = entry.Open())
        {
            content.CopyTo(bytes);
        }
        entries.Add(Stable(entry.FullName), bytes.ToArray());
    }
}
const string Relations = "_rels/.rels";
var relations = System.Text.Encoding.UTF8.GetString(entries[Relations]);
relations = Regex.Replace(Stable(relations), "Id=\"R[0-9A-F]+\"", "Id=\"R0\"");
for (var i = 1; relations.Contains("Id=\"R0\"", StringComparison.Ordinal); i++)
{
    var at = relations.IndexOf("Id=\"R0\"", StringComparison.Ordinal);
    relations = $"{relations[..at]}Id=\"R{i + 999}\"{relations[(at + 7)..]}";
}
entries[Relations] = System.Text.Encoding.UTF8.GetBytes(relations);
using (var stream = File.Create(file + ".new"))
using (var package = new ZipArchive(stream, ZipArchiveMode.Create))
{
    foreach (var (name, content) in entries)
    {
        var entry = package.CreateEntry(name, CompressionLevel.SmallestSize);
        entry.LastWriteTime = time;
        using var written = entry.Open();
        written.Write(content);
    }
}
File.Move(file + ".new", file, overwrite: true);

static string Stable(string text) => Regex.Replace(text, "[0-9a-f]{32}\\.psmdcp", "package.psmdcp");
