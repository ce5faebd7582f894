using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;
using TeeProxy.Chain;

namespace TeeProxy.Hop;

/// <summary>
/// This node's links to its listed successors. One of them has the stream; those before it in the list are brought up to
/// date when they are back, and then have it again (<see cref="BypassRule"/>). The list may change while it runs.
/// </summary>
internal sealed partial class SuccessorList(Following<NextList> next, Func<Address, SuccessorLink> link, Journal journal, TimeProvider time, ILogger<SuccessorList> log)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private volatile Links _links = new([], 0);

    /// <summary>The links in the list's order, and which of them has the stream. Replaced as a whole by the loop.</summary>
    private sealed record Links(IReadOnlyList<SuccessorLink> All, int Current);

    /// <summary>The link that has the stream; null on a tail.</summary>
    public SuccessorLink? Current => _links is { All: [_, ..] all, Current: var at } ? all[at] : null;

    /// <summary>Whether the first of the list has the stream, and it flows; true on a tail.</summary>
    public bool IsFirstConnected => _links is { All: [] } or { Current: 0, All: [{ IsConnected: true }, ..] };

    public IReadOnlyList<NextStatus> Status => [.. _links.All.Select(static link => link.Status)];

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await RunListAsync(next.Current, cancellation);
        }
    }

    /// <summary>Until the list is replaced.</summary>
    private async Task RunListAsync(NextList list, CancellationToken cancellation)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var links = list.Addresses.Select(address => link(Address.Parse(address))).ToArray();
        _links = new Links(links, 0);
        Assign(_links);
        Task[] running = [.. links.Select(one => one.RunAsync(together.Token))];
        try
        {
            while (ReferenceEquals(next.Current, list))
            {
                await LookAsync(list, together.Token);
                Choose();
            }
        }
        finally
        {
            await together.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Until it is time to choose again. Where there is no choice, only another list matters: an idle node should not wake for nothing.</summary>
    private Task LookAsync(NextList list, CancellationToken cancellation) => list.Addresses.Count > 1
        ? Task.Delay(Look, time, cancellation)
        : next.WaitAsync(now => !ReferenceEquals(now, list), cancellation);

    private void Choose()
    {
        var (all, current) = _links;
        if (all.Count == 0)
        {
            return;
        }

        var chosen = BypassRule.Choose(current, [.. all.Select(static link => link.Look())], journal.Last.Sequence);
        if (chosen != current)
        {
            LogMoved(all[current].Next, all[chosen].Next, chosen > current ? "it is silent, and is gone past" : "it is back and brought up to date");
            Assign(_links = new Links(all, chosen));
        }
    }

    private static void Assign(Links links)
    {
        for (var i = 0; i < links.All.Count; i++)
        {
            links.All[i].Assign(i < links.Current ? LinkPart.CatchUp : i == links.Current ? LinkPart.Stream : LinkPart.Spare);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The stream moves from {From} to {To}: the earlier of them is the first that is of use now ({Why}).", EventName = "successor_bypassed")]
    private partial void LogMoved(Address from, Address to, string why);
}
