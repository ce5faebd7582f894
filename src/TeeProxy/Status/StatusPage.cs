using System.Reflection;

namespace TeeProxy.Status;

/// <summary>
/// The live page at <c>/</c>: three files, embedded in the program, that need no others. The page asks <c>/status</c> every
/// second and draws the whole chain as this node knows it. The browser is told to run nothing but its own script and style,
/// to talk to nobody else, and to let no text become markup.
/// </summary>
internal static class StatusPage
{
    /// <summary>What the browser is allowed.</summary>
    public const string Policy =
        "default-src 'none'; connect-src 'self'; img-src data:; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly byte[] Html = Load("page.html");
    private static readonly byte[] Css = Load("page.css");
    private static readonly byte[] Js = Load("page.js");

    /// <summary>Its addresses, for the admin port.</summary>
    public static readonly IReadOnlyDictionary<string, AdminAction> Files = new Dictionary<string, AdminAction>
    {
        ["/"] = AdminAction.Read(context => WriteAsync(context, Html, "text/html; charset=utf-8")),
        ["/page.css"] = AdminAction.Read(context => WriteAsync(context, Css, "text/css; charset=utf-8")),
        ["/page.js"] = AdminAction.Read(context => WriteAsync(context, Js, "text/javascript; charset=utf-8")),
    };

    private static Task WriteAsync(HttpContext context, byte[] file, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = file.Length;
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return context.Response.Body.WriteAsync(file, context.RequestAborted).AsTask();
    }

    private static byte[] Load(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} was not built into the program.");
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
