using System.Security.Cryptography;
using System.Text;

namespace TeeProxy.Status;

/// <summary>
/// The live page at <c>/</c>: one answer without a second file, which asks <c>/status</c> every second and draws the chain
/// as this node knows it. The browser runs the script and the style of this page and nothing else: they are named to it
/// by their digests, and the script writes text only, never markup.
/// </summary>
internal static class StatusPage
{
    private static readonly string Html = $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>TeeChain</title>
        <link rel="icon" href="data:,">
        <style>{StatusPageStyle.Css}</style>
        </head>
        <body>
        <header>
        <h1>TeeChain <span id="address"></span></h1>
        <p id="summary"></p>
        <p id="notice" role="status">Asking the node …</p>
        </header>
        <main>
        <section aria-labelledby="chain-title"><h2 id="chain-title">Chain</h2><ol id="chain"></ol></section>
        <section aria-labelledby="ready-title"><h2 id="ready-title">This node</h2><dl id="facts"></dl></section>
        <section aria-labelledby="problems-title"><h2 id="problems-title">Problems</h2><ul id="problems"></ul></section>
        <section aria-labelledby="divergences-title"><h2 id="divergences-title">Divergences</h2><div id="divergences" class="wide"></div></section>
        </main>
        <noscript><p>This page needs JavaScript; /status says the same as JSON.</p></noscript>
        <script>{StatusPageScript.Js}</script>
        </body>
        </html>

        """;

    /// <summary>What the browser is allowed; also sent for tests to see.</summary>
    internal static readonly string Policy =
        $"default-src 'none'; connect-src 'self'; img-src data:; script-src 'sha256-{Digest(StatusPageScript.Js)}'; "
        + $"style-src 'sha256-{Digest(StatusPageStyle.Css)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return context.Response.WriteAsync(Html, context.RequestAborted);
    }

    private static string Digest(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
