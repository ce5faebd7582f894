using System.Text.Json.Serialization;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>What a node knows durably of its place in the chain. Replaced as a whole and made durable before it is obeyed.</summary>
internal sealed record Membership
{
    /// <summary>Epochs, and removed nodes, that are remembered.</summary>
    public const int MostEpochs = 64;

    /// <summary>This node's id, minted with its folder.</summary>
    public required Guid Node { get; init; }

    /// <summary>The chain's id; null before this node belongs to one.</summary>
    public Guid? Chain { get; init; }

    public Role Role { get; init; }

    /// <summary>
    /// A head that may take no write yet: its epoch's first record is not known to be on disk. Invariant: only with
    /// <see cref="Role.Head"/>.
    /// </summary>
    public bool IsTakingOffice { get; init; }

    /// <summary>A replica that came to a chain which already had records and has not caught up since: it does not count yet.</summary>
    public bool IsJoining { get; init; }

    /// <summary>The highest epoch promised. Invariant: never falls.</summary>
    public long Epoch { get; init; }

    /// <summary>The head of <see cref="Epoch"/>.</summary>
    public Guid? Head { get; init; }

    /// <summary>Where that head listens, for 421 answers.</summary>
    public string? HeadAddress { get; init; }

    /// <summary>This node was not asked for <see cref="Epoch"/> and has not followed it since: its head may have gone on without it.</summary>
    public bool IsOnlyHeardOf { get; init; }

    /// <summary>The last <see cref="MostEpochs"/> epochs, oldest first.</summary>
    public IReadOnlyList<EpochStart> Epochs { get; init => field = value ?? []; } = [];

    /// <summary>The first own record that the chain went on without; only a new folder mends that. Null: there is none.</summary>
    public long? OrphansFrom { get; init; }

    /// <summary>Every node that has been behind this one and was not removed by an operator.</summary>
    public IReadOnlyList<KnownNode> Known { get; init => field = value ?? []; } = [];

    /// <summary>Which of the head's views <see cref="Nodes"/> and <see cref="Announced"/> are of; none while their head may have been followed without this node.</summary>
    public ViewVersion View { get; init; }

    /// <summary>Every node that counts, the head first: as the head last told, and at the head as it tells. Whom to ask before a promotion.</summary>
    public IReadOnlyList<ChainNode> Nodes { get; init => field = value ?? []; } = [];

    /// <summary>The nodes that do not count yet, but are to be asked before a promotion: they may count by now (<see cref="CountRule"/>).</summary>
    public IReadOnlyList<ChainNode> Announced { get; init => field = value ?? []; } = [];

    /// <summary>The nodes that operators removed, oldest first: rows of theirs that still come do not make them known again.</summary>
    public IReadOnlyList<Guid> Removed { get; init => field = value ?? []; } = [];

    /// <summary>Before the chain's first record: its id is minted, and nothing else has happened.</summary>
    [JsonIgnore]
    public bool IsFounding => IsTakingOffice && Epoch == 1;

    /// <summary>No head of <see cref="Epoch"/> stands behind this node's last records: it has only heard of one, or wants to be it and is not yet.</summary>
    [JsonIgnore]
    public bool IsWithoutHead => IsOnlyHeardOf || (Head == Node && Role != Role.Head);

    /// <summary>Whether the head counts this node, as it last told.</summary>
    [JsonIgnore]
    public bool IsListed => View != default && Nodes.Any(node => node.Node == Node);

    /// <summary>The known nodes whose applications are waited for under <c>--ack chain</c>, also while they are only announced.</summary>
    [JsonIgnore]
    public IEnumerable<KnownNode> Counted => Known.Where(known => known.DeclaredFrom is null);

    /// <summary>Every other node that counts or is announced, as the head told, or as it is known here: whom to ask.</summary>
    [JsonIgnore]
    public IReadOnlyList<ChainNode> Others
    {
        get
        {
            IEnumerable<ChainNode> here = Counted.Select(static known => new ChainNode(known.Node, known.Address));
            IEnumerable<ChainNode> head = Head is { } node && HeadAddress is { } address ? [new ChainNode(node, address)] : [];
            return [.. Nodes.Concat(Announced).Concat(head).Concat(here).Where(other => other.Node != Node).DistinctBy(static other => other.Node)];
        }
    }

    /// <summary>An epoch's record has been seen in the journal.</summary>
    public Membership WithEpochRecord(EpochStart start, string? headAddress)
    {
        if (start.Epoch < Epoch || Epochs.Any(known => known.Epoch == start.Epoch))
        {
            return this;
        }

        return this with
        {
            Epoch = start.Epoch,
            Head = start.Head,
            HeadAddress = headAddress ?? HeadAddress,
            Epochs = [.. Epochs.Append(start).TakeLast(MostEpochs)],
        };
    }

    /// <summary>
    /// A node behind this one confirmed what it holds; a declaration for it, or for the node whose place it takes, is
    /// fulfilled. The same object when nothing changes, and for this node's own row, which comes round while nodes are wired anew.
    /// </summary>
    public Membership WithKnown(KnownNode node)
    {
        if (node.Node == Node || Removed.Contains(node.Node) || Known.Contains(node))
        {
            return this;
        }

        return this with { Known = [.. Known.Where(known => known.Node != node.Node && !(known.DeclaredFrom is not null && known.Address == node.Address)), node] };
    }

    /// <summary>An operator removed a node: it counts no more, holds nothing, and its records are no promise.</summary>
    public Membership Without(Guid node) => Removed.Contains(node) ? this : this with
    {
        Known = [.. Known.Where(known => known.Node != node)],
        Nodes = [.. Nodes.Where(one => one.Node != node)],
        Announced = [.. Announced.Where(one => one.Node != node)],
        Removed = [.. Removed.Append(node).TakeLast(MostEpochs)],
    };

    /// <summary>An operator said what a node still has; it does not count until it is here again. The same object when it is not known.</summary>
    public Membership WithDeclared(Guid node, long from) => Known.Any(known => known.Node == node && known.DeclaredFrom != from)
        ? this with { Known = [.. Known.Select(known => known.Node == node ? known with { DeclaredFrom = from, IsDetached = false } : known)] }
        : this;

    /// <summary>
    /// The head let go of a node when its last record was <paramref name="at"/>: it counts still, but nothing is held for it.
    /// The same object when that is known, also where the node was taken back since.
    /// </summary>
    public Membership WithDetached(Guid node, long at) => Known.Any(known => known.Node == node && known.DetachedAt < at)
        ? this with { Known = [.. Known.Select(known => known.Node == node ? known with { IsDetached = true, DetachedAt = at } : known)] }
        : this;

    /// <summary>The head of a higher epoch is promised to be followed.</summary>
    public Membership Following(long epoch, Guid? head, string? headAddress, bool isOnlyHeardOf = false) => this with
    {
        Role = Role.Replica,
        IsTakingOffice = false,
        IsOnlyHeardOf = isOnlyHeardOf,
        Epoch = epoch,
        Head = head,
        HeadAddress = headAddress,
    };
}
