using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>A page that records all its requests and errors. A successful test has no errors.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = [];
    private readonly ConcurrentQueue<IRequest> _requests = [];

    private WatchedPage(IBrowserContext context, IPage page, Uri root)
    {
        _context = context;
        Page = page;
        Root = root;
        context.Request += (_, request) => _requests.Enqueue(request);
        page.PageError += (_, error) => _complaints.Enqueue($"error: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue($"{message.Type}: {message.Text}");
            }
        };
        page.Dialog += async (_, dialog) =>
        {
            _complaints.Enqueue($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    public Uri Root { get; }

    /// <summary>All requests, in order.</summary>
    public IEnumerable<IRequest> Requests => _requests;

    public static async Task<WatchedPage> OpenAsync(IBrowserContext context, Uri root) =>
        new(context, await context.NewPageAsync(), root);

    /// <summary>Opens a path, and waits until the script updates the page.</summary>
    /// <param name="path">Relative to the root.</param>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(new Uri(Root, path).AbsoluteUri);
        await Page.Locator(":root.live").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    public Task<string> MainAsync() => Page.Locator("main").InnerTextAsync();

    /// <summary>Asserts that no request went to another host, and that the browser reported no error and no policy
    /// violation.</summary>
    public void AssertQuiet(Func<string, bool>? expected = null)
    {
        Assert.DoesNotContain(_complaints, complaint => expected?.Invoke(complaint) != true);
        Assert.NotEmpty(_requests);
        Assert.All(
            _requests,
            request =>
                Assert.Equal(
                    Root.GetLeftPart(UriPartial.Authority),
                    new Uri(request.Url).GetLeftPart(UriPartial.Authority)
                )
        );
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
