using System.Buffers.Binary;
using System.Globalization;
using ClustermgrExporter.EndToEnd.Support;
using Microsoft.Playwright;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>
/// Takes the pictures of docs/pictures from the normal demo. tests/screenshots.sh keeps them; every other run takes and
/// discards them, to test this code.
/// </summary>
public sealed class StatusPagePictureTests(Chromium chromium)
{
    private const int MostBytes = 200_000;

    private static readonly (
        string Name,
        string Path,
        int Width,
        int Height,
        float Scale,
        ColorScheme Scheme
    )[] Pictures =
    [
        ("clusters", "", 1280, 760, 1, ColorScheme.Light),
        ("healthy", "?cluster=demo-1", 1280, 1000, 1, ColorScheme.Light),
        ("broken", "?cluster=demo-2", 1280, 1000, 1, ColorScheme.Light),
        ("broken-dark", "?cluster=demo-2", 1280, 1000, 1, ColorScheme.Dark),
        ("phone", "?cluster=demo-2", 390, 844, 2, ColorScheme.Light),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThePicturesAreMadeOfTheDemoAndAreSmall()
    {
        Programs.Need("chromium", "chromium");
        using var thrownAway = new TempFolder();
        var folder = Environment.GetEnvironmentVariable("CLUSTERMGR_TEST_PICTURES") ?? thrownAway.Path;
        await using var demo = await ExporterProcess.StartAsync(
            [
                "demo",
                "--seed=7",
                "--scenario=healthy",
                "--scenario=repair-off",
                "--scenario=switch-ineffective",
                "--scenario=quorum-lost",
            ],
            Ct
        );
        await demo.ReadyAsync(Ct);
        await Task.Delay(After(), Ct); // to have some history
        await demo.Child.TypeAsync("demo-2 kill 3", Ct);

        foreach (var (name, path, width, height, scale, scheme) in Pictures)
        {
            await using var opened = await chromium.OpenAsync(
                demo.Root,
                new()
                {
                    ViewportSize = new() { Width = width, Height = height },
                    DeviceScaleFactor = scale,
                    ColorScheme = scheme,
                }
            );
            await opened.GoAsync(path);
            // Faults take some time to show.
            if (path.Length == 0)
            {
                await Assertions.Expect(opened.Page.Locator("main")).ToContainTextAsync("QuorumLost");
            }
            if (path.EndsWith('2') || path.Length == 0)
            {
                await Assertions.Expect(opened.Page.Locator("main")).ToContainTextAsync("RepairOffWithBrokenDisks");
            }
            if (path.EndsWith('2'))
            {
                await Assertions.Expect(opened.Page.Locator(".essentials")).ToContainTextAsync("2 of 3");
            }
            var file = Path.Combine(folder, $"{name}.png");
            await opened.Page.ScreenshotAsync(new() { Path = file });
            opened.AssertQuiet();

            var png = await File.ReadAllBytesAsync(file, Ct);
            Assert.Equal((width * (int)scale, height * (int)scale), (Size(png, 16), Size(png, 20)));
            Assert.InRange(png.Length, 10_000, MostBytes);
        }
    }

    private static TimeSpan After() =>
        TimeSpan.FromSeconds(
            int.Parse(
                Environment.GetEnvironmentVariable("CLUSTERMGR_TEST_PICTURES_AFTER") ?? "0",
                CultureInfo.InvariantCulture
            )
        );

    private static int Size(byte[] png, int at) => BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
}
