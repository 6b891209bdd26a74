using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ClustermgrExporter.Tests.Support;

/// <summary>Keeps every different page in the text format that a test renders, so that promtool can check it after the
/// tests: CLUSTERMGR_TEST_PAGES names the folder; without it nothing is kept. promtool does not check the size of
/// numbers, so of pages that differ only in digits the first one is kept.</summary>
internal static partial class SeenPages
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("CLUSTERMGR_TEST_PAGES");

    public static void Keep(ReadOnlySpan<byte> page)
    {
        if (Folder is null || page.IsEmpty)
        {
            return;
        }
        var shape = Digits().Replace(Encoding.UTF8.GetString(page), "0");
        var file = Path.Combine(
            Folder,
            Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(shape)))[..20] + ".txt"
        );
        if (!File.Exists(file))
        {
            File.WriteAllBytes(file, page.ToArray());
        }
    }

    public static void Keep(string page) => Keep(Encoding.UTF8.GetBytes(page));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
