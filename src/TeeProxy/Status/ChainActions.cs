using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Status;

/// <summary>
/// What operators do to the chain, under <c>/admin/</c>:
/// <code>
///   POST promote[?force=NODE,…]                       makes this replica the head
///   GET  next      PUT next (If-Match: version)       this node's successors
///   POST nodes/NODE/declare?as=empty|seeded:S|rewound what a known node, or what takes its place, still has; at the head
///   POST nodes/NODE/remove                            it counts no more; at the head
/// </code>
/// </summary>
internal sealed class ChainActions(ChainMember member, Promotion promotion, Following<NextList> next, IFolder folder, Address listen)
{
    private const int MostBodyBytes = 64 << 10;

    private readonly Lock _oneChange = new();

    /// <summary>What <c>GET</c> and <c>PUT next</c> show.</summary>
    internal sealed record NextBody(IReadOnlyList<string>? Next, long? Version = null);

    internal sealed record Promoted(long Epoch, long Sequence, IReadOnlyList<ChainNode> Skipped, string? MayBeMissing);

    /// <summary>By the first name under <c>/admin/</c>.</summary>
    public IEnumerable<KeyValuePair<string, AdminAction>> All =>
    [
        new("promote", AdminAction.Post(PromoteAsync)),
        new("next", new AdminAction(["GET", "PUT"], NextAsync)),
        new("nodes", AdminAction.Post(NodeAsync)),
    ];

    private async Task PromoteAsync(HttpContext context)
    {
        var forced = new HashSet<Guid>();
        foreach (var name in context.Request.Query["force"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!Guid.TryParse(name, out var node))
            {
                await TextAsync(context, 400, $"force takes node ids, as in /status: {name} is none.");
                return;
            }

            forced.Add(node);
        }

        // Whoever asked may go away; what was begun is finished.
        var result = await promotion.RunAsync(forced, CancellationToken.None);
        await (result.Refusal is { } refusal
            ? TextAsync(context, 409, $"Not promoted: {refusal}.")
            : context.Response.WriteAsJsonAsync(new Promoted(result.Epoch, result.Sequence, result.Skipped, result.MayBeMissing), AdminJson.Default.Promoted));
    }

    private async Task NextAsync(HttpContext context)
    {
        if (context.Request.Method == "PUT" && await ReplaceAsync(context) is var (status, why))
        {
            await TextAsync(context, status, why);
            return;
        }

        var now = next.Current;
        context.Response.Headers.ETag = Tag(now);
        await context.Response.WriteAsJsonAsync(new NextBody(now.Addresses, now.Version), AdminJson.Default.NextBody);
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

    private async Task NodeAsync(HttpContext context)
    {
        var membership = member.Standing.Current.Membership;
        if (membership.Role != Role.Head)
        {
            await TextAsync(context, 409, $"This is said to the head{(membership.HeadAddress is { } head ? $", {head}" : "")}; it tells the others.");
            return;
        }

        var segments = context.Request.Path.Value!.Split('/');
        if (segments is not ["", "admin", "nodes", var id, var what] || !Guid.TryParse(id, out var node) || what is not ("declare" or "remove"))
        {
            await TextAsync(context, 404, "There are: /admin/nodes/NODE/declare?as=empty|seeded:S|rewound and /admin/nodes/NODE/remove, with a node's id as in /status.");
            return;
        }

        if (what == "remove")
        {
            // Not only of those known here: others may remember one that this head was promoted past.
            await ApplyAsync(context, now => now.Without(node), $"Node {node} is removed: it counts no more, and nothing is kept for it.");
            return;
        }

        if (membership.Known.All(known => known.Node != node))
        {
            await TextAsync(context, 404, $"Node {node} is not known here. Known: {string.Join(", ", membership.Known.Select(known => $"{known.Node} at {known.Address}"))}.");
            return;
        }

        var state = context.Request.Query["as"].ToString();
        if (From(state) is not { } from)
        {
            await TextAsync(context, 400, "as takes empty (its application holds nothing), seeded:S (its application holds all up to sequence S) or rewound (folder and application are an older copy).");
            return;
        }

        await ApplyAsync(context, now => now.WithDeclared(node, from), $"Node {node} is declared {state}: it counts again once it is here and has caught up.");
    }

    private async Task ApplyAsync(HttpContext context, Func<Membership, Membership> change, string done)
    {
        try
        {
            await member.ChangeAsync(change, CancellationToken.None);
            await TextAsync(context, 200, done);
        }
        catch (IOException e)
        {
            await TextAsync(context, 507, $"It cannot be written down ({e.Message}); nothing has changed.");
        }
    }

    private static long? From(string state) => state switch
    {
        "empty" or "rewound" => 0,
        _ when state.StartsWith("seeded:", StringComparison.Ordinal)
            && long.TryParse(state.AsSpan("seeded:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) => sequence,
        _ => null,
    };

    private static async Task<IReadOnlyList<string>?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (>= 0 and <= MostBodyBytes))
        {
            return null;
        }

        try
        {
            return (await JsonSerializer.DeserializeAsync(context.Request.Body, AdminJson.Default.NextBody, context.RequestAborted))?.Next;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Tag(NextList list) => $"\"{list.Version}\"";

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n");
    }
}

/// <summary>The admin actions' bodies as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChainActions.NextBody))]
[JsonSerializable(typeof(ChainActions.Promoted))]
internal sealed partial class AdminJson : JsonSerializerContext;
