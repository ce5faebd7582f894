using System.Globalization;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace TeeProxy.Status;

/// <summary>Everything the admin port answers. Program mounts <see cref="HandleAsync"/> there as the only endpoint.</summary>
internal sealed class AdminEndpoints
{
    private const string Known = "/, /status, /status?at=SEQUENCE, /metrics, /livez, /readyz/write, /readyz/read, /readyz/stale";

    private readonly AdminGuard _guard;
    private readonly Func<NodeStatus> _status;
    private readonly Func<long, StatusAt> _statusAt;
    private readonly IMetricsExporter _metrics;
    private readonly Dictionary<string, AdminAction> _reads;
    private readonly IReadOnlyDictionary<string, AdminAction> _actions;

    /// <param name="notLive">Why the process should be restarted; null while it lives.</param>
    /// <param name="actions">What stands under <c>/admin/</c>, by the first name there: <c>parked</c> also gets <c>/admin/parked/17/retry</c>.</param>
    public AdminEndpoints(
        AdminGuard guard,
        Func<string?> notLive,
        Func<NodeStatus> status,
        Func<long, StatusAt> statusAt,
        IMetricsExporter metrics,
        IReadOnlyDictionary<string, AdminAction> actions)
    {
        _guard = guard;
        _status = status;
        _statusAt = statusAt;
        _metrics = metrics;
        _actions = actions;
        _reads = new(StatusPage.Files, StringComparer.Ordinal)
        {
            ["/livez"] = AdminAction.Read(context => ProbeAsync(context, notLive(), "ok")),
            ["/readyz/write"] = AdminAction.Read(context => WriteReadyAsync(context, status())),
            ["/readyz/read"] = AdminAction.Read(context => ReadyAsync(context, status().Ready.Read)),
            ["/readyz/stale"] = AdminAction.Read(context => ReadyAsync(context, status().Ready.Stale)),
            ["/metrics"] = AdminAction.Read(MetricsAsync),
            ["/status"] = AdminAction.Read(StatusAsync),
        };
    }

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";

        // A wrong method on a path that everybody knows is a mistake, not a change that someone must be allowed.
        var path = context.Request.Path.Value ?? "";
        if (_reads.TryGetValue(path, out var read) && !read.Methods.Contains(context.Request.Method))
        {
            return WrongMethodAsync(context, read);
        }

        switch (_guard.Decide(Describe(context.Request, path)))
        {
            case AdminVerdict.Unauthorized:
                headers.WWWAuthenticate = "Bearer";
                return PlainText.WriteAsync(context, 401, $"This takes \"Authorization: Bearer\" with the secret (--secret-file) or, without one, with what stands in {AdminToken.FileName} in the data folder.");
            case AdminVerdict.Misdirected:
                return PlainText.WriteAsync(context, 421, "This node is not known by that name. Use localhost, an IP address or the name given to --admin.");
        }

        var action = read ?? ActionAt(path);
        return action is null ? PlainText.WriteAsync(context, 404, $"Nothing is here. There are: {string.Join(", ", _actions.Keys.Select(static name => $"/admin/{name}").Prepend(Known))}")
            : action.Methods.Contains(context.Request.Method) ? action.Handle(context)
            : WrongMethodAsync(context, action);
    }

    private static AdminRequest Describe(HttpRequest request, string path)
    {
        var headers = request.Headers;
        return new AdminRequest(
            request.HttpContext.Connection.RemoteIpAddress,
            headers.ContainsKey("Via") || headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded"),
            request.Method,
            path,
            headers.ContainsKey("Authorization") ? headers.Authorization.ToString() : null,
            request.Host.Host);
    }

    private AdminAction? ActionAt(string path)
    {
        var segments = path.Split('/');
        return segments is ["", "admin", var name, ..] ? _actions.GetValueOrDefault(name) : null;
    }

    private static Task ReadyAsync(HttpContext context, Readiness readiness) =>
        ProbeAsync(context, readiness.Ok ? null : readiness.Why ?? "not ready", "ready");

    /// <summary>With <c>?founded</c> a node that would found a chain is not ready: a front door that lists every node asks so.</summary>
    private static Task WriteReadyAsync(HttpContext context, NodeStatus status) =>
        ReadyAsync(context, status is { Ready.Write.Ok: true, Role: not "head" } && context.Request.Query.ContainsKey("founded")
            ? Readiness.No("this node belongs to no chain yet; it would found one")
            : status.Ready.Write);

    private static Task ProbeAsync(HttpContext context, string? whyNot, string yes) =>
        PlainText.WriteAsync(context, whyNot is null ? 200 : 503, whyNot ?? yes);

    private async Task MetricsAsync(HttpContext context)
    {
        // Buffered, so that a scrape that fails is a 500 and not half a page.
        using var page = new MemoryStream();
        await _metrics.WriteAsync(page, context.RequestAborted);
        context.Response.ContentType = MetricsExporter.ContentType;
        context.Response.ContentLength = page.Length;
        page.Position = 0;
        await page.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private Task StatusAsync(HttpContext context)
    {
        if (!context.Request.Query.TryGetValue("at", out var at))
        {
            return context.Response.WriteAsJsonAsync(_status(), ProtocolJson.Default.NodeStatus, cancellationToken: context.RequestAborted);
        }

        return long.TryParse(at.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? context.Response.WriteAsJsonAsync(_statusAt(sequence), ProtocolJson.Default.StatusAt, cancellationToken: context.RequestAborted)
            : PlainText.WriteAsync(context, 400, "at takes one sequence: a whole number from 0 to 9223372036854775807.");
    }

    private static Task WrongMethodAsync(HttpContext context, AdminAction action)
    {
        var allowed = string.Join(", ", action.Methods);
        context.Response.Headers.Allow = allowed;
        return PlainText.WriteAsync(context, 405, $"This takes {allowed} only.");
    }
}
