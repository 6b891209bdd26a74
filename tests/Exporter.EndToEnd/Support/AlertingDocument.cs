using ClustermgrExporter.Tests.Alerts;
using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>The measured delays in docs/alerting.md. They differ from run to run: another test checks the bounds in the
/// document; here they are only measured, and written to the document if UPDATE_DELAYS=1.</summary>
internal static class AlertingDocument
{
    private static readonly Lock WriteLock = new();

    public static string Document => File.ReadAllText(FilePath);

    private static string FilePath => Path.Combine(ProgramUnderTest.Repository, "docs/alerting.md");

    public static void Keep(IReadOnlyList<MeasuredDelay> measured)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_DELAYS") == "1")
        {
            lock (WriteLock)
            {
                File.WriteAllText(FilePath, MeasuredDelay.In(Document, measured));
            }
        }
        var shown = MeasuredDelay.Read(Document);
        Assert.All(measured, delay => Assert.Contains(shown, row => row.IsOf(delay)));
    }
}
