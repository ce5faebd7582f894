using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>The live page in a real browser, of real nodes: it shows the whole chain from each, says at once when one is gone, and is fit for people.</summary>
public sealed class PageTests(PageTests.Chain chain) : IClassFixture<PageTests.Chain>
{
    /// <summary>Names a folder for the pictures of <c>docs/</c>; without it they are kept nowhere.</summary>
    private const string PicturesVariable = "TEECHAIN_PAGE_PICTURES";

    /// <summary>What is promised, and what a machine may take longer that does much else at the same time.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(3), Busy = TimeSpan.FromSeconds(3);

    /// <summary>Those with a name are the pictures of <c>docs/</c>.</summary>
    private static readonly (string? Name, int Width, int Height, ColorScheme Scheme)[] Screens =
    [
        ("page-light", 1000, 916, ColorScheme.Light),
        (null, 1400, 900, ColorScheme.Dark),
        (null, 320, 600, ColorScheme.Light),
        ("page-phone-dark", 390, 1150, ColorScheme.Dark),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_nodes_page_shows_the_whole_chain_and_says_within_3_s_that_a_node_was_killed()
    {
        var nodes = chain.Fleet.Nodes;
        var ids = await chain.IdsAsync(Cancellation);
        await using var first = await chain.OpenAsync(nodes[0]);
        await using var middle = await chain.OpenAsync(nodes[1]);
        await using var last = await chain.OpenAsync(nodes[2]);
        foreach (var page in (BrowserPage[])[first, middle, last])
        {
            Assert.Equal(ids.Select(id => $"{id}"), await page.Page.Locator(".place").EvaluateAllAsync<string[]>("all => all.map(one => one.dataset.node)"));
            Assert.Equal(["head", "middle", "tail"], await page.Page.Locator(".place .role").AllTextContentsAsync());
        }

        await chain.Fleet.Apps[2].MutateAnswersAsync(299, Cancellation, "odd-one");
        await OneWrite.RegisterAsync(chain.Fleet.Address, "odd-one", Cancellation);
        var clock = Stopwatch.StartNew();
        await nodes[1].KillAsync(Cancellation);
        await Task.WhenAll(((BrowserPage[])[first, last]).Select(page => SilentAsync(page, ids[1])));
        var took = clock.Elapsed;
        TestContext.Current.TestOutputHelper?.WriteLine($"Both other pages showed it after {took.TotalSeconds:0.00} s.");

        Assert.True(took < Promised + Busy, $"The pages showed it after {took.TotalSeconds:0.0} s only.");
        Assert.Matches("^Not heard of for [0-9.]+ s", await first.Card(ids[1]).Locator(".states").TextContentAsync());
        await middle.ShowsAsync(".pulse.lost");
        Assert.Matches("^No answer since [0-9:]+ ", await middle.Page.Locator("#freshness").TextContentAsync());
        await first.ShowsAsync($".place[data-node='{ids[1]}'][data-link='bypassed']"); // and is gone past
        await last.ShowsAsync($".place[data-node='{ids[2]}'][data-link='connected']:not(.silent)");
        await first.ShowsAsync($".place[data-node='{ids[2]}'] .divergences .warn");

        await FitsAsync(first);

        nodes[1].Start();
        await middle.Page.Locator("#again").ClickAsync();
        foreach (var page in (BrowserPage[])[first, middle, last])
        {
            await page.Page.Locator(".verdict:text-is('Applications disagree.')").WaitForAsync();
            Assert.Equal(ids.Select(id => $"{id}"), await page.Page.Locator(".place").EvaluateAllAsync<string[]>("all => all.map(one => one.dataset.node)"));
        }

        Assert.Empty(first.Complaints);
        Assert.Empty(last.Complaints);
    }

    [Fact]
    public async Task The_keyboard_reaches_all_that_can_be_used_and_shows_where_it_is()
    {
        await using var page = await chain.OpenAsync(chain.Fleet.Nodes[0]);
        var reached = new List<string>();

        for (var i = 0; i < 7; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            reached.Add(await page.Page.EvaluateAsync<string>("""
                () => (getComputedStyle(document.activeElement).outlineStyle === 'solid' ? '' : 'unseen ') + document.activeElement.textContent
                """));
        }

        Assert.Equal(
            ["Pause", $"127.0.0.1:{chain.Fleet.Nodes[1].Flags.Listen}", $"127.0.0.1:{chain.Fleet.Nodes[2].Flags.Listen}", "/status", "/metrics", "/readyz/read", "/readyz/write"],
            reached);
    }

    [Fact]
    public async Task The_focus_stays_where_it_is_while_the_page_renews_itself_and_a_pause_holds_it()
    {
        await using var page = await chain.OpenAsync(chain.Fleet.Nodes[0]);
        var link = page.Page.Locator(".place a").First;
        await link.FocusAsync();
        var before = await page.Page.Locator("#freshness").TextContentAsync();

        await page.Page.Locator($"#freshness:not(:text-is('{before}'))").WaitForAsync();

        Assert.True(await link.EvaluateAsync<bool>("link => link === document.activeElement"));
        await page.Page.Locator("#pause").PressAsync("Space");
        await page.Page.Locator("#freshness", new() { HasText = "Paused at" }).WaitForAsync();
        Assert.Equal("true", await page.Page.Locator("#pause").GetAttributeAsync("aria-pressed"));
    }

    [Fact]
    public async Task What_others_say_never_becomes_markup()
    {
        const string Hostile = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>";
        await using var page = await chain.OpenAsync(chain.Fleet.Nodes[0], before: browser => ChangedAsync(browser, status =>
        {
            foreach (var place in status["places"]!.AsArray())
            {
                place!["name"] = Hostile;
                place["address"] = Hostile;
                place["admin"] = "127.0.0.1:1/\"><script>";
                place["link"] = new JsonObject { ["from"] = Hostile, ["state"] = "down", ["why"] = Hostile };
            }

            status["problems"] = new JsonArray(new JsonObject { ["verdict"] = Hostile, ["peer"] = Hostile, ["text"] = Hostile, ["since"] = "2026-01-02T03:04:05Z", ["times"] = 1 });
            status["recentDivergences"] = new JsonArray(new JsonObject { ["sequence"] = 1, ["method"] = Hostile, ["path"] = Hostile, ["node"] = Hostile, ["status"] = 1, ["headStatus"] = 2, ["seen"] = Hostile });
        }));

        await page.Page.Locator("#problems li").First.WaitForAsync();

        Assert.Equal(Hostile, await page.Page.Locator("h1").TextContentAsync());
        Assert.Equal(0, await page.Page.Locator("img, body script, .place a").CountAsync());
        Assert.Contains(Hostile, await page.Page.Locator("#divergences td").Nth(1).TextContentAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Clients_get_nothing_of_it()
    {
        foreach (var path in (string[])["/", "/page.css", "/page.js", "/status"])
        {
            using var fromApplication = await Loopback.Control.GetAsync(new Uri(chain.Fleet.Apps[0].Address, path), Cancellation);
            using var answer = await Loopback.Control.GetAsync(new Uri(chain.Fleet.Head.Address, path), Cancellation);

            Assert.Equal(fromApplication.StatusCode, answer.StatusCode);
            Assert.DoesNotContain("TeeChain", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Content-Security-Policy"));
        }
    }

    /// <summary>On every screen, in the light and in the dark, while a node is away: nothing is cut off and nothing is pale.</summary>
    private static async Task FitsAsync(BrowserPage page)
    {
        var folder = Environment.GetEnvironmentVariable(PicturesVariable);
        foreach (var (name, width, height, scheme) in Screens)
        {
            await page.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.Page.SetViewportSizeAsync(width, height);

            var wider = await page.Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth");
            var pale = await page.Page.EvaluateAsync<string[]>(TextContrast.PaleTexts);
            var picture = await page.Page.ScreenshotAsync(new() { Path = folder is null || name is null ? null : Path.Combine(folder, name + ".png") });

            Assert.True(wider == 0, $"On a screen of {width} pixels the page is {wider} wider.");
            Assert.Empty(pale);
            Assert.InRange(picture.Length, 10_000, 150_000);
        }
    }

    private static Task SilentAsync(BrowserPage page, Guid node) => page.ShowsAsync($".place.silent[data-node='{node}']");

    /// <summary>The page is shown another answer than the node's.</summary>
    private static Task<IAsyncDisposable> ChangedAsync(IPage page, Action<JsonNode> change) => page.RouteAsync("**/status", async route =>
    {
        var answer = await route.FetchAsync();
        var status = JsonNode.Parse(await answer.TextAsync())!;
        change(status);
        await route.FulfillAsync(new() { Response = answer, Body = status.ToJsonString() });
    });

    /// <summary>A chain of three with spares, a little traffic, and a browser.</summary>
    public sealed class Chain : IAsyncLifetime
    {
        private Load? _load;
        private Chromium? _browser;

        internal Fleet Fleet { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var browser = Chromium.IsThere ? Chromium.StartAsync() : null;
            Fleet = await Fleet.StartAsync(new FleetPlan { HasSpares = true }, Cancellation);
            await Burst.WriteAsync(Fleet.Address, 20, Cancellation);
            await Fleet.ToldAsync(Cancellation);
            _load = new Load(Fleet.Address, connections: 2) { Pause = TimeSpan.FromMilliseconds(100) };
            _ = _load.StartWrites(0, CancellationToken.None);
            _browser = browser is null ? null : await browser;
        }

        internal async Task<Guid[]> IdsAsync(CancellationToken cancellation) =>
            [.. (await Task.WhenAll(Fleet.Nodes.Select(node => node.StatusAsync(cancellation)))).Select(status => status.NodeId)];

        /// <summary>A node's page, once it shows the chain.</summary>
        internal async Task<BrowserPage> OpenAsync(TeeProxyNode node, Func<IPage, Task>? before = null)
        {
            Assert.SkipWhen(_browser is null, "There is no chromium; Debian's package is called so.");
            var page = await _browser.OpenAsync(node.Admin, before);
            await page.ShowsAsync(".place >> nth=2");
            return page;
        }

        public async ValueTask DisposeAsync()
        {
            await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (Fleet?.DisposeAsync() ?? ValueTask.CompletedTask);
            _load?.Dispose();
        }
    }
}
