using System.Text.Json;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeProxy.Chain;
using TeeProxy.Options;

namespace TeeProxy.Status;

/// <summary>
/// <c>/admin/next</c>: this node's successors, and how an operator replaces them. One change at a time, of the version that
/// the operator has seen; durable before anybody obeys it.
/// </summary>
/// <param name="listen">This node's own address, which is none of its successors.</param>
internal sealed class NextActions(Following<NextList> next, IFolder folder, Address listen)
{
    private const int MostBodyBytes = 64 << 10;

    private readonly Lock _oneChange = new();

    /// <summary>What <c>GET</c> and <c>PUT</c> show.</summary>
    internal sealed record Body(IReadOnlyList<string>? Next, long? Version = null);

    public AdminAction Action => new(["GET", "PUT"], HandleAsync);

    private async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Method == "PUT" && await ReplaceAsync(context) is var (status, why))
        {
            await PlainText.WriteAsync(context, status, why);
            return;
        }

        var now = next.Current;
        context.Response.Headers.ETag = Tag(now);
        await context.Response.WriteAsJsonAsync(new Body(now.Addresses, now.Version), AdminJson.Default.Body);
    }

    /// <summary>Null when the list was replaced, durably.</summary>
    private async Task<(int Status, string Why)?> ReplaceAsync(HttpContext context)
    {
        if (context.Request.Headers.IfMatch.Count == 0)
        {
            return (428, "PUT needs If-Match with the version that it replaces: the ETag of GET /admin/next.");
        }

        if (await ReadAsync(context) is not { } wanted)
        {
            return (400, "The body is JSON: {\"next\": [\"host:port\", …]}, the preferred successor first, none for a tail.");
        }

        var addresses = new List<string>();
        foreach (var text in wanted)
        {
            if (!Address.TryParse(text, out var address) || address == listen || addresses.Contains(address.ToString()))
            {
                return (400, $"{text} is no address of another node, or is named twice.");
            }

            addresses.Add(address.ToString());
        }

        return Replace(context.Request.Headers.IfMatch.ToString(), addresses);
    }

    private (int Status, string Why)? Replace(string match, IReadOnlyList<string> addresses)
    {
        lock (_oneChange)
        {
            var now = next.Current;
            if (match != Tag(now))
            {
                return (412, $"The list is at version {Tag(now)} by now; look at GET /admin/next.");
            }

            try
            {
                var replaced = new NextList(now.Version + 1, addresses);
                replaced.Save(folder);
                next.Publish(replaced);
                return null;
            }
            catch (IOException e)
            {
                return (507, $"The list cannot be written down ({e.Message}) and stays what it was.");
            }
        }
    }

    private static async Task<IReadOnlyList<string>?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (>= 0 and <= MostBodyBytes))
        {
            return null;
        }

        try
        {
            return (await JsonSerializer.DeserializeAsync(context.Request.Body, AdminJson.Default.Body, context.RequestAborted))?.Next;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Tag(NextList list) => $"\"{list.Version}\"";
}
