using System.Globalization;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Status;

/// <summary>
/// What operators do to the chain, under <c>/admin/</c>:
/// <code>
///   POST promote[?force=NODE,…]                       makes this replica the head
///   POST nodes/NODE/declare?as=empty|seeded:S|rewound what a known node, or what takes its place, still has; at the head
///   POST nodes/NODE/remove                            it counts no more; at the head
/// </code>
/// </summary>
internal sealed class ChainActions(ChainMember member, IJournal journal, Promotion promotion)
{
    internal sealed record Promoted(long Epoch, long Sequence, IReadOnlyList<ChainNode> Skipped, string? MayBeMissing);

    /// <summary>By the first name under <c>/admin/</c>.</summary>
    public IEnumerable<KeyValuePair<string, AdminAction>> All =>
    [
        new("promote", AdminAction.Post(PromoteAsync)),
        new("nodes", AdminAction.Post(NodeAsync)),
    ];

    private async Task PromoteAsync(HttpContext context)
    {
        var forced = new HashSet<Guid>();
        foreach (var name in context.Request.Query["force"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!Guid.TryParse(name, out var node))
            {
                await PlainText.WriteAsync(context, 400, $"force takes node ids, as in /status: {name} is none.");
                return;
            }

            forced.Add(node);
        }

        try
        {
            // Whoever asked may go away; what was begun is finished.
            var result = await promotion.RunAsync(forced, CancellationToken.None);
            await (result.Refusal is { } refusal
                ? PlainText.WriteAsync(context, 409, $"Not promoted: {refusal}.")
                : context.Response.WriteAsJsonAsync(new Promoted(result.Epoch, result.Sequence, result.Skipped, result.MayBeMissing), AdminJson.Default.Promoted));
        }
        catch (DiskFullException e)
        {
            await PlainText.WriteAsync(context, 507, $"Not promoted: it cannot be written down ({e.Message}). Make room, and promote again.");
        }
    }

    private async Task NodeAsync(HttpContext context)
    {
        var membership = member.Standing.Current.Membership;
        if (membership.Role != Role.Head)
        {
            await PlainText.WriteAsync(context, 409, $"This is said to the head{(membership.HeadAddress is { } head ? $", {head}" : "")}; it tells the others.");
            return;
        }

        var segments = context.Request.Path.Value!.Split('/');
        if (segments is not ["", "admin", "nodes", var id, var what] || !Guid.TryParse(id, out var node) || what is not ("declare" or "remove"))
        {
            await PlainText.WriteAsync(context, 404, "There are: /admin/nodes/NODE/declare?as=empty|seeded:S|rewound and /admin/nodes/NODE/remove, with a node's id as in /status.");
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
            await PlainText.WriteAsync(context, 404, $"Node {node} is not known here. Known: {string.Join(", ", membership.Known.Select(known => $"{known.Node} at {known.Address}"))}.");
            return;
        }

        var state = context.Request.Query["as"].ToString();
        if (From(state) is not { } from)
        {
            await PlainText.WriteAsync(context, 400, "as takes empty (its application holds nothing), seeded:S (its application holds all up to sequence S) or rewound (folder and application are an older copy).");
            return;
        }

        if (from > journal.Last.Sequence)
        {
            await PlainText.WriteAsync(context, 409, $"No copy of the chain's state can hold records up to {from}: the head's last is {journal.Last.Sequence}. Declare what \"POST /admin/hold\" told when the copy was taken.");
            return;
        }

        await ApplyAsync(context, now => now.WithDeclared(node, from), $"Node {node} is declared {state}: it counts again once it is here and has caught up.");
    }

    private async Task ApplyAsync(HttpContext context, Func<Membership, Membership> change, string done)
    {
        try
        {
            await member.ChangeAsync(change, CancellationToken.None);
            await PlainText.WriteAsync(context, 200, done);
        }
        catch (IOException e)
        {
            await PlainText.WriteAsync(context, 507, $"It cannot be written down ({e.Message}); nothing has changed.");
        }
    }

    private static long? From(string state) => state switch
    {
        "empty" or "rewound" => 0,
        _ when state.StartsWith("seeded:", StringComparison.Ordinal)
            && long.TryParse(state.AsSpan("seeded:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) => sequence,
        _ => null,
    };
}
