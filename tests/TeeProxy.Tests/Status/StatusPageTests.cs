using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace TeeProxy.Tests.Status;

public class StatusPageTests
{
    [Fact]
    public async Task The_page_needs_nothing_but_itself()
    {
        var (page, _) = await GetAsync();

        Assert.DoesNotMatch("https?://|@import|url\\(", page);
        Assert.DoesNotMatch("<(script|img|iframe|object|embed)[^>]*\\ssrc=", page);
        Assert.Equal(["""<link rel="icon" href="data:,">"""], Regex.Matches(page, "<link[^>]*>").Select(match => match.Value));
    }

    [Fact]
    public async Task The_policy_allows_the_pages_script_and_style_and_no_other()
    {
        var (page, policy) = await GetAsync();

        Assert.Contains($"script-src '{DigestOf(page, "script")}';", policy, StringComparison.Ordinal);
        Assert.Contains($"style-src '{DigestOf(page, "style")}';", policy, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'; connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("<[^>]*\\s(on[a-z]+|style)=", page);
    }

    [Fact]
    public async Task The_script_writes_text_and_never_markup()
    {
        var (page, _) = await GetAsync();

        Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\b|new Function", page);
        Assert.Contains("fetch('/status'", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_reads_on_a_phone_and_in_the_dark()
    {
        var (page, _) = await GetAsync();

        Assert.Contains("""<html lang="en">""", page, StringComparison.Ordinal);
        Assert.Contains("width=device-width", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.Contains("role=\"status\"", page, StringComparison.Ordinal);
    }

    private static async Task<(string Page, string Policy)> GetAsync()
    {
        await using var port = await AdminPort.StartAsync();
        var response = await port.GetAsync("/");
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (page, response.Headers.GetValues("Content-Security-Policy").Single());
    }

    private static string DigestOf(string page, string element)
    {
        var text = Regex.Match(page, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline).Groups[1].Value;
        return "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
