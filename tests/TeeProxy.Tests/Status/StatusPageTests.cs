using System.Net;
using System.Text.RegularExpressions;

namespace TeeProxy.Tests.Status;

/// <summary>What can be said of the live page without a browser; the end-to-end tests look at it in one.</summary>
public class StatusPageTests
{
    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/page.css", "text/css; charset=utf-8")]
    [InlineData("/page.js", "text/javascript; charset=utf-8")]
    public async Task Each_of_its_files_is_there_and_needs_nobody_else(string path, string type)
    {
        await using var port = await AdminPort.StartAsync();

        var response = await port.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.DoesNotMatch("https?://[a-z]|@import|url\\(", text);
    }

    [Fact]
    public async Task The_policy_allows_the_pages_own_files_and_no_markup_from_text()
    {
        await using var port = await AdminPort.StartAsync();

        var policy = (await port.GetAsync("/")).Headers.GetValues("Content-Security-Policy").Single();

        Assert.StartsWith("default-src 'none'; connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("require-trusted-types-for 'script'; trusted-types 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_in_it_is_script_or_style_in_place()
    {
        await using var port = await AdminPort.StartAsync();

        var page = await (await port.GetAsync("/")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotMatch("<[^>]*\\s(on[a-z]+|style)=", page);
        Assert.Equal(["<script src=\"page.js\" defer></script>"], Regex.Matches(page, "<script.*?</script>", RegexOptions.Singleline).Select(match => match.Value));
        Assert.DoesNotContain("<style", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/page.css")]
    [InlineData("/page.js")]
    public async Task Off_loopback_it_takes_the_secret(string path)
    {
        await using var port = await AdminPort.StartAsync();
        port.Remote = IPAddress.Parse("192.0.2.1");

        var without = await port.GetAsync(path);
        var with = await port.SendAsync(HttpMethod.Get, path, AdminPort.Secret);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (without.StatusCode, with.StatusCode));
    }
}
