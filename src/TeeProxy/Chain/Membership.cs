using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>What a node knows durably of its place in the chain. Replaced as a whole and made durable before it is obeyed.</summary>
internal sealed record Membership
{
    /// <summary>This node's id, minted with its folder.</summary>
    public required Guid Node { get; init; }

    /// <summary>The chain's id; null before this node belongs to one.</summary>
    public Guid? Chain { get; init; }

    public Role Role { get; init; }

    /// <summary>
    /// A head that has minted the chain's id and may take no write yet: its successor has not durably accepted the id,
    /// or the first epoch record is not known to be on disk. Invariant: only with <see cref="Role.Head"/>.
    /// </summary>
    public bool IsFounding { get; init; }

    /// <summary>The highest epoch promised. Invariant: never falls.</summary>
    public long Epoch { get; init; }

    /// <summary>The head of <see cref="Epoch"/>.</summary>
    public Guid? Head { get; init; }

    /// <summary>Where that head listens, for 421 answers.</summary>
    public string? HeadAddress { get; init; }

    /// <summary>The last <see cref="MostEpochs"/> epochs, oldest first.</summary>
    public IReadOnlyList<EpochStart> Epochs { get; init; } = [];

    /// <summary>Every node that has been behind this one and was not removed by an operator.</summary>
    public IReadOnlyList<KnownNode> Known { get; init; } = [];

    /// <summary>Epochs that are remembered.</summary>
    public const int MostEpochs = 64;

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

    /// <summary>A node behind this one confirmed what it holds.</summary>
    public Membership WithKnown(KnownNode node) =>
        this with { Known = [.. Known.Where(known => known.Node != node.Node), node] };
}
