using ClustermgrExporter.Tests.Alerts;
using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>The delays that docs/alerting.md shows. They differ from run to run: a test of their bounds stands beside
/// those of the document, here they are only measured, and kept where UPDATE_DELAYS=1 asks for it.</summary>
internal static class AlertingDocument
{
    private static readonly Lock s_writing = new();

    public static string Document => File.ReadAllText(FilePath);

    private static string FilePath => Path.Combine(ProgramUnderTest.Repository, "docs/alerting.md");

    public static void Keep(IReadOnlyList<MeasuredDelay> measured)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_DELAYS") == "1")
        {
            lock (s_writing)
            {
                File.WriteAllText(FilePath, MeasuredDelay.In(Document, measured));
            }
        }
        var shown = MeasuredDelay.Read(Document);
        Assert.All(measured, delay => Assert.Contains(shown, row => row.IsOf(delay)));
    }
}
