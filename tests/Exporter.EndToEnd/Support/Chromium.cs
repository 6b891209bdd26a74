using ClustermgrExporter.EndToEnd.Support;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>One real browser for all tests, started by the first test that needs it.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    private static readonly string[] Flags =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Opens a page in its own profile.</summary>
    internal async Task<WatchedPage> OpenAsync(Uri root, BrowserNewContextOptions? options = null)
    {
        Programs.Need("chromium", "chromium");
        var context = await (await BrowserAsync()).NewContextAsync(options ?? new());
        context.SetDefaultTimeout((float)ExporterProcess.Patience.TotalMilliseconds);
        return await WatchedPage.OpenAsync(context, root);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
        _gate.Dispose();
    }

    private async Task<IBrowser> BrowserAsync()
    {
        await _gate.WaitAsync();
        try
        {
            Assertions.SetDefaultExpectTimeout((float)ExporterProcess.Patience.TotalMilliseconds);
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Program, Args = Flags }
            );
        }
        finally
        {
            _gate.Release();
        }
    }
}
