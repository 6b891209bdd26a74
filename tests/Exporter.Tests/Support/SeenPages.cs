using System.Security.Cryptography;
using System.Text;

namespace ClustermgrExporter.Tests.Support;

/// <summary>Keeps every different page in the text format that a test makes, for promtool to judge after the tests:
/// CLUSTERMGR_TEST_PAGES names the folder; without it nothing is kept.</summary>
internal static class SeenPages
{
    private static readonly string? s_folder = Environment.GetEnvironmentVariable("CLUSTERMGR_TEST_PAGES");

    public static void Keep(ReadOnlySpan<byte> page)
    {
        if (s_folder is null || page.IsEmpty) return;
        var file = Path.Combine(s_folder, Convert.ToHexString(SHA256.HashData(page))[..20] + ".txt");
        if (!File.Exists(file)) File.WriteAllBytes(file, page.ToArray());
    }

    public static void Keep(string page) => Keep(Encoding.UTF8.GetBytes(page));
}
