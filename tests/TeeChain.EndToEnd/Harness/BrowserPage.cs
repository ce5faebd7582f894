using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace TeeChain.EndToEnd.Harness;

/// <summary>A page in a browser, and what the browser had to say against it.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();

    public BrowserPage(IPage page, Uri address)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue($"{message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue($"exception: {error}");
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: not "data" } asked && asked.Authority != address.Authority)
            {
                _complaints.Enqueue($"request to {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of its console, and requests to others than its own server.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>The card of a node.</summary>
    public ILocator Card(Guid node) => Page.Locator($".place[data-node='{node}']");

    public Task ShowsAsync(string selector, float milliseconds = 20_000) =>
        Page.Locator(selector).First.WaitForAsync(new() { State = WaitForSelectorState.Visible, Timeout = milliseconds });

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
