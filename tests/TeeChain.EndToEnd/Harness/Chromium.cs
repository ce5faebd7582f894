using Microsoft.Playwright;

namespace TeeChain.EndToEnd.Harness;

/// <summary>The machine's own Chromium without a window. Each page that it opens has a context of its own, as a private window would.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static bool IsThere => Program is not null;

    public static async Task<Chromium> StartAsync()
    {
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        var playwright = await Playwright.CreateAsync();
        try
        {
            // Its sandbox needs what containers and root do not have; it meets nothing but these tests' own pages.
            return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-gpu"] }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <param name="before">What to do before anything is loaded.</param>
    public async Task<BrowserPage> OpenAsync(Uri address, Func<IPage, Task>? before = null)
    {
        var context = await _browser.NewContextAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        var page = new BrowserPage(await context.NewPageAsync(), address);
        await (before?.Invoke(page.Page) ?? Task.CompletedTask);
        await page.Page.GotoAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
